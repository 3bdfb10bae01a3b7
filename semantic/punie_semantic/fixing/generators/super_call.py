"""`super.method()` without the parentheses of `super()`."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.place import Place


async def generate(place: Place) -> list[Candidate]:
    """The parentheses, where `super` itself is asked for an attribute."""
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    if statement is None:
        return []
    for attribute in (n for n in ast.walk(statement) if isinstance(n, ast.Attribute)):
        start, end = place.tree.span(attribute)
        call = place.tree.parent(attribute)
        if isinstance(call, ast.Call) and call.func is attribute:
            end = place.tree.span(call)[1]
        match attribute.value:
            case ast.Name(id="super") as name if start <= place.start and place.end <= end:
                at = place.tree.span(name)[1]
                why = "super() is the object with the base's methods"
                return [Candidate("Call super", (Edit(at, at, "()"),), "fix", "super", 0.96, why)]
    return []
