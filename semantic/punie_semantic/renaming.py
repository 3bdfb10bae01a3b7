"""Renaming through ty, with what ty leaves out, and a check that every name still means what it meant.

ty renames what it can resolve. It leaves out overrides, `super()`, class patterns and `__all__`, and it takes any
text for a name.
"""

from __future__ import annotations

import asyncio
import builtins
import keyword
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from punie_semantic.bound_names import binds
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import EditError
from punie_semantic.line_diff import line_diff, lines_of
from punie_semantic.members import Member, class_of, family
from punie_semantic.name_index import NameIndex, name_index
from punie_semantic.outlines import Located
from punie_semantic.overlay import State
from punie_semantic.paths import relative
from punie_semantic.places import ask
from punie_semantic.project_files import SKIPPED_FOLDERS
from punie_semantic.rename_rest import rest_of, super_calls
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.unresolved import check_keywords, other_uses
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace
from punie_semantic.writing import all_or_nothing

MAX_MENTIONS = 10
MAX_CHECKED = 24

# Starts of the names to be replaced, by file: lines to columns, 0-based.
Places = dict[Path, dict[int, set[int]]]


async def rename(workspace: Workspace, symbol: Located, new_name: str) -> EditsResult:
    """Rename a symbol in all files. Raises EditError or SourceError when nothing was changed."""
    _check_name(symbol, new_name)
    names, members, places = await _uses(workspace, symbol, new_name)
    if binds(workspace.overlay.text(symbol.file), symbol.container, symbol.name_range["start"]["line"] + 1, new_name):
        where = relative(workspace.root, symbol.file) if symbol.file.is_relative_to(workspace.root) else symbol.file
        raise EditError(
            f"{new_name} means something else already at {where}. Choose another name; nothing was changed."
        )
    others = await _other_uses(workspace, names, members, places, symbol)
    places |= {file: {} for file in others.keys() - places.keys()}
    _check_inside(workspace, places, symbol)
    texts = {file: workspace.overlay.text(file) for file in places}
    extra = _all(rest_of(texts, places, symbol), others)
    await _add_super_calls(workspace, members, texts, extra, symbol.name)
    fresh = not any(new_name in text for text in texts.values())
    lines = {file: lines_of(texts[file]) for file in sorted(texts)}
    renamed = {file: _applied(lines[file], _joined(places, extra, file), symbol.name, new_name) for file in lines}
    notes = [_mentions(workspace, lines, renamed, symbol.name)]
    with all_or_nothing(workspace) as start:
        for file, new in renamed.items():
            workspace.overlay.write(file, "".join(new))
        # A name that is in none of the files can neither be captured there nor capture anything.
        if not fresh:
            await _check_meaning(workspace, members, places, extra, symbol, new_name)
        if symbol.container or hasattr(builtins, symbol.name):
            notes.append(await _check_types(workspace, list(lines), start, symbol.name, new_name))
    shown = {file: relative(workspace.root, file) for file in lines}
    diffs = [(name, line_diff(lines[file], renamed[file], name)) for file, name in shown.items()]
    return EditsResult(
        changed=True,
        files=list(shown.values()),
        edits=[EditResult(file=name, changed=True, diff=diff) for name, diff in diffs],
        diff="".join(diff for _, diff in diffs),
        note=" ".join(filter(None, notes)),
    )


async def _uses(workspace: Workspace, symbol: Located, new_name: str) -> tuple[NameIndex | None, list[Member], Places]:
    """The index, the definitions, and where ty says that they are named."""
    if symbol.container:
        names = await name_index(workspace)
        members = await family(workspace, symbol, new_name, names)
        return names, members, await _places(workspace, members, symbol.name, new_name)
    # Only members need the index to find their kin; for others it is read while ty searches.
    members = await family(workspace, symbol, new_name, None)
    names, places = await asyncio.gather(name_index(workspace), _places(workspace, members, symbol.name, new_name))
    return names, members, places


async def _check_types(workspace: Workspace, files: list[Path], start: State, name: str, new_name: str) -> str:
    """Members have uses that no reference shows: keys, protocols, descriptors. Raises EditError for new problems.

    Gives what could not be checked. ty needs long for many files; the rest is left to verify_edits.
    """
    checked = files[:MAX_CHECKED]
    checker, now = workspace.checker, workspace.overlay.state
    await checker.prefetch(checked, start)
    before = [await checker.by_ty(file, start) for file in checked]
    await checker.prefetch(checked, now)
    after = [await checker.by_ty(file, now) for file in checked]
    for earlier, later in zip(before, after, strict=True):
        if not earlier.unknown:
            _check_problems(earlier.problems, later.problems, name, new_name)
    reasons = [reason for findings in (*before, *after) for reason in findings.unknown]
    if len(checked) < len(files):
        reasons.append(f"types in {len(files) - len(checked)} of {len(files)} files; verify_edits does that")
    return f"Not checked: {'; '.join(dict.fromkeys(reasons))}." if reasons else ""


def _check_name(symbol: Located, new_name: str) -> None:
    if not new_name.isidentifier() or keyword.iskeyword(new_name):
        what = "a keyword" if keyword.iskeyword(new_name) else "no identifier"
        raise EditError(f"{new_name!r} is {what}. Pass a Python name.")
    if new_name == symbol.name:
        raise EditError(f"{symbol.qualified_name} is called {new_name} already.")
    if symbol.kind == "module":
        raise EditError(f"{symbol.qualified_name} is a module. Move its file with rename_file.")
    if _is_special(symbol.name) or _is_special(new_name):
        raise EditError("Names with two underscores at both ends mean something to Python and are not renamed.")
    if symbol.container and (_is_mangled(symbol.name) != _is_mangled(new_name)):
        raise EditError("Names that begin with two underscores are private to their class; only to such they change.")


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_mangled(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


async def _places(workspace: Workspace, members: Iterable[Member], name: str, new_name: str) -> Places:
    """Where ty says that the members are named. Raises EditError when it cannot rename them."""
    places: Places = {}
    for file, place in members:
        answer = await ask(workspace, file, "textDocument/rename", {"position": place, "newName": new_name})
        for path, edits in _changes(answer):
            lines = places.setdefault(path, {})
            for edit in edits:
                start = edit["range"]["start"]
                lines.setdefault(start["line"], set()).add(start["character"])
    if not places:
        raise EditError(f"ty cannot rename {name} here. Pass the place of its definition.")
    return places


def _changes(answer: Any) -> Iterable[tuple[Path, list[Mapping[str, Any]]]]:  # noqa: ANN401 - wire data
    changes: dict[str, list[Mapping[str, Any]]] = dict((answer or {}).get("changes") or {})
    for change in (answer or {}).get("documentChanges") or []:
        changes.setdefault(change["textDocument"]["uri"], []).extend(change["edits"])
    for uri, edits in changes.items():
        path = path_of(uri)
        if path is None:
            raise EditError("The symbol belongs to Python itself, not to the workspace. It cannot be renamed.")
        yield path, edits


async def _other_uses(
    workspace: Workspace, names: NameIndex | None, members: list[Member], places: Places, symbol: Located
) -> Places:
    """Attributes that ty knows and leaves out. Raises EditError for those that it does not know."""
    owner = await class_of(workspace, symbol) if symbol.container else None
    if symbol.container and owner is None:
        # Nothing of a function is an attribute, but its parameters are keywords.
        function = symbol.container.split(".")[-2 if symbol.container.endswith("__init__") else -1]
        check_keywords(workspace, names, function, symbol.name, places)
        return {}
    homes = set(members_ends(members, symbol.name))
    return await other_uses(workspace, names, symbol.name, places, homes, member=owner is not None)


async def _add_super_calls(
    workspace: Workspace, members: list[Member], texts: Mapping[Path, str], extra: Places, name: str
) -> None:
    """`super().name()`, which ty leaves out; it knows what each of them means."""
    homes = set(members_ends(members, name))
    for file, text in texts.items():
        for line, column in super_calls(text, name):
            place = {"position": {"line": line, "character": column}}
            answer = await ask(workspace, file, "textDocument/definition", place)
            ends = {
                (path_of(d["uri"]), d["range"]["end"]["line"], d["range"]["end"]["character"]) for d in answer or []
            }
            if ends & homes:
                extra.setdefault(file, {}).setdefault(line, set()).add(column)


def members_ends(members: Iterable[Member], name: str) -> Iterable[tuple[Path, int, int]]:
    """Where the names of the definitions end."""
    return ((file, place["line"], place["character"] + len(name)) for file, place in members)


def _check_inside(workspace: Workspace, places: Places, symbol: Located) -> None:
    for file in (symbol.file, *places):
        try:
            below = file.relative_to(workspace.root).parts
        except ValueError:
            below = tuple(SKIPPED_FOLDERS)
        if not SKIPPED_FOLDERS.isdisjoint(below):
            raise EditError(f"{symbol.name} is used or defined in {file}, outside the project. It cannot be renamed.")


def _joined(places: Places, extra: Places, file: Path) -> dict[int, set[int]]:
    lines = {line: set(columns) for line, columns in places.get(file, {}).items()}
    for line, columns in extra.get(file, {}).items():
        lines.setdefault(line, set()).update(columns)
    return lines


def _all(places: Places, extra: Places) -> Places:
    return {file: _joined(places, extra, file) for file in {**places, **extra}}


def _applied(lines: list[str], places: Mapping[int, set[int]], name: str, new_name: str) -> list[str]:
    """The lines with the names replaced. Raises EditError when the old name is not there."""
    new = list(lines)
    for number, columns in places.items():
        line = lines[number] if number < len(lines) else ""
        parts, at = [], 0
        for column in sorted(columns):
            if not line.startswith(name, column) or column < at:
                raise EditError(f"In line {number + 1} the symbol is not written as {name}. Rename it with edit_file.")
            parts += [line[at:column], new_name]
            at = column + len(name)
        new[number] = "".join([*parts, line[at:]])
    return new


async def _check_meaning(
    workspace: Workspace, members: list[Member], places: Places, extra: Places, symbol: Located, new_name: str
) -> None:
    """Renamed back, ty must name the same places: none was captured by another variable, and none captured."""
    joined = _all(places, extra)
    moved = [(file, _moved(place, joined.get(file, {}), symbol.name, new_name)) for file, place in members]
    back = await _places(workspace, moved, new_name, symbol.name)
    wanted = {
        (file, line, _moved({"line": line, "character": c}, joined[file], symbol.name, new_name)["character"])
        for file, lines in places.items()
        for line, columns in lines.items()
        for c in columns
    }
    found = {(file, line, c) for file, lines in back.items() for line, columns in lines.items() for c in columns}
    # What was added to ty's places may be among them now.
    allowed = {
        (file, line, _moved({"line": line, "character": c}, joined[file], symbol.name, new_name)["character"])
        for file, lines in extra.items()
        for line, columns in lines.items()
        for c in columns
    }
    odd = sorted(((wanted - found) | (found - wanted - allowed)), key=lambda p: (p[0], p[1], p[2]))
    if odd:
        file, line, _ = odd[0]
        raise _taken(new_name, f"{_shown(workspace, file)}:{line + 1}")


def _taken(new_name: str, where: str) -> EditError:
    return EditError(f"{new_name} means something else already at {where}. Choose another name; nothing was changed.")


def _shown(workspace: Workspace, file: Path) -> str:
    return relative(workspace.root, file) if file.is_relative_to(workspace.root) else str(file)


def _moved(place: Mapping[str, int], lines: Mapping[int, set[int]], name: str, new_name: str) -> dict[str, int]:
    line, column = place["line"], place["character"]
    earlier = sum(c < column for c in lines.get(line, ()))
    return {"line": line, "character": column + earlier * (len(new_name) - len(name))}


def _check_problems(before: list[Diagnostic], after: list[Diagnostic], name: str, new_name: str) -> None:
    """Raises EditError for what ty found only afterwards; messages may name the symbol."""
    old, new = re.compile(rf"\b{re.escape(name)}\b"), re.compile(rf"\b{re.escape(new_name)}\b")
    left = [new.sub("?", old.sub("?", d.message)) for d in before]
    for problem in after:
        message = new.sub("?", old.sub("?", problem.message))
        if message in left:
            left.remove(message)
            continue
        raise EditError(
            f"With the name {new_name}, ty finds a new problem in {problem.file}:{problem.line + 1}: "
            f"{problem.message.splitlines()[0]}. Nothing was changed."
        )


def _mentions(
    workspace: Workspace, lines: Mapping[Path, list[str]], renamed: Mapping[Path, list[str]], name: str
) -> str:
    """Where the old name still is in the files that changed."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    found: list[str] = []
    for file, old in lines.items():
        if len(found) > MAX_MENTIONS:
            break
        for number, (before, after) in enumerate(zip(old, renamed[file], strict=True)):
            # A new name may have the old one in it, but not as a word of its own.
            if name in before and word.search(after):
                found.append(f"{relative(workspace.root, file)}:{number + 1}")
    more = " and more" if len(found) > MAX_MENTIONS else ""
    return f"{name} is still in {', '.join(found[:MAX_MENTIONS])}{more}." if found else ""
