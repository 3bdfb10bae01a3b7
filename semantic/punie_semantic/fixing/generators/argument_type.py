"""An argument of the wrong type: two that are swapped, another value, or the wrong annotation of the parameter."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators import missing_argument, surplus_argument
from punie_semantic.fixing.generators.calling import (
    Definition,
    Parameter,
    call_around,
    definition_of,
    marked_call,
    parameters_of,
    spoken,
)
from punie_semantic.fixing.generators.expression import expression_at, expression_of, short
from punie_semantic.fixing.generators.values import right_values
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible

GENERATOR = "argument type"
_MESSAGE = re.compile(r"^Argument\b.*? is incorrect: Expected `(.+)`, found `(.+)`$", re.S)

_KEY = re.compile(
    r"^Method `__\w+__` of type `(.+)` cannot be called with key of type `(.+)` on object of type `(.+)`$", re.S
)


async def generate(place: Place) -> list[Candidate]:
    """For an argument that ty marks: the swap of two, other values, the definition's annotation."""
    told = _MESSAGE.match(place.message.partition("\n")[0])
    if told is None:
        return await _key(place)
    call = call_around(place)
    if call is None:
        return []
    expected, found = told[1], told[2]
    argument = next((a for a in call.args if place.tree.span(a) == (place.start, place.end)), None)
    keyword = next((k for k in call.keywords if place.tree.span(k) == (place.start, place.end)), None)
    value = keyword.value if keyword is not None else argument
    here = expression_of(place, value) if value is not None else expression_at(place, place.start, place.end)
    if here is None:
        return []
    overloads = await parameters_of(place, call)
    parameters = overloads[0] if overloads else []
    wish = keyword.arg or "" if keyword is not None else _named(call, argument, parameters)
    candidates = await _swaps(place, call, argument, parameters)
    candidates += await right_values(place, here, expected, found, GENERATOR, wish)
    definition = await definition_of(place, call)
    if definition is not None and wish:
        candidates += _annotation(place, definition, wish, expected, found)
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]


async def _key(place: Place) -> list[Candidate]:
    """A key of the wrong type: `x[key]`."""
    told = _KEY.match(place.message.partition("\n")[0])
    node = place.tree.node_at(place.start, place.end)
    outer = place.tree.parent(node) if node is not None else None
    if told is None or not isinstance(outer, ast.Subscript):
        return []
    here = expression_of(place, outer.slice)
    owner = type_text.parts(told[3].partition("[")[2][:-1], ", ")
    expected = owner[0] if len(owner) == 2 and not told[3].startswith("tuple") else "int"
    return await right_values(place, here, expected, told[2], GENERATOR)


def _named(call: ast.Call, argument: ast.expr | None, parameters: list[Parameter]) -> str:
    if argument is None:
        return ""
    index = call.args.index(argument)
    return parameters[index].name if index < len(parameters) else ""


async def _swaps(
    place: Place, call: ast.Call, argument: ast.expr | None, parameters: list[Parameter]
) -> list[Candidate]:
    """The marked argument exchanged with another one: likely when both then fit, or both are marked."""
    if argument is None:
        return []
    marked = {place.offsets(other) for other in place.others if other.code == place.code}
    index = call.args.index(argument)
    plain = [a for a in call.args if not isinstance(a, ast.Starred)]
    types = dict(zip(plain, await place.types(plain), strict=True)) if 1 < len(plain) <= len(parameters) else {}
    found = []
    for other_index, other in enumerate(call.args):
        if other is argument or isinstance(other, ast.Starred):
            continue
        both = place.tree.span(other) in marked
        weight = 0.9 if both else 0.4
        if not both and types:
            fit = (
                type_text.fits(types[other], parameters[index].type),
                type_text.fits(types[argument], parameters[other_index].type),
            )
            weight = 0.15 if False in fit else 0.82 if fit == (True, True) else 0.6 if True in fit else 0.4
        weight += 0.2 * _better(argument, other, index, other_index, parameters)
        weight -= 0.06 * (abs(index - other_index) - 1)
        found.append(_swap(place, argument, other, min(weight, 0.96), "both are of the wrong type" if both else ""))
    for keyword in call.keywords:
        if place.tree.span(keyword) in marked:
            found.append(_swap(place, argument, keyword.value, 0.75, "both are of the wrong type"))
    return found


def _better(one: ast.expr, other: ast.expr, index: int, other_index: int, parameters: list[Parameter]) -> float:
    """How much better the names fit the parameters after a swap."""
    if max(index, other_index) >= len(parameters):
        return 0.0
    mine, theirs = parameters[index].name, parameters[other_index].name
    now = likeness(spoken(one), mine) + likeness(spoken(other), theirs)
    then = likeness(spoken(one), theirs) + likeness(spoken(other), mine)
    return then - now


def _swap(place: Place, one: ast.expr, other: ast.expr, weight: float, why: str) -> Candidate:
    spans = place.tree.span(one), place.tree.span(other)
    texts = place.tree.source(one), place.tree.source(other)
    edits = (Edit(*spans[0], texts[1]), Edit(*spans[1], texts[0]))
    title = f"Swap {short(texts[0], 24)} and {short(texts[1], 24)}"
    return Candidate(title, edits, "fix", GENERATOR, weight, why or "each fits the other's parameter")


def _annotation(place: Place, definition: Definition, name: str, expected: str, found: str) -> Iterator[Candidate]:
    """The parameter's annotation as what calls give: likely when several calls complain."""
    arguments = definition.function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameter = next((a for a in every if a.arg == name and a.annotation is not None), None)
    if parameter is None or parameter.annotation is None:
        return
    names = {*visible(definition.tree, definition.function), *dir(builtins)}
    wanted = type_text.annotation(found, names)
    if not wanted or wanted == "None":
        return
    ours = place.message.partition(", found")[0]
    complaints = 1 + sum(other.message.startswith(ours) for other in place.others if other.code == place.code)
    span = definition.tree.span(parameter.annotation)
    where = f"{name} in {definition.function.name}"
    weight = min(0.3 + 0.2 * (complaints - 1), 0.88)
    why = f"{complaints} calls give {short(wanted)}" if complaints > 1 else f"the call gives {short(wanted)}"
    yield _annotated(f"Annotate {where} with {short(wanted)}", span, wanted, weight, why, definition)
    wider = f"{definition.tree.source(parameter.annotation)} | {wanted}"
    yield _annotated(f"Let {where} be {short(wanted)} too", span, wider, weight * 0.45, why, definition)


def _annotated(
    title: str, span: tuple[int, int], text: str, weight: float, why: str, definition: Definition
) -> Candidate:
    return Candidate(title, (Edit(*span, text),), "fix", GENERATOR, weight, why, definition.file)


async def overloads(place: Place) -> list[Candidate]:
    """For a call that no overload takes: other values for the first argument that fits none of them."""
    call = marked_call(place)
    if call is None:
        return []
    known = await parameters_of(place, call)
    unknown = surplus_argument.unknown(place, call, known)
    if not call.args and not call.keywords:
        return await missing_argument.of_nothing(place, call, known)
    if unknown or not call.args or any(isinstance(a, ast.Starred) for a in call.args):
        return unknown
    types = await place.types(call.args)
    candidates: list[Candidate] = []
    for index, (argument, found) in enumerate(zip(call.args, types, strict=True)):
        expected = list(dict.fromkeys(p[index].type for p in known if index < len(p) and p[index].type))
        if not found or any(type_text.fits(found, wanted) for wanted in expected):
            continue
        here = expression_of(place, argument)
        for wanted in expected[:3]:
            candidates += await right_values(place, here, wanted, found, GENERATOR)
        candidates += await _swaps(place, call, argument, known[0] if known else [])
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]
