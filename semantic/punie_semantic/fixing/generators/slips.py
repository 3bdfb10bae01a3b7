"""One slip near the fault: the edits that mend failing tests, tried where ty or ruff sees that something is wrong.

They change what the program does by a guess, so they are asked for only when nothing is convincing, and come last.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.mutations.evidence import Evidence
from punie_semantic.fixing.mutations.proposing import proposals
from punie_semantic.fixing.mutations.scene import Observed, Scene
from punie_semantic.fixing.mutations.table import OPERATORS
from punie_semantic.fixing.place import Place

GENERATOR = "one slip"
MOST = 24
SHARE = 0.45
# What the user may mean is never deleted by a guess.
_TAKES_AWAY = frozenset({"surplus statement", "surplus operand", "surplus call", "jump"})
# Something is misspelt or missing there: to vary the code around it would only do away with it.
_NAMES = frozenset(
    {"unresolved-reference", "missing-attribute", "missing-union-attribute", "import-not-found"}
    | {"F821", "F822", "F823", "F401", "F841"}
)
_EVIDENCE = Evidence(raised="", message="", frames=())


async def generate(place: Place) -> list[Candidate]:
    """Edits of the marked expression first, then of its statement, then of the conditions around it."""
    if place.tree.broken or place.problem.severity == "hint" or place.code in _NAMES:
        return []
    scene = Scene(place.problem.file, place.text, _EVIDENCE, Observed())
    places = dict(_around(place, scene))
    found = []
    kept = [operator for operator in OPERATORS if operator.name not in _TAKES_AWAY]
    for mutant in proposals([(scene, place.file, list(places.items()))], kept)[:MOST]:
        mutation = mutant.mutation
        weight = round(SHARE * min(mutant.prior, 1.0), 3)
        why = mutation.why or "one slip at the fault"
        found.append(Candidate(mutation.title, mutation.edits, "unsafe_fix", GENERATOR, weight, why))
    return found


def _around(place: Place, scene: Scene) -> Iterator[tuple[ast.AST, float]]:
    """Nodes near the fault, each with how near it is, from 0 to 1; the nearest value of a node comes last."""
    tree = scene.tree
    node = tree.node_at(place.start, place.end)
    statement = tree.statement(node) if node is not None else None
    if node is None or statement is None:
        return
    for outer in tree.parents(statement):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            break
        if isinstance(outer, ast.If | ast.While):
            yield from ((part, 0.4) for part in ast.walk(outer.test))
            yield outer, 0.4
    for before in _guards(tree.parent(statement), statement):
        yield from ((part, 0.3) for part in ast.walk(before.test))
        yield before, 0.3
    heads = [statement] if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    for head in heads:
        yield from ((part, 0.6) for part in _own(head))
    for outer in tree.parents(node):
        if isinstance(outer, ast.stmt):
            break
        yield outer, 0.8
    yield from ((part, 1.0) for part in ast.walk(node) if not isinstance(node, ast.stmt))


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """A statement and its expressions, without the statements inside of it."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from ast.walk(child)


def _guards(parent: ast.AST | None, statement: ast.stmt) -> Iterator[ast.If]:
    """The ifs right before a statement, in the same block, that may have left the function."""
    for block in (getattr(parent, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(block, list) and any(statement is other for other in block):
            at = next(index for index, other in enumerate(block) if other is statement)
            yield from (other for other in block[max(0, at - 3) : at] if isinstance(other, ast.If))
