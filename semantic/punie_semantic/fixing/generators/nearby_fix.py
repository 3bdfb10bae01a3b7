"""Another finding of the same statement that ruff can fix: often it is the mistake, and the problem its consequence."""

from __future__ import annotations

import ast
import sys

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.tools import NOWHERE
from punie_semantic.fixing.generators.trusted import FORMAL, edits_of
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import removed

GENERATOR = "nearby fix"
_MOST = 4


async def generate(place: Place) -> list[Candidate]:
    """The fixes of findings in the statement around the problem; those of `__all__` for what it exports."""
    near = [other for other in place.others if _can_be_taken(other) or (place.code == "I001" and other.code == "F401")]
    if place.code in NOWHERE:  # what cannot be imported is unused for that reason
        near = [other for other in near if other.code != "F401"]
    if not near:
        return []
    spans = _spans(place)
    inside = [
        other
        for other in near
        if any(start <= place.offsets(other)[0] and place.offsets(other)[1] <= end for start, end in spans)
    ]
    if place.code == "I001":
        return _unused_imports(place, [other for other in inside if other.code == "F401"])
    return [_candidate(place, other) for other in inside[:_MOST]]


def _can_be_taken(other: Diagnostic) -> bool:
    # What these delete may be what is right.
    if other.fix is None or other.code == "I001" or other.code.startswith(("F5", "F8")):
        return other.code == "F541"
    return other.fix.applicability == "safe" or (other.fix.applicability == "unsafe" and other.code in FORMAL)


def _spans(place: Place) -> list[tuple[int, int]]:
    if place.code == "I001":
        return [(place.start, place.end)]
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    spans = []
    if statement is not None and not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        spans.append(place.tree.span(statement))
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        spans.append((place.tree.span(statement)[0], place.tree.span(statement.body[0])[0]))
    if place.code in ("F401", "PLE0604", "F822"):
        spans += [place.tree.span(s) for s in place.tree.module.body if _is_all(s)]
    return spans


def _is_all(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AugAssign(target=ast.Name(id="__all__")):
            return True
        case ast.AnnAssign(target=ast.Name(id="__all__")):
            return True
    return False


def _candidate(place: Place, other: Diagnostic) -> Candidate:
    fix = other.fix
    title = fix.title if fix is not None else ""
    return Candidate(title, edits_of(place, other), "fix", GENERATOR, 0.85, f"{other.code} is in the same statement")


def _unused_imports(place: Place, inside: list[Diagnostic]) -> list[Candidate]:
    """Imports that are out of order because of one that nothing uses: without it they are in order."""
    found = []
    for other in inside:
        why = "nothing uses it, and without it the imports are sorted"
        if other.fix is not None and other.fix.applicability == "safe" and "consider" not in other.message:
            found.append(Candidate(other.fix.title, edits_of(place, other), "fix", GENERATOR, 0.86, why))
        elif (taken := _standard(place, other)) is not None:
            found.append(Candidate("Remove the unused import", (taken,), "fix", GENERATOR, 0.82, why))
    return found[:_MOST]


def _standard(place: Place, other: Diagnostic) -> Edit | None:
    """In a package's `__init__` an import may be for others; one of a standard module by itself hardly is."""
    node = place.tree.node_at(*place.offsets(other))
    statement = place.tree.statement(node) if node is not None else None
    if not isinstance(statement, ast.Import | ast.ImportFrom) or len(statement.names) != 1:
        return None
    plain = isinstance(statement, ast.Import)
    module = statement.names[0].name if plain else "" if statement.level else statement.module or ""
    known = module.partition(".")[0] in sys.stdlib_module_names
    return removed(place.tree, statement) if known else None
