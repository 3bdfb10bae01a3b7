"""A file that does not parse: what is missing, surplus or misplaced, as the parser and the file's own style tell."""

from __future__ import annotations

import ast
import asyncio

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.syntax.repair import repairs

CODES = frozenset({"invalid-syntax", "E999"})
NAME = "syntax"
NEAR_LINES = 2


async def generate(place: Place) -> list[Candidate]:
    """The repairs of the fault that the finding belongs to, or that is nearest to it; one clears all its findings."""
    fault = place.problem if place.code in CODES else _nearest(place)
    if fault is None or place.file.suffix not in (".py", ".pyi"):
        return []
    own = fault is place.problem
    sure = 1.0 if own or _is_near(place, fault) else 0.8
    found = await asyncio.to_thread(repairs, place.text, place.offsets(fault)[0])
    return [
        Candidate(
            repair.title,
            tuple(sorted(repair.edits)),
            "fix",
            NAME,
            repair.weight * sure,
            repair.why if own else f"{repair.why}; line {fault.line + 1} does not parse",
        )
        for repair in found
    ]


def _is_near(place: Place, fault: Diagnostic) -> bool:
    """Whether a syntax error is in the lines of a problem, or in the function that it is about."""
    if abs(fault.line - place.problem.line) <= NEAR_LINES:
        return True
    node = place.tree.node_at(place.start, place.end)
    function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
    start, end = place.tree.span(function) if function is not None else (0, 0)
    return start <= place.offsets(fault)[0] < end


def _nearest(place: Place) -> Diagnostic | None:
    """The syntax error that a finding is perhaps a consequence of: the parser goes on as well as it can."""
    broken = [other for other in place.others if other.code in CODES]
    return min(broken, key=lambda other: abs(other.line - place.problem.line), default=None)
