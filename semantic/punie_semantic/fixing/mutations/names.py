"""The wrong name: another variable of the scope, another attribute of the same value, a missing `self.`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.mutations.calls import renamed
from punie_semantic.fixing.mutations.scene import Mutation, Scene, own_nodes, parameters

MOST = 6
_PLAIN = frozenset({"self", "cls"})


def variable(scene: Scene, node: ast.Name) -> Iterator[Mutation]:
    """Another variable of the function that held a value of the same type."""
    function = scene.function(node)
    if function is None or not isinstance(node.ctx, ast.Load) or _is_called(scene, node) or node.id in _PLAIN:
        return
    types = scene.locals(node)
    known = {n for n in (*parameters(function), *_assigned(function, node)) if n not in (node.id, *_PLAIN)}
    if node.id not in types and node.id not in known and node.id not in parameters(function):
        return
    scored = []
    for name in known:
        same = types.get(name) == types.get(node.id) if node.id in types and name in types else None
        weight = 0.35 if same else 0.12 if same is None else 0.05
        scored.append((weight + 0.1 * likeness(node.id, name), name))
    for weight, name in sorted(scored, reverse=True)[:MOST]:
        yield renamed(scene, node, name, weight, f"{name} is of the same type" if weight > 0.3 else "")


def attribute(scene: Scene, node: ast.Attribute) -> Iterator[Mutation]:
    """Another attribute of the same value with the same type; a method with as many parameters."""
    members = scene.members(node.value)
    kind = members.get(node.attr, "")
    wanted = {
        str(e["fields"]["_name_"])
        for _, e in scene.evidence.pairs
        if isinstance(e, dict) and "fields" in e and "_name_" in e["fields"]
    }
    scored = []
    for name, other in members.items():
        if name == node.attr or name.startswith("__"):
            continue
        near = likeness(node.attr, name)
        if other == kind:
            scored.append((0.9 if name in wanted else 0.4 + 0.25 * near, name))
        elif not other.startswith("method") and not kind.startswith("method"):
            scored.append((0.2 + 0.35 * near if not kind else 0.1 + 0.2 * near, name))
    for weight, name in sorted(scored, reverse=True)[:MOST]:
        yield renamed(scene, node, name, weight, f"{name} is another one of the same value")
    yield from _constant_of_class(scene, node)


def _constant_of_class(scene: Scene, node: ast.Attribute) -> Iterator[Mutation]:
    """Another constant of a class: `Color.RED` becomes `Color.BLUE`."""
    if not isinstance(node.value, ast.Name) or not node.value.id[:1].isupper():
        return
    owner = node.value.id
    members = next((m for t, m in scene.observed.members.items() if t.rpartition(".")[2] == owner), {})
    names = [n for n, kind in members.items() if kind.rpartition(".")[2] == owner]
    if not names:
        used = [
            n for n in ast.walk(scene.tree.module) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
        ]
        names = [n.attr for n in used if isinstance(n.value, ast.Name) and n.value.id == owner]
    for name in [n for n in dict.fromkeys(names) if n != node.attr and n.isupper()][:MOST]:
        yield renamed(scene, node, name, 0.5, "it is another one of the same class")


def module_constant(scene: Scene, node: ast.Name) -> Iterator[Mutation]:
    """Another constant of the module."""
    if not isinstance(node.ctx, ast.Load) or not node.id.isupper() or _is_called(scene, node):
        return
    names = [
        target.id
        for statement in scene.tree.module.body
        for target in (statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)])
        if isinstance(target, ast.Name) and target.id.isupper()
    ]
    for name in [n for n in dict.fromkeys(names) if n != node.id][:MOST]:
        yield renamed(scene, node, name, 0.3 + 0.2 * likeness(node.id, name), "it is another constant of the module")


def missing_self(scene: Scene, node: ast.Name) -> Iterator[Mutation]:
    """An attribute of `self` that is written like a variable."""
    function = scene.function(node)
    names = parameters(function) if function else []
    if function is None or names[:1] != ["self"] or node.id == "self":
        return
    members = scene.observed.members.get(scene.locals(node).get("self", ""), {})
    stored = {n.attr for n in ast.walk(scene.tree.module) if isinstance(n, ast.Attribute) and _of_self(n)}
    start, _ = scene.tree.span(node)
    if node.id in members or node.id in stored:
        weight = 0.5 if isinstance(node.ctx, ast.Store) or node.id not in names else 0.3
        yield scene.edit(node, start, start, "self.", weight, f"self has {node.id}")


def surplus_self(scene: Scene, node: ast.Attribute) -> Iterator[Mutation]:
    """A parameter or variable that is written like an attribute of `self`."""
    function = scene.function(node)
    if function is None or not _of_self(node) or not isinstance(node.ctx, ast.Load):
        return
    if node.attr in parameters(function) or node.attr in _assigned(function, node):
        yield scene.swap(node, node.attr, 0.3, f"{node.attr} is a variable too")


def returned(scene: Scene, node: ast.Return) -> Iterator[Mutation]:
    """Another variable is returned."""
    function = scene.function(node)
    if function is None or node.value is None or isinstance(node.value, ast.Name):
        return
    for name in [n for n in dict.fromkeys(_assigned(function, node)) if n not in _PLAIN][-3:]:
        if name != scene.source(node.value):
            yield scene.swap(node.value, name, 0.15, f"{name} is returned")


def _assigned(function: ast.AST, before: ast.expr | ast.stmt) -> list[str]:
    """The variables that a function has bound above a node."""
    found = [n for n in own_nodes(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return [n.id for n in found if n.lineno <= before.lineno]


def _is_called(scene: Scene, node: ast.Name) -> bool:
    parent = scene.tree.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _of_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"
