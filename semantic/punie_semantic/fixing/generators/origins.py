"""Where something of the wrong type got its value: an assignment without its call, without `await`, of None."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import short, subject_of
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible

GENERATOR = "origin"


async def generate(place: Place) -> list[Candidate]:
    """For a name or attribute that is marked: its assignments, mended."""
    subject = subject_of(place)
    if subject is None or not isinstance(subject.node, ast.Name | ast.Attribute):
        return []
    values = list(assigned(place, subject.node, subject.around))
    told = re.findall(r"`([^`]+)`", place.message.partition("\n")[0])
    nones = sum(isinstance(value, ast.Constant) and value.value is None for value in values)
    found: list[Candidate] = []
    for value in values:
        if isinstance(value, ast.Constant) and value.value is None:
            found += _instead_of_none(place, value, subject.text, nones)
        elif any(
            type_text.called(part) or part.startswith("<class ") for text in told for part in type_text.parts(text)
        ):
            found += _called(place, value, subject.text)
        if any(type_text.awaited(part) for text in told for part in type_text.parts(text)):
            found += _awaited(place, value, subject.text)
    return sorted(found, key=lambda candidate: -candidate.weight)[:8]


def assigned(place: Place, target: ast.expr, around: ast.AST) -> Iterator[ast.expr]:
    """What is assigned to a name in its function, or to an attribute in the file."""
    function = place.tree.function_of(around)
    scope: ast.AST = function if isinstance(target, ast.Name) and function is not None else place.tree.module
    wanted = ast.dump(target) if isinstance(target, ast.Name) else ""
    for node in ast.walk(scope):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for one in targets:
            same = isinstance(target, ast.Attribute) and isinstance(one, ast.Attribute) and one.attr == target.attr
            same = same or (isinstance(one, ast.Name) and isinstance(target, ast.Name) and one.id == target.id)
            if (
                (same or wanted == ast.dump(one))
                and isinstance(node, ast.Assign | ast.AnnAssign)
                and node.value is not None
            ):
                yield node.value


def _instead_of_none(place: Place, value: ast.expr, subject: str, count: int) -> Iterator[Candidate]:
    """What nobody reads any more since None stands there: a parameter, an import, another name of the function."""
    span = place.tree.span(value)
    name = subject.rpartition(".")[2].lstrip("_")
    statement = place.tree.statement(value)
    names = visible(place.tree, value)
    for known in names.values():
        before = all(
            isinstance(b, ast.arg) or place.tree.span(b)[0] < span[0] for b in known.bindings if hasattr(b, "lineno")
        )
        if known.depth or known.reads or known.scope is None or not before or known.name in ("self", "cls", "_"):
            continue
        weight = 0.72 + 0.22 * likeness(name, known.name)
        yield _none(place, span, known.name, min(weight, 0.95), f"nobody reads `{known.name}`")
    for other in place.others:
        text = place.text[slice(*place.offsets(other))]
        unused = text.rpartition(".")[2]
        if other.code == "F401" and unused in names and statement is not None:
            call = f"{unused}()" if unused[:1].isupper() else unused
            yield _none(place, span, call, 0.86, f"nobody reads `{unused}`")
    if name in names and names[name].depth == 0 and count == 1:
        yield _none(place, span, name, 0.8, f"`{name}` is in scope")


def _none(place: Place, span: tuple[int, int], text: str, weight: float, why: str) -> Candidate:
    line = place.tree.lines.position(span[0], "utf-32")["line"] + 1
    return Candidate(f"Assign {short(text)} in line {line}", (Edit(*span, text),), "fix", GENERATOR, weight, why)


def _called(place: Place, value: ast.expr, subject: str) -> Iterator[Candidate]:
    if isinstance(value, ast.Name | ast.Attribute):
        end = place.tree.span(value)[1]
        text = place.tree.source(value)
        why = f"{short(subject)} is a function otherwise"
        yield Candidate(f"Call {short(text)}", (Edit(end, end, "()"),), "fix", GENERATOR, 0.93, why)


def _awaited(place: Place, value: ast.expr, subject: str) -> Iterator[Candidate]:
    """`x = fetch()` above, where `x` is marked."""
    if not isinstance(place.tree.function_of(value), ast.AsyncFunctionDef) or isinstance(value, ast.Await):
        return
    start = place.tree.span(value)[0]
    text = place.tree.source(value)
    sure = {ast.Call: 0.96, ast.Name: 0.9, ast.Attribute: 0.85}.get(type(value), 0.5)
    why = f"{short(subject)} is a coroutine otherwise"
    yield Candidate(f"Await {short(text)}", (Edit(start, start, "await "),), "fix", GENERATOR, sure, why)
