"""Defaults that all calls or all instances share: lists in parameters, in dataclass fields, in class attributes."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.parameters import positional
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, body_start
from punie_semantic.fixing.tree import Tree

GENERATOR = "mutable default"
_CHANGES = frozenset(
    {"append", "extend", "insert", "add", "update", "pop", "remove", "clear", "setdefault", "sort", "discard"}
)
_FROZEN = re.compile(r"^(?:[\w.]+\.)?(?:Sequence|Iterable|Collection|tuple|Tuple|AbstractSet|frozenset|Container)\b")


async def generate(place: Place) -> list[Candidate]:
    """The default as something that is made anew, or that cannot change."""
    node = place.tree.node_at(place.start, place.end)
    if place.code == "invalid-parameter-default" and node is not None:
        inside = place.tree.nodes_in(place.start, place.end, ast.List, ast.Dict, ast.Set)
        node = next((n for n in inside if place.tree.span(n)[1] == place.end), None)
    if not isinstance(node, ast.expr):
        return []
    if place.code in ("RUF008", "RUF009"):
        return _field(place, node)
    if place.code == "RUF012":
        return _class_attribute(place, node)
    function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef)
    argument = _argument_of(function, node) if function is not None else None
    return _parameter(place, function, argument, node) if function is not None and argument is not None else []


def _argument_of(function: Function, default: ast.expr) -> ast.arg | None:
    plain = positional(function)
    pairs = [*zip(plain[::-1], function.args.defaults[::-1], strict=False)]
    pairs += [(a, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None]
    return next((argument for argument, found in pairs if found is default), None)


def _parameter(place: Place, function: Function, argument: ast.arg, default: ast.expr) -> list[Candidate]:
    """None, which the body replaces; a tuple when nothing changes it."""
    name, start_end = argument.arg, place.tree.span(default)
    nothing = Edit(*start_end, "None")
    annotation = place.tree.source(argument.annotation) if argument.annotation is not None else ""
    if place.code == "invalid-parameter-default":
        shared = isinstance(default, ast.List | ast.Dict | ast.Set) and _allows_none(annotation)
        why = f"{name} can be None"
        return [Candidate("Change the default to None", (nothing,), "fix", GENERATOR, 0.93, why)] if shared else []
    if _handles_none(function, name) or ("None" in annotation and isinstance(default, ast.List | ast.Dict | ast.Set)):
        why = f"the body expects that {name} is None"
        return [Candidate("Change the default to None", (nothing,), "fix", GENERATOR, 0.97, why)]
    found: list[Candidate] = []
    empty = isinstance(default, ast.List | ast.Set | ast.Dict) and not _parts(default)
    if isinstance(default, ast.List) and not _changed(function, name):
        weight = 0.93 if _FROZEN.match(annotation) else 0.55 if not annotation else 0.3
        edit = Edit(*start_end, _as_tuple(place.tree, default))
        found.append(
            Candidate("Change the default to a tuple", (edit,), "fix", GENERATOR, weight, "nothing changes it")
        )
    first = body_start(function)
    at = place.tree.line_start(place.tree.span(first)[0])
    if first.lineno == function.lineno or place.code == "B008":
        return found
    indent = place.tree.indent(first)
    lines = f"{indent}if {name} is None:\n{indent}{place.tree.unit}{name} = {place.tree.source(default)}\n"
    edits = [nothing, Edit(at, at, lines)]
    if argument.annotation is not None and not _allows_none(annotation):
        end = place.tree.span(argument.annotation)[1]
        edits.append(Edit(end, end, " | None"))
    why = "each call gets its own"
    weight = 0.8 if empty else 0.7
    found.append(Candidate("Make the default in the body", tuple(edits), "fix", GENERATOR, weight, why))
    return found


def _handles_none(function: Function, name: str) -> bool:
    """Whether the body expects that a parameter is None: `if x is None`, `x or []`, `x = x or []`, `if not x`."""
    for node in ast.walk(function):
        match node:
            case ast.Compare(left=ast.Name(id=found), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(None)]):
                if found == name:
                    return True
            case ast.BoolOp(op=ast.Or(), values=[ast.Name(id=found), *_]) if found == name:
                return True
            case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=found))) if found == name:
                return True
    return False


def _changed(function: Function, name: str) -> bool:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=attr)) if found == name:
                if attr in _CHANGES:
                    return True
            case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store() | ast.Del()) if found == name:
                return True
            case ast.AugAssign(target=ast.Name(id=found)) if found == name:
                return True
    return False


def _parts(node: ast.List | ast.Set | ast.Dict) -> list[ast.expr]:
    return list(node.values) if isinstance(node, ast.Dict) else list(node.elts)


def _as_tuple(tree: Tree, node: ast.List) -> str:
    inner = tree.source(node)[1:-1]
    comma = "," if len(node.elts) == 1 and not inner.rstrip().endswith(",") else ""
    return f"({inner}{comma})"


def _allows_none(annotation: str) -> bool:
    return "None" in annotation or annotation.rpartition(".")[2].startswith(("Optional", "Any"))


def _field(place: Place, node: ast.expr) -> list[Candidate]:
    """`field(default_factory=…)` of dataclasses."""
    spelled, needed = imported(place.tree, "dataclasses", "field")
    text = place.tree.source(node)
    match node:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            factory = "list" if isinstance(node, ast.List) else "dict"
        case ast.Call(args=[], keywords=[]):
            factory = place.tree.source(node.func)
        case _:
            factory = f"lambda: {text}"
    edit = Edit(*place.tree.span(node), f"{spelled}(default_factory={factory})")
    title = f"Make the default with {factory}"
    weight = 0.93 if place.code == "RUF008" else 0.8
    return [Candidate(title, (*needed, edit), "fix", GENERATOR, weight, "each instance gets its own")]


def _class_attribute(place: Place, node: ast.expr) -> list[Candidate]:
    """Annotated as ClassVar, or a tuple or frozenset when nothing in the file changes it."""
    statement = place.tree.statement(node)
    found: list[Candidate] = []
    spelled, needed = imported(place.tree, "typing", "ClassVar")
    why = "it belongs to the class"
    if isinstance(statement, ast.AnnAssign):
        start, end = place.tree.span(statement.annotation)
        edits = (*needed, Edit(start, start, f"{spelled}["), Edit(end, end, "]"))
        found.append(Candidate("Annotate it with ClassVar", edits, "fix", GENERATOR, 0.9, why))
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        end = place.tree.span(statement.targets[0])[1]
        edits = (*needed, Edit(end, end, f": {spelled}"))
        found.append(Candidate("Annotate it with ClassVar", edits, "fix", GENERATOR, 0.62, why))
        if isinstance(node, ast.List) and not _attribute_changed(place.tree, statement.targets[0].id):
            edit = Edit(*place.tree.span(node), _as_tuple(place.tree, node))
            kind: Kind = "fix" if node.elts else "unsafe_fix"
            found.append(Candidate("Change it to a tuple", (edit,), kind, GENERATOR, 0.6, "nothing here changes it"))
    return found


def _attribute_changed(tree: Tree, name: str) -> bool:
    for node in tree.nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=found) | ast.Name(id=found), attr=attr)):
                if found == name and attr in _CHANGES:
                    return True
            case ast.Subscript(value=ast.Attribute(attr=found), ctx=ast.Store() | ast.Del()) if found == name:
                return True
    return False
