"""Trying edits: checkpoints, and the comparison that decides whether an edit may be offered."""

from __future__ import annotations

from punie_semantic.affected_tests import compare_tests
from punie_semantic.results import VerificationReport
from punie_semantic.tools.testing import permit_tests
from punie_semantic.verify import verify, with_tests
from punie_semantic.workspace import Workspace


async def checkpoint(workspace: Workspace) -> int:
    """Remember the edits so far; gives a number for rollback and verify_edits.

    Example: `start = checkpoint()`
    """
    return workspace.overlay.checkpoint()


async def rollback(workspace: Workspace, checkpoint: int) -> None:
    """Drop every edit made after a checkpoint.

    Example: `rollback(start)`
    """
    workspace.overlay.rollback(checkpoint)


async def verify_edits(
    workspace: Workspace, since: int = -1, problem_id: str = "", tests: bool = False
) -> VerificationReport:
    """Compare ty's and ruff's findings before and after the edits since a checkpoint, in all affected files.

    Without a checkpoint the edits since the start count.
    `state` is clean only when all was checked and nothing new appeared; `target_fixed` is about `problem_id`. With
    `tests` the affected tests run before and after, in a copy of the project; the user is asked, or trusts the project.

    Example: `report = verify_edits(start, problem.id); report.state == "clean" and report.target_fixed`
    """
    if tests:
        await permit_tests(workspace, "verify_edits", ())
    target = workspace.diagnostics.get(problem_id)
    state = {} if since == -1 else workspace.overlay.checkpoint_state(since)
    report = await verify(workspace.checker, workspace.files, state, target, workspace.revealed)
    if not tests:
        return report
    compared = await compare_tests(workspace.files, workspace.overlay, workspace.interpreter, state, workspace.settings)
    return with_tests(report, compared)
