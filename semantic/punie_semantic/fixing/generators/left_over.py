"""Things in the wrong place: breakpoints, `global` for nothing, late imports, a loop's name in a closure."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.parameters import opening_parenthesis, positional
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import removed

GENERATOR = "left over"


async def generate(place: Place) -> list[Candidate]:
    """By the code of the problem."""
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    if node is None or statement is None:
        return []
    if place.code == "B023":
        return _bound(place, node)
    if place.code == "E402":
        return _late_import(place, statement)
    if place.code == "E701":
        return _own_line(place, statement)
    if place.code == "PLW0602" and isinstance(statement, ast.Global) and len(statement.names) > 1:
        return []
    taken = removed(place.tree, statement)
    wanted = isinstance(statement, ast.Global | ast.Import | ast.ImportFrom | ast.Expr)
    why = "it is for debugging" if place.code == "T100" else "nothing is assigned to it"
    return [Candidate("Delete it", (taken,), "fix", GENERATOR, 0.88, why)] if taken is not None and wanted else []


def _bound(place: Place, node: ast.AST) -> list[Candidate]:
    """`lambda i=i: …`: the value of now, as a default."""
    function = place.tree.enclosing(node, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)
    if function is None or not isinstance(node, ast.Name):
        return []
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return []
    text = f"{node.id}={node.id}"
    if isinstance(function, ast.Lambda):
        start = place.tree.span(function)[0] + len("lambda")
        last = [*arguments.posonlyargs, *arguments.args, *arguments.defaults]
        end = max((place.tree.span(a)[1] for a in last), default=0)
        edit = Edit(end, end, f", {text}") if last else Edit(start, start, f" {text}")
    else:
        last = [*positional(function), *arguments.defaults]
        at = max((place.tree.span(a)[1] for a in last), default=opening_parenthesis(place.tree, function))
        edit = Edit(at, at, f", {text}" if last else text)
    why = "the function sees the loop's last value otherwise"
    return [Candidate(f"Bind {node.id} now", (edit,), "fix", GENERATOR, 0.85, why)]


def _late_import(place: Place, statement: ast.stmt) -> list[Candidate]:
    """The import behind the last one at the top of the file."""
    taken = removed(place.tree, statement)
    top = []
    for number, one in enumerate(place.tree.module.body):
        docstring = not number and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        if not docstring and not isinstance(one, ast.Import | ast.ImportFrom):
            break
        top.append(one)
    if taken is None or taken.text or statement not in place.tree.module.body:
        return []
    at = place.tree.line_end(place.tree.span(top[-1])[1]) if top else 0
    line = place.text[taken.start : taken.end].rstrip("\r\n") + "\n"
    why = "imports come first"
    return [Candidate("Move the import to the top", (Edit(at, at, line), taken), "fix", GENERATOR, 0.72, why)]


def _own_line(place: Place, statement: ast.stmt) -> list[Candidate]:
    """The body behind a colon on a line of its own."""
    body = getattr(statement, "body", None)
    if not isinstance(body, list) or not body:
        return []
    start = place.tree.span(body[0])[0]
    gap = re.compile(r":[ \t]*\Z").search(place.text[:start])
    if gap is None:
        return []
    edit = Edit(gap.start() + 1, start, f"\n{place.tree.indent(statement)}{place.tree.unit}")
    return [Candidate("Put it on its own line", (edit,), "fix", GENERATOR, 0.85, "one statement a line")]
