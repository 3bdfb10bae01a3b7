"""Punie's settings: from the user's file, the project and the editor, read into one frozen object.

Light: the relay imports it. tomllib is imported only when a file has something for Punie.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from punie_semantic.regular_files import read_regular
from punie_semantic.settings_tables import (
    TABLES,
    Budget,
    Policy,
    PolicyMode,
    merge_table,
    nearest_name,
    plain_name,
    read_table,
    tightened,
)

__all__ = ["Budget", "Layer", "Policy", "PolicyMode", "Resolved", "Settings", "layer_of", "resolve"]

PROJECT_FILES = ("punie.toml", "pyproject.toml")
USER_FILE_VARIABLE = "PUNIE_CONFIG_FILE"

LogLevel = Literal["error", "warning", "info", "debug"]
Watching = Literal["auto", "always", "never"]
Sandboxing = Literal["auto", "always", "never"]
ToolStyle = Literal["auto", "code", "json"]


class Settings(msgspec.Struct, frozen=True, rename="kebab"):
    """Every setting there is, with its default.

    Attributes:
        interpreter: the project's Python environment: a folder or the python in it, relative to the project.
        model: which model answers, or several in order: the next one is asked when one cannot answer.
        tool_style: how models call tools: programs (`code`) or JSON calls (`json`); `auto` knows what suits the model.
        model_options: sampling, deadlines and bounds of answers; see docs/models.md.
        adapters: model servers that Punie starts itself, by name; see docs/models.md.
        policy: what the agent may do without being asked.
        budget: the most that one turn may use.
        sandbox_commands: whether programs and tests run in a sandbox of bubblewrap's; `auto` where it works, `always`
            refuses to run them without.
        test_network: whether tests in the sandbox reach the network; without it they have only one of their own.
        store: where sessions are kept, as an SQLAlchemy URL; a file in the user's data directory by default.
        log_level: what goes into the log file.
        watch_files: whether Punie watches the disk itself; `auto` does so when the editor does not.
        ty: ty's editor settings, as ty documents them.
        ruff: ruff's editor settings, as ruff documents them.
    """

    interpreter: str | None = None
    model: str | tuple[str, ...] = "builtin"
    tool_style: ToolStyle = "auto"
    model_options: dict[str, Any] = {}
    adapters: dict[str, dict[str, Any]] = {}
    policy: Policy = Policy()
    budget: Budget = Budget()
    sandbox_commands: Sandboxing = "auto"
    test_network: bool = False
    store: str | None = None
    log_level: LogLevel = "info"
    watch_files: Watching = "auto"
    ty: dict[str, Any] = {}
    ruff: dict[str, Any] = {}


FIELDS: dict[str, msgspec.structs.FieldInfo] = {info.name: info for info in msgspec.structs.fields(Settings)}


@dataclass(frozen=True)
class Layer:
    """What one place says.

    Attributes:
        source: the place, for people: a path or "the editor".
        values: by field name; only what is known and has the right type. Of the tables that have fields of their own,
            such as `policy`, these fields by name.
        problems: sentences about the rest.
        of_project: whether a project's own file says it. Such a layer can only make the policy and the budget tighter.
    """

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    of_project: bool = False


@dataclass(frozen=True)
class Resolved:
    """All layers as one.

    Attributes:
        settings: the result.
        sources: the last place that said something, by field name; fields with their default are not in it.
        problems: sentences for the user.
    """

    settings: Settings = field(default_factory=Settings)
    sources: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def resolve(layers: Sequence[Layer]) -> Resolved:
    """The settings; a later layer wins, and tables are merged key by key. Rules that deny add up."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    problems = [problem for layer in layers for problem in layer.problems]
    for layer in layers:
        for name, value in layer.values.items():
            if name in TABLES:
                said = _plain_table(value)
                if layer.of_project:
                    said, more = tightened(name, said, values.get(name, {}), layer.source)
                    problems += more
                values[name] = merge_table(values.get(name, {}), said)
            else:
                values[name] = merge(values.get(name), value)
            sources[name] = layer.source
    tables = {name: TABLES[name](**values.pop(name)) for name in TABLES if name in values}
    return Resolved(Settings(**values, **tables), sources, tuple(problems))


def merge(old: object, new: object) -> Any:  # noqa: ANN401 - JSON values
    """`new` over `old`; objects are merged key by key, and null leaves what was there."""
    if new is None:
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merge(old.get(key), value) for key, value in new.items() if value is not None}}
    return new


def read_user_file() -> Layer:
    """The user's own file; an empty layer when there is none."""
    path = user_file()
    return _read(path, str(path), ()) or Layer(str(path))


def user_file() -> Path:
    """Where the user's own settings are: PUNIE_CONFIG_FILE, or punie.toml in the configuration directory."""
    if path := os.environ.get(USER_FILE_VARIABLE):
        return Path(path)
    import platformdirs

    return platformdirs.user_config_path("punie") / "punie.toml"


def read_project(folder: Path) -> Layer:
    """`punie.toml`, or `[tool.punie]` of `pyproject.toml`; an empty layer when neither says anything."""
    for name in PROJECT_FILES:
        tables = ("tool", "punie") if name == "pyproject.toml" else ()
        if layer := _read(folder / name, str(folder / name), tables):
            return of_project(layer)
    return Layer(str(folder), of_project=True)


def of_project(layer: Layer) -> Layer:
    """A project's layer without what would give whoever wrote the project rights on the user's machine."""
    values: dict[str, Any] = dict(layer.values)
    problems = list(layer.problems)
    for name in ("store", "test_network"):
        if values.pop(name, None):
            problems.append(_only_own(layer.source, name.replace("_", "-")))
    policy = dict(values.get("policy", {}))
    if policy.pop("allow", ()):
        problems.append(_only_own(layer.source, "policy.allow"))
    if policy.get("mode") == "auto":
        del policy["mode"]
        problems.append(_only_own(layer.source, "policy.mode = 'auto'"))
    if "policy" in values:
        values["policy"] = policy
    if values.get("sandbox_commands") not in (None, "always"):
        del values["sandbox_commands"]
        problems.append(_only_own(layer.source, "sandbox-commands other than always"))
    return Layer(layer.source, values, tuple(problems), of_project=True)


def _only_own(source: str, what: str) -> str:
    return f"{source}: {what} is ignored in a project's own file; put it into {user_file()}"


def layer_of(source: str, table: object) -> Layer:
    """A table as a layer. Names may be written in kebab-case, snake_case or camelCase; null is no value."""
    if not isinstance(table, Mapping):
        return Layer(source, problems=(f"{source}: Punie's settings must be a table, not {table!r}",))
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in table.items():
        name = _field_name(str(key))
        if name is None:
            problems.append(f"{source}: there is no setting {key!r}{_nearest(str(key))}")
        elif name in TABLES and value is not None:
            values[name], more = read_table(name, value, source)
            problems += more
        elif value is not None:
            try:
                values[name] = msgspec.convert(value, FIELDS[name].type)
            except msgspec.ValidationError as error:
                problems.append(f"{source}: {key}: {error}")
    return Layer(source, values, tuple(problems))


def _read(path: Path, source: str, tables: tuple[str, ...]) -> Layer | None:
    """A TOML file's table as a layer; None when the file or the table is not there."""
    try:
        data = read_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return Layer(source, problems=(f"{source}: {error.strerror}",))
    if tables and tables[-1].encode() not in data:
        return None
    import tomllib

    try:
        table: Any = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Layer(source, problems=(f"{source}: {error}",))
    for name in tables:
        table = table.get(name) if isinstance(table, dict) else None
    return None if table is None else layer_of(source, table)


def _field_name(key: str) -> str | None:
    plain = plain_name(key)
    return next((name for name in FIELDS if plain_name(name) == plain), None)


def _nearest(key: str) -> str:
    return nearest_name(key, FIELDS)


def _plain_table(value: object) -> dict[str, Any]:
    """A table's fields; also of one that was made in Python."""
    return dict(value) if isinstance(value, Mapping) else msgspec.structs.asdict(value)  # ty: ignore[invalid-argument-type]
