"""What a function returns or yields against its annotation: another value, or the annotation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.annotations import joined, written
from punie_semantic.fixing.generators.expression import exact, expression_at, expression_of, short
from punie_semantic.fixing.generators.returned import (
    GENERATOR,
    Function,
    annotated,
    gives_none,
    local_values,
    own_nodes,
    returned_values,
    truth_values,
)
from punie_semantic.fixing.generators.values import right_values
from punie_semantic.fixing.place import Place

_TOLD = re.compile(r"expected `(.+)`, found `(.+)`$", re.S)


async def explicit(place: Place) -> list[Candidate]:
    """A value that does not fit the annotation."""
    told = _TOLD.search(place.message.partition("\n")[0])
    node = place.tree.node_at(place.start, place.end)
    function = place.tree.function_of(node) if node is not None else None
    if told is None or node is None or function is None:
        return []
    expected, found = told[1], told[2]
    candidates = list(_annotation(place, function, expected, found))
    bare = exact(place, ast.Return)
    if bare is not None and bare.value is None:
        decided = isinstance(place.tree.parent(bare), ast.If)
        candidates += local_values(place, function, Edit(place.end, place.end, " "), expected, 0.75)
        if decided or not _tried(place, bare):
            candidates += truth_values(place, function, Edit(place.end, place.end, " "), expected, guess=not decided)
    elif expected != "None" and (here := expression_at(place, place.start, place.end)) is not None:
        values = await right_values(place, here, expected, found, GENERATOR)
        # A function whose returns all agree has the wrong annotation rather than a lost conversion.
        candidates += [_less_sure(value, here.text) for value in values]
        candidates += _yielded(place, bare, expected)
    elif bare is not None:
        edit = Edit(place.tree.span(bare)[0], place.start, "")
        candidates.append(Candidate("Drop return", (edit,), "unsafe_fix", GENERATOR, 0.3, "it returns nothing"))
        candidates.append(
            Candidate("Return nothing", (Edit(place.start - 1, place.end, ""),), "unsafe_fix", GENERATOR, 0.3, "")
        )
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:16]


def _tried(place: Place, bare: ast.Return) -> bool:
    """Whether it is what a `try` tries: then it returned something that may fail, no constant."""
    outer = place.tree.parent(bare)
    return isinstance(outer, ast.Try) and bare in outer.body


def _less_sure(candidate: Candidate, text: str) -> Candidate:
    new = candidate.edits[0].text
    wrapped = text in new and len(new) > len(text) and not new.startswith("await ") and new != f"{text}()"
    return replace(candidate, weight=candidate.weight * 0.8) if wrapped else candidate


def _same(place: Place, function: Function, other: Diagnostic, expected: str, found: str) -> bool:
    """Whether another problem is about a return of the same function that gives the same, literals apart."""
    told = _TOLD.search(other.message.partition("\n")[0]) if other.code == place.code else None
    start, end = place.tree.span(function)
    inside = start <= place.offsets(other)[0] < end
    return told is not None and inside and told[1] == expected and type_text.base(told[2]) == type_text.base(found)


def _yielded(place: Place, statement: ast.Return | None, expected: str) -> Iterator[Candidate]:
    if statement is not None and expected.startswith(("Iterator", "Generator", "Iterable", "AsyncIterator")):
        edit = Edit(place.tree.span(statement)[0], place.start, "yield ")
        yield Candidate("Yield it", (edit,), "fix", GENERATOR, 0.6, "the function is to give an iterator")


def _annotation(place: Place, function: Function, expected: str, found: str) -> Iterator[Candidate]:
    """The annotation as what is returned."""
    if function.returns is None:
        return
    returns = returned_values(function)
    same = 1 + sum(_same(place, function, other, expected, found) for other in place.others)
    used = sum(
        function.name in place.text[slice(*place.offsets(other))] for other in place.others if other.tool == "ty"
    )
    span = place.tree.span(function.returns)
    wanted = written(place, found, function)
    all_wrong = same >= len(returns)
    weight = min((0.67 if all_wrong else 0.25) + 0.12 * (same - 1) + 0.1 * min(used, 3), 0.92)
    if expected == "None":
        weight = 0.88 if all_wrong else 0.7
    why = f"{same} of {len(returns)} returns give it" if len(returns) > 1 else "it is what is returned"
    if found == "None":
        bare = sum(gives_none(value) for value in returns)
        text = joined(place, function.returns, "None")
        weight = min(0.5 + 0.15 * (bare - 1), 0.85) if len(returns) > bare else 0.3
        weight = weight * 0.6 if exact(place, ast.Return) is not None and place.source == "return" else weight
        yield annotated(span, text, weight, f"{bare} returns give None", function)
    elif type_text.has_none(found) and type_text.fits(type_text.without_none(found), expected) is not False:
        text = joined(place, function.returns, "None")
        none = any(gives_none(value) for value in returns)
        yield annotated(span, text, 0.8 if none else 0.5, "it may be None", function)
    elif wanted:
        yield annotated(span, wanted, weight, why, function)
        if not all_wrong and expected != "None":
            yield annotated(span, joined(place, function.returns, wanted), 0.3, "both are returned", function)


async def generator(place: Place) -> list[Candidate]:
    """A function with `yield` whose annotation names no iterator, and the reverse; the value of a `yield`."""
    if place.code == "invalid-yield":
        return await _yield(place)
    function = place.tree.enclosing(
        place.tree.node_at(place.start, place.end) or place.tree.module, ast.FunctionDef, ast.AsyncFunctionDef
    )
    if function is None or function.returns is None:
        return []
    found = []
    yields = [node for node in own_nodes(function) if isinstance(node, ast.Yield)]
    source = place.tree.source(function.returns)
    for head in ("Iterator", "Generator", "Iterable"):
        asynchronous = f"Async{head}" if isinstance(function, ast.AsyncFunctionDef) else head
        if re.search(rf"\b{asynchronous}\b", place.text):
            text = f"{asynchronous}[{source}{', None, None' if head == 'Generator' else ''}]"
            weight = 0.85 if f"-> {asynchronous}[" in place.text else 0.7
            found.append(annotated((place.start, place.end), text, weight, "it yields", function))
    for node in yields if len(yields) == 1 else []:
        start = place.tree.span(node)[0]
        edit = Edit(start, start + len("yield"), "return")
        found.append(
            Candidate("Return instead of yield", (edit,), "fix", GENERATOR, 0.6, f"it is to return {short(source)}")
        )
    return found


async def _yield(place: Place) -> list[Candidate]:
    told = re.findall(r"`([^`]+)`", place.message)
    node = exact(place, ast.Yield)
    if node is None or len(told) < 2:
        return []
    if node.value is not None:
        here = expression_of(place, node.value)
        return await right_values(place, here, told[1], told[0], GENERATOR)
    function = place.tree.function_of(node)
    return list(local_values(place, function, Edit(place.end, place.end, " "), told[1], 0.7)) if function else []
