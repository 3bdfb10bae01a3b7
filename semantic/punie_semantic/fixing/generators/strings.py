"""Strings whose `f` is missing or too much, and those whose placeholder was lost."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, visible

GENERATOR = "f-string"
_PREFIX = re.compile(r"[A-Za-z]*")


async def generate(place: Place) -> list[Candidate]:
    """An `f` before a string with names of the scope in braces; braces around a name that stands alone; no `f`."""
    node = place.tree.node_at(place.start, place.end)
    if place.code == "RUF027" and isinstance(node, ast.Constant):
        edit = Edit(place.start, place.start, "f")
        return [Candidate("Make it an f-string", (edit,), "fix", GENERATOR, 0.92, "its names are in scope")]
    strings = place.tree.nodes_in(place.start, place.end, ast.JoinedStr)
    found = []
    for string in strings[:3]:
        if not any(isinstance(part, ast.FormattedValue) for part in string.values):
            found += [*_plain(place, string), *_lost(place, string)]
    return found


def _plain(place: Place, string: ast.JoinedStr) -> list[Candidate]:
    """Without `f`, in all of its implicitly joined parts that are in the problem's range."""
    start, end = place.tree.span(string)
    prefix = _PREFIX.match(place.text, start)
    if prefix is None or "f" not in prefix[0].lower() or place.text[end - 1] not in "\"'":
        return []
    rest = prefix[0].replace("f", "").replace("F", "")
    body = place.text[prefix.end() : end]
    doubled = body.replace("{{", "{").replace("}}", "}")
    edit = Edit(start, end, rest + doubled) if doubled != body else Edit(*prefix.span(), rest)
    return [Candidate("Make it a plain string", (edit,), "fix", GENERATOR, 0.8, "it has no placeholder")]


def _lost(place: Place, string: ast.JoinedStr) -> list[Candidate]:
    """A word that is a name of the function and nothing else in the file's strings: its braces were lost."""
    names = visible(place.tree, string)
    start, end = place.tree.span(string)
    found = []
    for word in re.compile(r"(?<![\w{.])([a-z]\w*(?:_\w+)+|[a-z]\w+)(?![\w}.])").finditer(place.text, start + 2, end):
        name = names.get(word[1])
        if (
            name is not None
            and word[1] not in BUILTINS
            and name.depth == 0
            and not name.reads
            and name.scope is not None
        ):
            edits = (Edit(word.start(), word.start(), "{"), Edit(word.end(), word.end(), "}"))
            why = f"nobody reads {word[1]}"
            found.append(Candidate(f"Put braces around {word[1]}", edits, "fix", GENERATOR, 0.86, why))
    return found
