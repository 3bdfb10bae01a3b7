"""Statements: one that is missing, one too many, one at the wrong depth; what is returned, raised and caught."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.mutations.scene import Function, Mutation, Scene, own_nodes, parameters

MOST_SIBLINGS = 8
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)


def surplus(scene: Scene, node: ast.stmt) -> Iterator[Mutation]:
    """A statement less: an update, a call, a jump."""
    body = _body_of(scene, node)
    if not body or not isinstance(node, ast.AugAssign | ast.Expr | ast.Continue | ast.Break | ast.Raise | ast.Return):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom):
        return
    start, end = scene.tree.span(node)
    if len(body) == 1 or isinstance(node, ast.Return | ast.Raise):
        if isinstance(node, ast.Return | ast.Raise) and len(body) == 1:
            return
        yield scene.edit(node, start, end, "pass", 0.12, "it is not done")
    else:
        yield _removed(scene, node, 0.12)


def _removed(scene: Scene, node: ast.stmt, weight: float) -> Mutation:
    start, end = scene.tree.span(node)
    first, last = scene.tree.line_start(start), scene.tree.line_end(end)
    alone = not scene.text[first:start].strip() and not scene.text[end:last].strip()
    span = (first, last) if alone else (start, end)
    text = "" if alone else "pass"
    title = f"Remove {' '.join(scene.source(node).split())[:60]}"
    return Mutation((Edit(*span, text),), title, weight, node, why="it is not done")


def jumps(scene: Scene, node: ast.Break | ast.Continue | ast.Return | ast.Pass) -> Iterator[Mutation]:
    """Another jump: `break` for `continue`, and so on."""
    looped = any(isinstance(outer, ast.For | ast.While) for outer in scene.tree.parents(node))
    if isinstance(node, ast.Break):
        yield scene.swap(node, "continue", 0.6, "the loop goes on")
    elif isinstance(node, ast.Continue):
        yield scene.swap(node, "break", 0.6, "the loop ends")
    elif isinstance(node, ast.Pass) and looped:
        yield scene.swap(node, "continue", 0.3)
        yield scene.swap(node, "break", 0.2)
    elif isinstance(node, ast.Return) and looped and node.value is None:
        yield scene.swap(node, "continue", 0.4, "the loop goes on")


def early_return(scene: Scene, node: ast.Return) -> Iterator[Mutation]:
    """A `return` that stands in the loop, and belongs behind it."""
    loop = scene.tree.parent(node)
    if not isinstance(loop, ast.For | ast.While) or loop.body[-1] is not node or len(loop.body) < 2:
        return
    start, _ = scene.tree.span(node)
    first = scene.tree.line_start(start)
    if not scene.text[first:start].strip() and not loop.orelse:
        yield scene.edit(node, first, start, scene.tree.indent(loop), 0.6, "it is returned after the first turn")


def nothing_returned(scene: Scene, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Mutation]:
    """What a function ends with is not returned."""
    if not scene.facts & {"none", "TypeError", "AttributeError", "negated"}:
        return
    last = node.body[-1]
    start, _ = scene.tree.span(last)
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant | ast.Yield | ast.YieldFrom | ast.Await):
        yield scene.edit(last, start, start, "return ", 0.7, "nothing was returned")
    if isinstance(last, ast.Return | ast.Raise):
        return
    names = [n.id for n in own_nodes(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    attributes = [n for n in own_nodes(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    indent = scene.tree.indent(last) if last.col_offset else ""
    choices = [*dict.fromkeys(reversed(names)), *(scene.source(n) for n in attributes[-1:]), "self"]
    for text in choices[:4]:
        if text != "self" or "self" in parameters(node):
            yield _inserted(scene, last, f"return {text}", 0.5, indent, why="nothing was returned")


def missing(scene: Scene, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Mutation]:
    """A statement that siblings have: parameters that are kept, checks that come first, updates, calls that end."""
    yield from _unkept(scene, node)
    owner = scene.tree.parent(node)
    if not isinstance(owner, ast.ClassDef | ast.Module):
        return
    own = {ast.dump(statement) for statement in own_nodes(node) if isinstance(statement, ast.stmt)}
    known = {*parameters(node), *(n.id for n in own_nodes(node) if isinstance(n, ast.Name))}
    found: dict[str, tuple[float, int]] = {}
    for sibling in owner.body:
        if sibling is node or not isinstance(sibling, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for place, statement in enumerate(sibling.body[:8]):
            if _fits(statement, sibling, known) and ast.dump(statement) not in own:
                text = textwrap.dedent(scene.source(statement))
                if "\n" not in text:
                    weight, count = found.get(text, (0.0, 0))
                    alike = 0.15 if parameters(sibling) == parameters(node) else 0.0
                    found[text] = (max(weight, alike + (0.3 if place == 0 else 0.25)), count + 1)
    ranked = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][0]))[:MOST_SIBLINGS]
    for text, (weight, count) in ranked:
        yield from _placed(scene, node, text, min(weight * (1 + 0.5 * (count - 1)), 0.5))


def _fits(statement: ast.stmt, sibling: Function, known: set[str]) -> bool:
    """Whether a sibling's statement does something, and needs only what is known here."""
    if not isinstance(statement, ast.AugAssign | ast.Expr | ast.Assign):
        return False
    if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
        return False
    if isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Attribute | ast.Subscript):
        return False
    local = {
        *parameters(sibling),
        *(n.id for n in ast.walk(sibling) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)),
    }
    used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    return used & local <= known and bool(used)


def _unkept(scene: Scene, node: Function) -> Iterator[Mutation]:
    """A parameter of `__init__` that is kept nowhere."""
    if node.name != "__init__":
        return
    used = {n.id for n in own_nodes(node) if isinstance(n, ast.Name)}
    stored = {n.attr for n in own_nodes(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    read = {n.attr for n in ast.walk(scene.tree.module) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    for name in parameters(node)[1:]:
        if name not in used:
            for attribute in (name, f"_{name}"):
                if attribute not in stored:
                    weight = 0.8 if attribute in read else 0.2
                    yield _inserted(scene, node.body[-1], f"self.{attribute} = {name}", weight, None, "it was not kept")


def _placed(scene: Scene, node: Function, text: str, weight: float) -> Iterator[Mutation]:
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if not body:
        return
    why = "a function beside it has this"
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        yield _inserted(scene, last, text, weight, None, why, before=True)
    else:
        yield _inserted(scene, last, text, weight, None, why)
    if body[0] is not last or not isinstance(last, ast.Return | ast.Raise):
        yield _inserted(scene, body[0], text, weight, None, why, before=True)


def _inserted(
    scene: Scene, at: ast.stmt, text: str, weight: float, indent: str | None, why: str, *, before: bool = False
) -> Mutation:
    start, end = scene.tree.span(at)
    depth = scene.tree.indent(at) if indent is None else indent
    if before:
        place = scene.tree.line_start(start)
        new = f"{depth}{text}\n"
    else:
        place = end if scene.text[end : scene.tree.line_end(end)].strip() == "" else scene.tree.line_end(end) - 1
        new = f"\n{depth}{text}"
    return Mutation((Edit(place, place, new),), f"Insert {text}", weight, at, why=why)


def updates(scene: Scene, node: ast.For | ast.While) -> Iterator[Mutation]:
    """An update of a counter or sum that a loop lacks."""
    function = scene.function(node)
    body = function.body if function else scene.tree.module.body
    started = [
        s.targets[0].id
        for s in body
        if isinstance(s, ast.Assign) and s.lineno < node.lineno and isinstance(s.targets[0], ast.Name)
        if isinstance(s.value, ast.Constant) and isinstance(s.value.value, int | float)
    ]
    changed = {ast.unparse(n.target) for n in ast.walk(node) if isinstance(n, ast.AugAssign)}
    items = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)] if isinstance(node, ast.For) else []
    for name in started:
        if name not in changed:
            for value in ("1", *items):
                yield _inserted(scene, node.body[-1], f"{name} += {value}", 0.4, None, "nothing adds to it")
            if isinstance(node, ast.While):
                yield _inserted(scene, node.body[-1], f"{name} -= 1", 0.3, None, "nothing takes from it")


def caught(scene: Scene, node: ast.ExceptHandler) -> Iterator[Mutation]:
    """Another exception is caught."""
    raised = scene.evidence.raised
    if node.type is None or raised in ("AssertionError", "Failed", ""):
        return
    yield scene.swap(node.type, raised, 0.7, f"{raised} came through")
    yield scene.swap(node.type, f"({scene.source(node.type).strip('()')}, {raised})", 0.3, f"{raised} came through")


def thrown(scene: Scene, node: ast.Raise) -> Iterator[Mutation]:
    """Another exception is raised: the one that the test waits for."""
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    wanted = scene.evidence.expected_error
    if error is None or not isinstance(error, ast.Name | ast.Attribute):
        return
    if wanted and wanted != scene.source(error):
        yield scene.swap(error, wanted, 0.85, f"the test waits for {wanted}")
    elif scene.facts & {"error", "wrong_error"}:
        for other in ("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError"):
            if other != scene.source(error):
                yield scene.swap(error, other, 0.1)


def _body_of(scene: Scene, node: ast.stmt) -> list[ast.stmt]:
    parent = scene.tree.parent(node)
    for name in ("body", "orelse", "finalbody"):
        body = getattr(parent, name, None)
        if isinstance(body, list) and any(statement is node for statement in body):
            return body
    return []
