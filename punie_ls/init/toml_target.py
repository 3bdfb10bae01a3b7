"""Helix's `languages.toml`: a table for the language server, and the list of servers of one language.

What is new is added at the end as text; what is there is changed through tomlkit, which keeps comments and layout. The
result is read again and compared, so that a file is changed as meant or not at all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from punie_ls.init.exceptions import Broken
from punie_ls.init.targets import Change, Merged, State, TakenBack
from punie_ls.init.text_file import TextFile

SERVER = ("language-server", "punie", "command")
LANGUAGE = ("language", "python", "language-servers")


@dataclass(frozen=True)
class TomlTarget:
    """`languages.toml`. `command` gives the program from the present one, `servers` the list from the present one."""

    path: Path
    command: Callable[[object], str]
    servers: Callable[[list[Any] | None], list[Any]]
    kind: Literal["toml"] = "toml"

    def merge(self, file: TextFile, written: str | None) -> Merged:
        """The text with Punie in it. Raises Broken."""
        text = _unix(file.text)
        data = parse(text)
        changes = []
        wanted: tuple[tuple[tuple[str, ...], Any], ...] = (
            (SERVER, self.command(_present(data, SERVER))),
            (LANGUAGE, self.servers(_present(data, LANGUAGE))),
        )
        for path, value in wanted:
            if value != _present(data, path):
                text, change = _put(text, path, value)
                changes.append(change)
        state: State = "differs" if _present(data, SERVER) is not None else "not configured"
        return Merged(_like(file.text, text), tuple(changes), state if changes else "configured")


def take_back(text: str, changes: Sequence[Change]) -> TakenBack:
    """The text with the earlier values, where the present ones are still Punie's. Raises Broken."""
    out, left = _unix(text), []
    parse(out)
    for change in reversed(changes):
        path, value = (change.path, json.loads(change.after)) if change.path else _block(change.after)
        present = _present(parse(out), path)
        if present is None:
            continue
        if present != value:
            left.append(f"{path[2]} of {path[1]} in {path[0]} is left, because it was changed since")
            continue
        cut = None if change.path else _cut(out, change.after, path)
        out = _set(out, path, change.before) if cut is None else cut
        if change.before is None and path == SERVER and parse(out).get(path[0], {}).get(path[1]):
            left.append(
                f"{path[0]}.{path[1]} is left, because it has settings of yours, and Helix wants a command there"
            )
    return TakenBack(_like(text, out), tuple(left))


def parse(text: str) -> dict[str, Any]:
    """The data of a text with Unix newlines. Raises Broken, with the line, also when a table is of another type."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_in(str(error))
        raise Broken(f"it is not TOML: {str(error).partition(' (at')[0]}", line) from error
    except RecursionError as error:
        raise Broken("it is nested too deep") from error
    servers, languages = data.get("language-server", {}), data.get("language", [])
    if not isinstance(servers, dict) or not isinstance(servers.get("punie", {}), dict):
        raise Broken("language-server must be a table of tables")
    if not isinstance(languages, list) or not all(isinstance(entry, dict) for entry in languages):
        raise Broken("language must be an array of tables, each beginning with [[language]]")
    if not isinstance(_present(data, LANGUAGE), list | None):
        raise Broken("language-servers of python must be an array")
    return data


def _line_in(message: str) -> int | None:
    """The line that a message of tomllib ends with."""
    number = message.rpartition("(at line ")[2].partition(",")[0]
    return int(number) if number.isdecimal() else None


def _present(data: dict[str, Any], path: tuple[str, ...]) -> Any:  # noqa: ANN401 - TOML data
    if path == SERVER:
        return data.get(path[0], {}).get(path[1], {}).get(path[2])
    entry = _language(data)
    return None if entry is None else entry.get(path[2])


def _language(data: dict[str, Any]) -> dict[str, Any] | None:
    return next((e for e in data.get("language", []) if e.get("name") == LANGUAGE[1]), None)


def _put(text: str, path: tuple[str, ...], value: Any) -> tuple[str, Change]:  # noqa: ANN401 - TOML data
    """The text with a value, in its table if there is one, else in a new one at the end."""
    data = parse(text)
    table = data.get(path[0], {}).get(path[1]) if path == SERVER else _language(data)
    before = _present(data, path)
    if table is not None:
        written = json.dumps(value, ensure_ascii=False)
        raw = None if before is None else _raw(text, path)
        listed = raw is not None and "\n" in raw and isinstance(value, list)
        edited = _listed(text, path, value) if listed else _set(text, path, written)
        return edited, Change(path, raw, written, 2)
    head = f"[{path[0]}.{path[1]}]\n" if path == SERVER else f'[[{path[0]}]]\nname = "{path[1]}"\n'
    block = f"{head}{path[2]} = {json.dumps(value, ensure_ascii=False)}\n"
    space = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return _checked(text + space + block, path, value), Change((), None, block)


def _block(block: str) -> tuple[tuple[str, ...], Any]:
    """What a block that was added says."""
    data = parse(block)
    path = SERVER if SERVER[0] in data else LANGUAGE
    return path, _present(data, path)


def _set(text: str, path: tuple[str, ...], raw: str | None) -> str:
    """The text with a value, as it is to be written, changed or added to its table; or without it (None)."""
    import tomlkit

    document, table = _table(text, path)
    if raw is None:
        del table[path[2]]
        return _checked(tomlkit.dumps(document), path, None)
    table[path[2]] = tomlkit.value(raw)
    return _checked(tomlkit.dumps(document), path, tomllib.loads(f"value = {raw}")["value"])


def _listed(text: str, path: tuple[str, ...], wanted: list[Any]) -> str:
    """The text with a list of several lines changed item by item, which keeps the comments between them."""
    import tomlkit

    document, table = _table(text, path)
    items = table[path[2]]
    for index in reversed(range(len(items))):
        if items[index] not in wanted:
            del items[index]
    for index, item in enumerate(wanted):
        if index >= len(items) or items[index] != item:
            items.insert(index, item)
    return _checked(tomlkit.dumps(document), path, wanted)


def _raw(text: str, path: tuple[str, ...]) -> str:
    """A value as it is written."""
    _, table = _table(text, path)
    return table.item(path[2]).as_string()


def _table(text: str, path: tuple[str, ...]) -> tuple[Any, Any]:
    """The document as tomlkit reads it, and the table in it that a value is in. Raises Broken."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        table = document[path[0]][path[1]] if path == SERVER else _language(document)
    except TOMLKitError as error:
        raise Broken(f"it cannot be changed safely: {error}") from error
    assert table is not None
    return document, table


def _checked(text: str, path: tuple[str, ...], value: Any) -> str:  # noqa: ANN401 - TOML data
    """The text, if it reads as meant."""
    try:
        fits = _present(parse(text), path) == value
    except Broken:
        fits = False
    if not fits:
        raise Broken(
            f"[{path[0]}] is written in a way that cannot be added to; write it as tables with headers of their own"
        )
    return text


def _cut(text: str, block: str, path: tuple[str, ...]) -> str | None:
    """Without a block, and the empty line before it; None if the user made something else of it."""
    begin = text.find(block)
    if begin < 0 or (begin > 0 and text[begin - 1] != "\n"):
        return None
    before = text[:begin]
    if before.endswith("\n\n") or before == "\n":
        before = before[:-1]
    cut = before + text[begin + len(block) :]
    return cut if _without(parse(cut)) == _without(parse(text), path) else None


def _without(data: dict[str, Any], path: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The data without the table of a path, and without tables that hold nothing."""
    servers = {k: v for k, v in data.get("language-server", {}).items() if path != SERVER or k != path[1]}
    gone = _language(data) if path == LANGUAGE else None
    languages = [entry for entry in data.get("language", []) if entry is not gone]
    data = {**data, "language-server": servers, "language": languages}
    return {k: v for k, v in data.items() if v not in ({}, [])}


def _unix(text: str) -> str:
    """The text with Unix newlines, if it has but one kind."""
    return text.replace("\r\n", "\n") if _windows(text) else text


def _like(original: str, text: str) -> str:
    """The text with the newlines of the original."""
    return text.replace("\n", "\r\n") if _windows(original) else text


def _windows(text: str) -> bool:
    return "\r\n" in text and text.count("\n") == text.count("\r\n")
