"""A value that does not fit what it is assigned to: another value, or the annotation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.annotations import joined, with_none, written
from punie_semantic.fixing.generators.expression import Expression, exact, expression_of, short
from punie_semantic.fixing.generators.values import right_values
from punie_semantic.fixing.place import Place

GENERATOR = "assignment"
_PLAIN = re.compile(r"^Object of type `(.+)` is not assignable to (?:attribute `(\w+)` of type )?`(.+)`$", re.S)
_DEFAULT = re.compile(r"^Default value of type `(.+)` is not assignable to annotated parameter type `(.+)`$", re.S)
_ITEM = re.compile(
    r"^Invalid subscript assignment with key of type `(.+)` and value of type `(.+)` on object of type `(.+)`$", re.S
)
_KEY = re.compile(r"^Invalid assignment to key .* with declared type `(.+)` on .*: value of type `(.+)`$", re.S)


async def generate(place: Place) -> list[Candidate]:
    """What a message about an assignment, a default or an item leads to."""
    message = place.message.partition("\n")[0]
    if (told := _DEFAULT.match(message)) is not None:
        return await _default(place, told[1], told[2])
    if (told := _ITEM.match(message)) is not None:
        return await _item(place, told[1], told[2], told[3])
    if (told := _KEY.match(message)) is not None:
        value = _value(place)
        return await right_values(place, value, told[1], told[2], GENERATOR) if value is not None else []
    if (told := _PLAIN.match(message)) is not None:
        return await _plain(place, told[1], told[3], told[2] or "")
    return []


def _statement(place: Place) -> ast.stmt | None:
    node = place.tree.node_at(place.start, place.end)
    return place.tree.statement(node) if node is not None else None


def _value(place: Place) -> Expression | None:
    """The value of the assignment that is marked."""
    statement = _statement(place)
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
        return expression_of(place, statement.value)
    node = exact(place, ast.expr)
    return expression_of(place, node) if node is not None else None


async def _plain(place: Place, found: str, expected: str, attribute: str) -> list[Candidate]:
    value = _value(place)
    if value is None:
        return []
    statement = _statement(place)
    candidates = await right_values(place, value, expected, found, GENERATOR, attribute)
    for declared in _declared(place, statement, attribute):
        if (
            len(statement.targets if isinstance(statement, ast.Assign) else []) < 2
            or place.tree.source(declared) == expected
        ):
            candidates += _annotation(place, declared, found, value)
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]


def _declared(place: Place, statement: ast.stmt | None, attribute: str) -> list[ast.expr]:
    """The annotations that the assignment must fit, where this file has them."""
    if isinstance(statement, ast.AnnAssign):
        return [statement.annotation]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = {attribute} if attribute else {target.id for target in targets if isinstance(target, ast.Name)}
    function = place.tree.function_of(targets[0]) if targets and not attribute else None
    found = []
    for node in ast.walk(function or place.tree.module):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=annotation) if (
                name in names
            ):
                found.append(annotation)
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if not attribute and name in names:
                found.append(annotation)
    return found[:3]


def _annotation(place: Place, annotation: ast.expr, found: str, value: Expression) -> Iterator[Candidate]:
    span = place.tree.span(annotation)
    if found == "None":
        yield _annotated(span, with_none(place, annotation), 0.8, "it is None at first")
        return
    if type_text.has_none(found):
        yield _annotated(span, with_none(place, annotation), 0.5, "it may be None")
    wanted = written(place, found, annotation)
    if wanted:
        told = place.message.partition(" is not assignable")[2]
        same = sum(told in other.message for other in place.others)
        made = isinstance(value.node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)
        weight = 0.5 + 0.15 * min(same, 2) + (0.15 if made else 0.0)
        # A number does not become text by itself: the annotation is the slip.
        plain = isinstance(value.node, ast.Constant) and not isinstance(value.node.value, str | bytes)
        weight += 0.18 if plain else 0.0
        yield _annotated(span, wanted, weight, "it is what is assigned")
        yield _annotated(span, joined(place, annotation, wanted), 0.15, "it is assigned here")


def _annotated(span: tuple[int, int], text: str, weight: float, why: str) -> Candidate:
    return Candidate(f"Annotate it with {short(text)}", (Edit(*span, text),), "fix", GENERATOR, weight, why)


async def _default(place: Place, found: str, expected: str) -> list[Candidate]:
    """A default that does not fit its parameter."""
    arguments = next((n for n in place.tree.nodes if isinstance(n, ast.arguments) and _defaults(place, n)), None)
    if arguments is None:
        return []
    parameter, default = _defaults(place, arguments)[0]
    here = expression_of(place, default)
    candidates = await right_values(place, here, expected, found, GENERATOR, parameter.arg)
    if parameter.annotation is not None:
        candidates += _annotation(place, parameter.annotation, found, here)
        if found == "None":
            candidates = [c for c in candidates if c.kind == "fix" or c.weight < 0.5]
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]


def _defaults(place: Place, arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return [(a, d) for a, d in pairs if place.tree.span(a)[0] <= place.start <= place.tree.span(d)[1]]


async def _item(place: Place, key: str, value: str, owner: str) -> list[Candidate]:
    """`x[key] = value`: what fits the type of the items and of the keys."""
    statement = _statement(place)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    inside = type_text.parts(owner.partition("[")[2][:-1], ", ")
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Subscript) or not inside[0]:
        return []
    candidates: list[Candidate] = []
    if type_text.fits(value, inside[-1]) is not True:
        here = expression_of(place, statement.value)
        candidates += await right_values(place, here, inside[-1], value, GENERATOR)
    keys = inside[0] if len(inside) > 1 else "int"
    if type_text.fits(key, keys) is not True:
        candidates += await right_values(place, expression_of(place, target.slice), keys, key, GENERATOR)
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]
