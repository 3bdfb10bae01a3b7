"""An attribute that nobody sets, though `__init__` takes a parameter of that name and does nothing with it."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.wrong_attribute import access_at
from punie_semantic.fixing.parameters import parameters_of
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, body_start, methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "unset attribute"


async def generate(place: Place) -> list[Candidate]:
    """`self.name = name`, in the order of the parameters."""
    access = access_at(place)
    if access is None or access.receiver != "self" or access.node is None:
        return []
    owner = place.tree.enclosing(access.node, ast.ClassDef)
    init = methods(owner).get("__init__") if owner is not None else None
    if init is None or init.body[0].lineno == init.lineno:
        return []
    names = [argument.arg for argument in parameters_of(init)]
    wanted = next((name for name in (access.name, access.name.lstrip("_")) if name in names[1:]), None)
    kept = [s for s in init.body if not _is_super(s)]
    read = {n.id for statement in kept for n in ast.walk(statement) if isinstance(n, ast.Name)}
    if wanted is None or wanted in read:
        return []
    first = body_start(init)
    at = _after(place.tree, init, names[: names.index(wanted)])
    at = place.tree.line_start(place.tree.span(first)[0]) if at < 0 else at
    line = f"{place.tree.indent(first)}self.{access.name} = {wanted}\n"
    why = f"__init__ takes {wanted} and does not use it"
    return [Candidate(f"Set {access.name} in __init__", (Edit(at, at, line),), "fix", GENERATOR, 0.93, why)]


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
