"""A special method with more or fewer parameters than Python passes to it."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, class_of_type, proposal
from punie_semantic.fixing.parameters import positional, without_parameter
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, decorators, methods

GENERATOR = "special method"
_ONE = (
    "__len__ __iter__ __next__ __hash__ __str__ __repr__ __bool__ __enter__ __int__ __float__ __index__ __neg__ __abs__"
)
_TWO = (
    "__lt__ __le__ __gt__ __ge__ __eq__ __ne__ __add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __and__ __or__"
    " __xor__ __radd__ __rsub__ __rmul__ __ror__ __iadd__ __isub__ __contains__ __getitem__ __delitem__ __getattr__"
    " __matmul__ __lshift__ __rshift__ __divmod__ __format__ __delattr__"
)
_MOST = {
    **dict.fromkeys(_ONE.split(), 1),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(("__setitem__", "__setattr__", "__get__", "__set__"), 3),
    **dict.fromkeys(("__exit__", "__aexit__"), 4),
}
_NAMES = {"__exit__": ("exc_type", "exc", "traceback"), "__setitem__": ("key", "value"), "__getitem__": ("key",)}


async def generate(place: Place) -> list[Candidate]:
    """For each class in the message, or for the method at the problem."""
    found: list[Candidate] = []
    node = place.tree.node_at(place.start, place.end)
    if place.code == "PLE0302":
        function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
        owner = place.tree.parent(function) if function is not None else None
        if function is not None and isinstance(owner, ast.ClassDef):
            found += _arity(FoundClass("", place.tree, owner), function)
        return found
    for shown in dict.fromkeys(re.findall(r"types? `([^`]+)`", place.message)):
        owner = await class_of_type(place, shown)
        for function in methods(owner.node).values() if owner is not None else ():
            found += _arity(owner, function) if owner is not None else []
    return found[:6]


def _arity(owner: FoundClass, function: Function) -> list[Candidate]:
    most = _MOST.get(function.name)
    arguments = positional(function)
    if most is None or function.args.vararg is not None or "staticmethod" in decorators(function):
        return []
    read = {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
    required = len(arguments) - len(function.args.defaults)
    why = f"Python passes {most - 1} besides self"
    if required > most:
        unread = [a for a in arguments[1:] if a.arg not in read]
        return [
            proposal(
                owner,
                f"Take {argument.arg} out of the parameters",
                (without_parameter(owner.tree, function, argument),),
                0.93 if len(unread) == 1 else 0.7,
                why,
                name=GENERATOR,
            )
            for argument in reversed(unread)
        ]
    if not arguments or len(arguments) >= most:
        return []
    names = _NAMES.get(function.name, ("other",))[len(arguments) - most :]
    end = owner.tree.span(arguments[-1])[1]
    edit = Edit(end, end, "".join(f", {name}" for name in names))
    return [proposal(owner, f"Add the parameter {names[-1]}", (edit,), 0.85, why, name=GENERATOR)]
