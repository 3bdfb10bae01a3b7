"""What ruff and ty themselves propose: ruff's fixes, which come with its findings; ty's quick fixes and imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.place import Place
from punie_semantic.tools.actions import code_actions

NOWHERE = frozenset({"import-not-found", "possibly-missing-import", "possibly-missing-submodule"})
_WEIGHTS: dict[Kind, float] = {"fix": 0.75, "import": 0.6, "unsafe_fix": 0.5, "suppress": 0.05}


async def of_ruff(place: Place) -> list[Candidate]:
    """The fixes that came with the problem, and with what else ruff reports at its start."""
    found: list[Candidate] = []
    for problem in _at_the_same_place(place):
        fix = problem.fix
        if problem.code == "F401" and place.code in NOWHERE:
            continue  # what cannot be imported is unused for that reason
        if fix is not None and fix.applicability != "display":
            kind: Kind = "fix" if fix.applicability == "safe" else "unsafe_fix"
            found.append(_candidate(place, fix.title, fix.edits, kind, "ruff", 0.0))
    return found


async def of_ty(place: Place) -> list[Candidate]:
    """ty's quick fixes for the problem, and for what else ty reports at its start, in the order of their rank."""
    same = {problem.id for problem in _at_the_same_place(place) if problem.tool == "ty"}
    if not same:
        return []
    offers = await code_actions(place.workspace, place.problem.file, place.problem.line + 1)
    actions = [action for action in offers.actions if action.problem_id in same]
    return [
        _candidate(place, a.title, place.workspace.candidates[a.id].edits, a.kind, "ty", 0.04 * rank)
        for rank, a in enumerate(actions)
    ]


def _at_the_same_place(place: Place) -> list[Diagnostic]:
    start = place.problem.range["start"]
    return [p for p in (place.problem, *place.others) if p.range["start"] == start]


def _candidate(
    place: Place, title: str, edits: Iterable[Mapping[str, Any]], kind: Kind, tool: str, less: float
) -> Candidate:
    lines = place.tree.lines
    spans = tuple(
        Edit(lines.offset(e["range"]["start"], "utf-32"), lines.offset(e["range"]["end"], "utf-32"), e["newText"])
        for e in edits
    )
    weight = max(_WEIGHTS[kind] - less, 0.02)
    return Candidate(title, spans, kind, tool, weight, f"{tool}'s own fix")
