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

PROJECT_FILES = ("punie.toml", "pyproject.toml")
USER_FILE_VARIABLE = "PUNIE_CONFIG_FILE"

LogLevel = Literal["error", "warning", "info", "debug"]
Watching = Literal["auto", "always", "never"]
PolicyMode = Literal["ask", "auto", "read-only"]
ToolStyle = Literal["auto", "code", "json"]


class Policy(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What the agent may do without being asked, and what never.

    Attributes:
        mode: `ask` asks a person, `auto` does what no rule denies, `read-only` neither edits nor runs anything.
        allow: rules, such as `command: make docs` or `tests`; see docs/permissions.md. Not from a project's own file.
        deny: rules; they win over all others.
    """

    mode: PolicyMode = "ask"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class Budget(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The most that one turn may use. None is no limit.

    Attributes:
        tokens: of requests and answers together.
        requests: to the model.
        cost: in US dollars; counts only where the price is known.
        tool_calls: of programs too.
        seconds: wall time, without the time that somebody takes to decide.
    """

    tokens: int | None = 1_000_000
    requests: int | None = 50
    cost: float | None = None
    tool_calls: int | None = 10_000
    seconds: float | None = 900.0


class Settings(msgspec.Struct, frozen=True, rename="kebab"):
    """Every setting there is, with its default.

    Attributes:
        interpreter: the project's Python environment: a folder or the python in it, relative to the project.
        model: which model answers, or several in order: the next one is asked when one cannot answer.
        tool_style: how models call tools: programs (`code`) or JSON calls (`json`); `auto` knows what suits the model.
        adapters: model servers that Punie starts itself, by name; see docs/models.md.
        policy: what the agent may do without being asked.
        budget: the most that one turn may use.
        store: where sessions are kept, as an SQLAlchemy URL; a file in the user's data directory by default.
        log_level: what goes into the log file.
        watch_files: whether Punie watches the disk itself; `auto` does so when the editor does not.
        ty: ty's editor settings, as ty documents them.
        ruff: ruff's editor settings, as ruff documents them.
    """

    interpreter: str | None = None
    model: str | tuple[str, ...] = "builtin"
    tool_style: ToolStyle = "auto"
    adapters: dict[str, dict[str, Any]] = {}
    policy: Policy = Policy()
    budget: Budget = Budget()
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
        values: by field name; only what is known and has the right type.
        problems: sentences about the rest.
    """

    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


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
    """The settings; a later layer wins, and tables are merged key by key."""
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for name, value in layer.values.items():
            values[name] = merge(values.get(name), value)
            sources[name] = layer.source
    problems = tuple(problem for layer in layers for problem in layer.problems)
    return Resolved(Settings(**values), sources, problems)


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
            return layer
    return Layer(str(folder))


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
        elif value is not None:
            try:
                values[name] = msgspec.convert(value, FIELDS[name].type)
            except msgspec.ValidationError as error:
                problems.append(f"{source}: {key}: {error}")
    return Layer(source, values, tuple(problems))


def _read(path: Path, source: str, tables: tuple[str, ...]) -> Layer | None:
    """A TOML file's table as a layer; None when the file or the table is not there."""
    try:
        data = path.read_bytes()
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
    plain = _plain(key)
    return next((name for name in FIELDS if _plain(name) == plain), None)


def _plain(key: str) -> str:
    return key.replace("-", "").replace("_", "").lower()


def _nearest(key: str) -> str:
    import difflib

    names = {_plain(name): name.replace("_", "-") for name in FIELDS}
    close = difflib.get_close_matches(_plain(key), names, n=1)
    return f"; do you mean {names[close[0]]!r}?" if close else f"; there are {', '.join(names.values())}"
