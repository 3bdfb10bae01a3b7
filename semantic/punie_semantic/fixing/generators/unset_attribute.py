"""An attribute that nobody sets, though `__init__` takes a parameter of that name and does nothing with it."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.wrong_attribute import access_at
from punie_semantic.fixing.parameters import parameters_of
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, body_start, methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "unset attribute"


async def generate(place: Place) -> list[Candidate]:
    """`self.name = name`, in the order of the parameters; a line like its neighbours."""
    access = access_at(place)
    if access is None or access.receiver != "self" or access.node is None:
        return []
    owner = place.tree.enclosing(access.node, ast.ClassDef)
    if owner is None:
        return []
    return [*_of_parameter(place, access.name, owner), *_as_beside(place, access.name, owner)]


def _of_parameter(place: Place, missing: str, owner: ast.ClassDef) -> list[Candidate]:
    """What `__init__` takes and drops."""
    init = methods(owner).get("__init__")
    if init is None or init.body[0].lineno == init.lineno:
        return []
    names = [argument.arg for argument in parameters_of(init)]
    wanted = next((name for name in (missing, missing.lstrip("_")) if name in names[1:]), None)
    kept = [s for s in init.body if not _is_super(s)]
    read = {n.id for statement in kept for n in ast.walk(statement) if isinstance(n, ast.Name)}
    unread = [name for name in names[1:] if name not in read]
    sure = 0.93 if wanted is not None else 0.8
    # The only parameter that does nothing may have another name.
    wanted = unread[0] if wanted is None and len(unread) == 1 else wanted
    if wanted is None or wanted in read:
        return []
    first = body_start(init)
    at = _after(place.tree, init, names[: names.index(wanted)])
    at = place.tree.line_start(place.tree.span(first)[0]) if at < 0 else at
    why = f"__init__ takes {wanted} and does not use it"
    found = []
    for value, weight in [
        (wanted, sure),
        *((f"{name}({wanted})", sure - 0.03) for name in _wrapping(place.tree, kept)),
    ]:
        line = f"{place.tree.indent(first)}self.{missing} = {value}\n"
        title = f"Set {missing} in __init__" if value == wanted else f"Set {missing} to {value} in __init__"
        found.append(Candidate(title, (Edit(at, at, line),), "fix", GENERATOR, weight, why))
    return found


def _as_beside(place: Place, missing: str, owner: ast.ClassDef) -> list[Candidate]:
    """The line that two others of a method would be for this name: `self.low = source.low`."""
    tree = place.tree
    # What is written only once may be misspelt.
    weight = 0.9 if place.vocabulary.names[missing] > 1 else 0.45
    for method in methods(owner).values():
        shapes: dict[str, list[ast.stmt]] = {}
        for statement in method.body:
            match statement:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=ast.Attribute()):
                    shape = re.sub(rf"\b{re.escape(name)}\b", "{0}", tree.source(statement))
                    shapes.setdefault(shape, []).append(statement)
        for shape, statements in shapes.items():
            if len(statements) > 1 and shape.count("{0}") > 1 and "\n" not in shape:
                start = tree.line_start(tree.span(statements[0])[0])
                line = f"{tree.indent(statements[0])}{shape.replace('{0}', missing)}\n"
                title, why = f"Set {missing} in {method.name}", "the lines beside do it"
                return [Candidate(title, (Edit(start, start, line),), "fix", GENERATOR, weight, why)]
    return []


def _wrapping(tree: Tree, statements: list[ast.stmt]) -> list[str]:
    """What the neighbours do with their parameters: `self.low = seconds(low)`."""
    found: list[str] = []
    for statement in statements:
        match statement:
            case ast.Assign(
                targets=[ast.Attribute(attr=attribute)],
                value=ast.Call(func=function, args=[ast.Name(id=name)], keywords=[]),
            ) if attribute.lstrip("_") == name:
                found.append(tree.source(function))
    return list(dict.fromkeys(found))[:2]


def _is_super(statement: ast.stmt) -> bool:
    """`super().__init__(name)`: an exception's message for instance is passed on, and kept as well."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"))):
            return True
    return False


def _after(tree: Tree, init: Function, before: list[str]) -> int:
    """Behind the last of the lines that set attributes from earlier parameters; negative when there is none."""
    at = -1
    for statement in init.body:
        if _is_super(statement):
            at = tree.line_end(tree.span(statement)[1])
        match statement:
            case (
                ast.Assign(targets=[ast.Attribute()], value=value) | ast.AnnAssign(target=ast.Attribute(), value=value)
            ):
                read = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} if value is not None else set()
                if read & set(before):
                    at = tree.line_end(tree.span(statement)[1])
    return at
