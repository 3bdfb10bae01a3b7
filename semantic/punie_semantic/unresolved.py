"""Attributes called like a renamed symbol, of values whose type ty does not know: they may be uses of it."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from punie_semantic.exceptions import EditError
from punie_semantic.name_index import NameIndex
from punie_semantic.outlines import text_of
from punie_semantic.paths import relative
from punie_semantic.places import ask
from punie_semantic.wire.positions import TextLines
from punie_semantic.wire.uris import path_of
from punie_semantic.workspace import Workspace

Places = dict[Path, dict[int, set[int]]]
Ends = set[tuple[Path, int, int]]


async def other_uses(
    workspace: Workspace, names: NameIndex | None, name: str, known: Places, homes: Ends, *, member: bool
) -> Places:
    """Uses that ty's rename leaves out although it knows them.

    Raises EditError for one that may be the symbol and may be another, which ty cannot tell.

    Args:
        workspace: where to look.
        names: what the project's files spell; without it all of them are read.
        name: the symbol's name.
        known: its places so far.
        homes: where the names of its definitions end.
        member: whether it belongs to a class; else only attributes of what is imported are looked at.
    """
    attribute = re.compile(rf"(?:(?P<root>[^\W\d]\w*)(?:\s*\.\s*\w+)*)?\s*\.\s*(?P<name>{re.escape(name)})\b")
    found: Places = {}
    for file in names.naming(name) if names else await asyncio.to_thread(_naming, workspace, name):
        text = text_of(workspace, file)
        lines = TextLines(text)
        for match in attribute.finditer(text):
            place = lines.position(match.start("name"), "utf-32")
            line, column = place["line"], place["character"]
            if column in known.get(file, {}).get(line, ()) or not (member or _is_imported(text, match["root"])):
                continue
            answer = await ask(workspace, file, "textDocument/definition", {"position": place})
            if not answer:
                if _is_code(text, line, name):
                    raise EditError(
                        f"What {_shown(match[0])} in {relative(workspace.root, file)}:{line + 1} is, ty does not know; "
                        "it may be the same symbol. Say its type there (annotate_types), or use edit_file."
                    )
            elif homes & {_end(item) for item in answer}:
                found.setdefault(file, {}).setdefault(line, set()).add(column)
    return found


def check_keywords(workspace: Workspace, names: NameIndex | None, function: str, name: str, known: Places) -> None:
    """Refuse a parameter's new name where the old one may be passed in `**`. Raises EditError.

    Args:
        workspace: where to look.
        names: what the project's files spell.
        function: what is called: the function, or the class.
        name: the parameter's.
        known: its places.
    """
    key = re.compile(rf"['\"](?P<quoted>{re.escape(name)})['\"]|\b(?P<given>{re.escape(name)})\s*=(?!=)")
    for file in names.starring(function) if names else ():
        text = text_of(workspace, file)
        lines = TextLines(text)
        for match in key.finditer(text):
            place = lines.position(match.start(match.lastgroup or 0), "utf-32")
            if place["character"] not in known.get(file, {}).get(place["line"], ()):
                raise EditError(
                    f"{relative(workspace.root, file)} calls {function} with **, and {name} in line "
                    f"{place['line'] + 1} may be passed so. Use edit_file, and run the tests."
                )


def _naming(workspace: Workspace, name: str) -> list[Path]:
    return [path for path in workspace.files.paths if name in text_of(workspace, path)]


def _is_imported(text: str, root: str | None) -> bool:
    """Whether an import of the file may bind a name."""
    if root is None:
        return False
    name = re.escape(root)
    return re.search(rf"\bimport\b[^\n]*\b{name}\b|^\s*{name}\s*(?:,|\)|$)|\bas\s+{name}\b", text, re.M) is not None


def _is_code(text: str, line: int, name: str) -> bool:
    """Whether there is such an attribute in a line, and not only a comment or a string."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return True
    # Python 3.11 does not tell where in an f-string something is.
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.JoinedStr) or not node.lineno <= line + 1 <= (node.end_lineno or 0):
            continue
        if any(isinstance(inner, ast.Attribute) and inner.attr == name for inner in ast.walk(node)):
            return True
    return False


def _end(item: Mapping[str, dict]) -> tuple[Path | None, int, int]:
    end = item["range"]["end"]
    return path_of(str(item["uri"])), end["line"], end["character"]


def _shown(written: str) -> str:
    return re.sub(r"\s+", "", written)[-60:]
