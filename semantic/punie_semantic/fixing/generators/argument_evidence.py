"""What speaks for the value of an argument that a call lacks: the code around the call, and the pattern of other calls.

Knows no workspace.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import Parameter, siblings
from punie_semantic.fixing.generators.guards import leaving
from punie_semantic.fixing.generators.literals import Value
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, names_of

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_CHECKS = ("isinstance", "issubclass")
_OTHERS = ("other", "o", "rhs", "another")
_LEVELS = 3


def misnamed(
    place: Place, call: ast.Call, parameters: Sequence[Parameter], missing: str, generator: str
) -> Iterator[Candidate]:
    """A keyword that the function does not know, for the one that it misses."""
    known = {parameter.name for parameter in parameters}
    if len(known) < 2 or any(parameter.kind == "**" for parameter in parameters):
        return
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in known:
            continue
        start = place.tree.span(keyword.value)[0]
        start = place.text.rfind(keyword.arg, 0, start)
        weight = 0.55 + 0.41 * likeness(keyword.arg, missing)
        edit = Edit(start, start + len(keyword.arg), missing)
        title = f"Change {keyword.arg} to {missing}"
        yield Candidate(title, (edit,), "fix", generator, weight, f"there is no parameter {keyword.arg}")


def near(place: Place, call: ast.Call) -> dict[str, float]:
    """The names that the code right before a call binds or asks for, each with how much that says."""
    found: dict[str, float] = {}
    inner: ast.AST = call
    level = 0
    for outer in place.tree.parents(call):
        told: Iterable[tuple[str, float]] = ()
        if isinstance(outer, _COMPREHENSIONS):
            told = ((name, 0.45) for part in outer.generators for name in _stored(part.target))
        elif isinstance(outer, ast.Lambda):
            told = ((argument.arg, 0.3) for argument in outer.args.args)
        elif isinstance(inner, ast.stmt) and level < _LEVELS:
            told = _of_block(outer, inner, 1.0 if level == 0 else 0.6)
            # The first statement of a block is as near to what is before the block.
            level += _before(outer, inner) is not None
        for name, weight in told:
            found.setdefault(name, weight)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return found
        inner = outer
    return found


def _of_block(outer: ast.AST, inner: ast.stmt, share: float) -> Iterator[tuple[str, float]]:
    """What the statement before one in its block tells, then what the loop around gives."""
    yield from ((name, weight * share) for name, weight in _told(_before(outer, inner)))
    if isinstance(outer, ast.For | ast.AsyncFor):
        yield from ((name, 0.15 * share) for name in _stored(outer.target))


def _before(outer: ast.AST, inner: ast.AST) -> ast.stmt | None:
    """The statement right before one in its block."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and inner in block:
            index = block.index(inner)
            return block[index - 1] if index else None
    return None


def _told(statement: ast.stmt | None) -> Iterator[tuple[str, float]]:
    """What a statement binds, or what a guard asks for before it leaves: most likely for what comes next."""
    match statement:
        case ast.Assign() | ast.AnnAssign():
            yield from ((name, 0.22) for name in _stored(statement))
        case ast.If(test=test, body=body, orelse=[]) if leaving(body):
            yield from ((node.id, 0.2) for node in ast.walk(test) if isinstance(node, ast.Name))


def _stored(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def repeated(place: Place, call: ast.Call, slot: int) -> Iterator[Value]:
    """The argument that other calls always give twice: `plural("day", "day")`."""
    others = [other for other in siblings(place, call) if len(other.args) > slot]
    if len(others) < 2 or len({place.tree.source(other.args[slot]) for other in others}) < 2:
        return
    for index, argument in enumerate(call.args):
        # What comes behind the slot is one further on in the calls that have it.
        there = index + 1 if index >= slot else index
        if all(
            len(other.args) > there and ast.dump(other.args[there]) == ast.dump(other.args[slot]) for other in others
        ):
            yield Value(place.tree.source(argument), 0.93, f"{len(others)} other calls give the same twice")


def classes(place: Place, call: ast.Call, slot: int) -> Iterator[Value]:
    """The class that `isinstance` asks for: what the branch makes, what the annotations say, the own class."""
    tree = place.tree
    if not (isinstance(call.func, ast.Name) and call.func.id in _CHECKS and slot == 1 and call.args):
        return
    about = tree.source(call.args[0])
    own = {node.name for node in tree.nodes if isinstance(node, ast.ClassDef)}
    branch = next((p for p in tree.parents(call) if isinstance(p, ast.If | ast.stmt)), None)
    if isinstance(branch, ast.If):
        calls = [node.func for part in branch.body for node in ast.walk(part) if isinstance(node, ast.Call)]
        made = dict.fromkeys(name.id for name in calls if isinstance(name, ast.Name) and name.id in own)
        yield from (Value(name, 0.74, f"the branch makes a {name}") for name in made)
    function = tree.function_of(call)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    owner = tree.enclosing(function, ast.ClassDef)
    if owner is not None and about in _OTHERS:
        yield Value(owner.name, 0.7, "it is asked whether the other one is of the same class")
    known = names_of(tree.module).keys() | BUILTINS
    if function.returns is not None and (told := _inside(function.returns, ("TypeGuard", "TypeIs"))) is not None:
        names = [name for name in _classes(told) if name in known]
        yield from (Value(name, 0.6 - 0.05 * i, "the function tells of it") for i, name in enumerate(reversed(names)))
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if argument.arg == about and argument.annotation is not None:
            names = [name for name in _classes(argument.annotation) if name in known]
            if len(names) > 1:
                yield from (Value(name, 0.5 - 0.02 * i, "the annotation has it") for i, name in enumerate(names))


def _inside(annotation: ast.expr, names: tuple[str, ...]) -> ast.expr | None:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Subscript):
            head = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if head in names:
                return node.slice
    return None


def _classes(annotation: ast.expr) -> list[str]:
    """The plain names of an annotation, type variables apart."""
    names = [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)]
    return [name for name in dict.fromkeys(names) if name not in ("None", "Optional", "Union", "Any") and len(name) > 1]
