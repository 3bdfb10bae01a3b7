"""Indices and keys: one too far, misspelt against the keys used beside it, a name that must be repeated as text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import removal
from punie_semantic.fixing.generators.expression import exact
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Place

GENERATOR = "keys"
_REPEATED = ("mismatched-type-name", "invalid-paramspec", "invalid-legacy-type-variable", "invalid-newtype", "PLC0132")


async def generate(place: Place) -> list[Candidate]:
    """The index or key beside the wrong one."""
    if place.code in ("index-out-of-bounds", "PLE0643"):
        return list(_index(place))
    if place.code in (
        "mismatched-type-name",
        "invalid-paramspec",
        "invalid-legacy-type-variable",
        "invalid-newtype",
        "PLC0132",
    ):
        return list(_repeated(place))
    return list(_misspelt(place))


def _index(place: Place) -> Iterator[Candidate]:
    """One less, the last, the first."""
    node = exact(place, ast.Subscript)
    inner = node.slice if node is not None else exact(place, ast.Constant, ast.UnaryOp)
    told = re.search(r"Index (-?\d+) is out of bounds.* with length (\d+)", place.message)
    if inner is None:
        return
    text = place.tree.source(inner)
    if not re.fullmatch(r"-?\d+", text):
        return
    index, length = int(text), int(told[2]) if told else None
    choices = {index - 1 if index > 0 else index + 1: 0.85, 0: 0.5, -1: 0.45}
    for choice, weight in choices.items():
        if choice != index and (length is None or -length <= choice < length):
            edit = Edit(*place.tree.span(inner), str(choice))
            yield Candidate(f"Change {text} to {choice}", (edit,), "fix", GENERATOR, weight, "it is inside")


def _repeated(place: Place) -> Iterator[Candidate]:
    """`T = TypeVar("T")`: the text is the name it is assigned to."""
    node = place.tree.node_at(place.start, place.end)
    call = place.tree.enclosing(node, ast.Call) if node is not None else None
    outer = place.tree.statement(call) if call is not None else None
    if call is None or not isinstance(outer, ast.Assign) or not isinstance(outer.targets[0], ast.Name):
        return
    first = call.args[0] if call.args else None
    target = outer.targets[0].id
    if "is required" in place.message and not call.args:
        at = place.tree.span(call.func)[1]
        at = place.text.find("(", at) + 1
        edit = Edit(at, at, f'"{target}"' + (", " if call.keywords else ""))
        yield Candidate(f'Give "{target}" as the name', (edit,), "fix", GENERATOR, 0.97, "the name comes first")
    if len(call.args) == 2 and ast.dump(call.args[0]) == ast.dump(call.args[1]):
        edit = removal(place, call, call.args[1])
        yield Candidate("Drop the second name", (edit,), "fix", GENERATOR, 0.95, "the name is given twice")
    if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
        source = place.tree.source(first)
        text = f"{source[-1]}{target}{source[-1]}"
        yield Candidate(
            f"Change {source} to {text}", (Edit(*place.tree.span(first), text),), "fix", GENERATOR, 0.96, ""
        )
        if isinstance(first.value, str) and first.value.isidentifier():
            start = place.tree.span(outer.targets[0])[0]
            uses = len(re.findall(rf"\b{re.escape(first.value)}\b", place.text))
            edit = Edit(start, start + len(target), first.value)
            yield Candidate(
                f"Change {target} to {first.value}", (edit,), "fix", GENERATOR, 0.5 if uses > 1 else 0.1, ""
            )


def _misspelt(place: Place) -> Iterator[Candidate]:
    """A text key like one that is used for the same thing elsewhere in the file, and not used elsewhere itself."""
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    if statement is None:
        return
    start, end = (place.start, place.end) if not isinstance(statement, ast.Assign) else place.tree.span(statement)
    for subscript in place.tree.nodes_in(start, end, ast.Subscript):
        key = subscript.slice
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        owner = re.escape(place.tree.source(subscript.value))
        known = re.findall(rf"{owner}\[[\"']([^\"'\n]+)[\"']\]", place.text)
        if known.count(key.value) > 1:
            continue
        written = re.findall(r"[\"']([\w.\-]+)[\"'](?=\s*:)", place.text)
        for name, value in alike(key.value, [*known, *written], most=2):
            at = place.tree.span(key)[0] + 1
            edit = Edit(at, at + len(key.value), name)
            weight = 0.92 * value if name in known else 0.8 * value
            title = f'Change "{key.value}" to "{name}"'
            yield Candidate(title, (edit,), "fix", GENERATOR, weight, f'"{name}" is a key elsewhere')
