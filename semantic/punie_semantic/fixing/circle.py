"""Tests that cannot be imported because modules import each other: the circle is broken, and that is verified."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.mutations.judging import Judge
from punie_semantic.fixing.mutations.proposing import Mutant
from punie_semantic.fixing.mutations.trying import Trying
from punie_semantic.fixing.outcome import FoundFix, Rejected
from punie_semantic.fixing.ranking import Trial
from punie_semantic.fixing.tidying import tidied
from punie_semantic.sources import line_ending, with_line_ending
from punie_semantic.workspace import Workspace

MOST_TRIED = 8
MOST_FOUND = 3
_GAP = re.compile(r"\n{3,}(?=if TYPE_CHECKING:)")


async def break_circle(
    workspace: Workspace, trying: Trying, ways: Sequence[Mutant], test_ids: Sequence[str], files: Sequence[str]
) -> tuple[list[FoundFix], list[Rejected]]:
    """The ways that hold, and why others do not: ty and ruff find nothing new, and the tests run and pass.

    Args:
        workspace: the project; its overlay is left as it is.
        trying: runs the tests, in a copy of the project.
        ways: edits that may break the circle, the likely ones first.
        test_ids: the tests that cannot be imported.
        files: their files.
    """
    judge = Judge(workspace, trying, test_ids)
    found: list[FoundFix] = []
    rejected: list[Rejected] = []
    for way in ways[:MOST_TRIED]:
        if len(found) >= MOST_FOUND:
            break
        mutant = await _tidied(workspace, way)
        candidate = _candidate(mutant)
        report, why, _ = await judge.compared(mutant)
        why = why or await judge.imported(mutant, files, test_ids)
        if report is None or why:
            rejected.append(Rejected(candidate, why, mutant.text))
            continue
        words = f"{mutant.mutation.why}; it breaks the circle of imports, and the tests pass"
        clean = report.model_copy(update={"target_fixed": True})
        found.append(FoundFix(candidate, mutant.scene.file, mutant.text, clean, round(mutant.prior, 3), words))
    return found, rejected


def _candidate(mutant: Mutant) -> Candidate:
    mutation, file = mutant.mutation, mutant.scene.file
    title = f"{mutation.title} in {file}"
    return Candidate(title, mutation.edits, "fix", mutation.operator, mutant.prior, mutation.why, file)


async def _tidied(workspace: Workspace, mutant: Mutant) -> Mutant:
    """With the imports in their order, no gap where one was, and the file's line ends."""
    text = mutant.scene.text
    moved = _GAP.sub("\n\n", mutant.text.replace("\r\n", "\n"))
    moved = moved if text[:1].isspace() else moved.lstrip("\n")
    trial = Trial(_candidate(mutant), mutant.scene.file, mutant.path, text, with_line_ending(moved, line_ending(text)))
    tidy, _, _ = await tidied(workspace, trial, await workspace.checker.both(mutant.path))
    return replace(mutant, mutation=replace(mutant.mutation, edits=(Edit(0, len(text), tidy.text),)))
