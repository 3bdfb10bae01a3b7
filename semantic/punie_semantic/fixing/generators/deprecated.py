"""What is deprecated and whose message, or ours, names the replacement."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible
from punie_semantic.fixing.spots import expression_at

GENERATOR = "deprecated"
_USE = re.compile(
    r"(?:[Uu]se|[Rr]eplaced? (?:by|with)|in favou?r of|[Rr]enamed to|[Tt]ry|[Ss]ee)\s+"
    r"(?:the\s+)?(?:method\s+|function\s+)?"
    r"[`'\"]*(?P<name>\.?[A-Za-z_][\w.]*)(?P<call>\(\))?[`'\"]*(?P<rest>\s*instead)?"
)
_WORDS = frozenset({"the", "a", "an", "instead", "timezone", "of", "new", "other", "it", "this"})


async def generate(place: Place) -> list[Candidate]:
    """The replacement in the place of the deprecated name."""
    node = expression_at(place.tree, place.start, place.end)
    if node is None:
        return []
    if place.source in ("utcnow", "utcfromtimestamp") or place.code in ("DTZ003", "DTZ004"):
        return _utc(place, node)
    found = []
    text = place.message.partition("is deprecated")[2] or place.message
    for match in _USE.finditer(text):
        name = match["name"].strip(".")
        if name.lower() in _WORDS or not all(part.isidentifier() for part in name.split(".")):
            continue
        found += _replaced(place, node, name, 0.9 if match["rest"] or match["call"] else 0.75)
    return found[:4]


def _replaced(place: Place, node: ast.AST, name: str, weight: float) -> list[Candidate]:
    """The name's last part as an attribute of the same thing; as a plain name in scope, or imported."""
    why = "the deprecation names it"
    last = name.rpartition(".")[2]
    old = place.source
    start, end = place.start, place.end
    if isinstance(node, ast.Attribute) and place.source != node.attr:
        start, end = place.tree.span(node)[1] - len(node.attr), place.tree.span(node)[1]
        old = node.attr
    if isinstance(node, ast.Attribute):
        edit = Edit(start, end, last)
        return [Candidate(f"Change {old} to {last}", (edit,), "fix", GENERATOR, weight, why)]
    known = visible(place.tree, node)
    if last in known and isinstance(node, ast.Name):
        edit = Edit(start, end, last)
        return [Candidate(f"Change {old} to {last}", (edit,), "fix", GENERATOR, weight, why)]
    if isinstance(node, ast.Name):
        return _imported(place, node, name, weight)
    return []


def _imported(place: Place, node: ast.Name, name: str, weight: float) -> list[Candidate]:
    """From the module that the message names, or that the deprecated name is from."""
    last = name.rpartition(".")[2]
    module = name.rpartition(".")[0]
    for statement in place.tree.module.body:
        if isinstance(statement, ast.ImportFrom) and any(node.id in (a.name, a.asname) for a in statement.names):
            module = module or f"{'.' * statement.level}{statement.module or ''}"
            if statement.level:
                return []
    if not module:
        return []
    spelled, needed = imported(place.tree, module, last)
    edit = Edit(*place.tree.span(node), spelled)
    why = "the deprecation names it"
    return [Candidate(f"Change {node.id} to {spelled}", (*needed, edit), "fix", GENERATOR, weight, why)]


def _utc(place: Place, node: ast.AST) -> list[Candidate]:
    """`datetime.now(timezone.utc)` for `datetime.utcnow()`; aware times do not compare with naive ones."""
    call = place.tree.enclosing(node, ast.Call)
    if call is None or not isinstance(call.func, ast.Attribute):
        return []
    spelled, needed = imported(place.tree, "datetime", "timezone")
    end = place.tree.span(call.func)[1]
    name = "now" if call.func.attr == "utcnow" else "fromtimestamp"
    closing = place.tree.span(call)[1] - 1
    zone = f", {spelled}.utc" if call.args else f"{spelled}.utc"
    edits = (*needed, Edit(end - len(call.func.attr), end, name), Edit(closing, closing, zone))
    why = "the result knows its zone"
    return [Candidate(f"Use {name} with a zone", edits, "unsafe_fix", GENERATOR, 0.8, why)]
