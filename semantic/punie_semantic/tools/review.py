"""Trying edits: checkpoints, and the comparison that decides whether an edit may be offered."""

from __future__ import annotations

from punie_semantic.results import VerificationReport
from punie_semantic.verify import verify
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


async def verify_edits(workspace: Workspace, since: int, problem_id: str = "") -> VerificationReport:
    """Compare ty's and ruff's findings before and after the edits since a checkpoint, in all affected files.

    `state` is clean only when all was checked and nothing new appeared; `target_fixed` is about `problem_id`.

    Example: `report = verify_edits(start, problem.id); report.state == "clean" and report.target_fixed`
    """
    target = workspace.diagnostics.get(problem_id)
    state = workspace.overlay.checkpoint_state(since)
    return await verify(workspace.checker, workspace.files, state, target)
