"""A fix that is right and only untidy, an unsorted import for instance: ruff's safe fixes for what it brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from punie_semantic.checking import Findings
from punie_semantic.diagnostics import Diagnostic, Fix
from punie_semantic.fixing.ranking import Trial
from punie_semantic.fresh import edited_lines, fresh
from punie_semantic.layout import take_form
from punie_semantic.wire.positions import apply_edits
from punie_semantic.workspace import Workspace

MOST_FIXES = 8
# An import that is put in makes the whole block untidy; one that is not used any more stands elsewhere.
_WHOLE_BLOCK = frozenset({"I001", "F401"})


async def tidied(workspace: Workspace, trial: Trial, before: Findings) -> tuple[Trial, Findings, list[Diagnostic]]:
    """The trial, what is found in its file with it, and what of that it would cause."""
    now = await workspace.checker.both(trial.path, trial.state(workspace))
    for _ in range(MOST_FIXES):
        if now.unknown:
            return trial, now, []
        new = fresh(now.problems, before.problems, trial.before, trial.text)
        if not new:
            return trial, now, []
        fix = _own_fix(now, new, edited_lines(trial.before, trial.text))
        if fix is None or any(d.fix is None or d.fix.applicability != "safe" for d in new):
            return trial, now, new
        text = take_form(trial.text, apply_edits(trial.text, fix.edits, "utf-32"))
        if text in (trial.text, trial.before):
            return trial, now, new
        trial = trial.with_text(text)
        now = await workspace.checker.both(trial.path, trial.state(workspace))
    return trial, now, fresh(now.problems, before.problems, trial.before, trial.text)


def _own_fix(now: Findings, new: Sequence[Diagnostic], edited: Collection[int]) -> Fix | None:
    """A safe fix of what the candidate brought: in its own lines, or of the imports that it made untidy."""
    kinds = {d.kind for d in new}
    ours = [d for d in now.problems if d.kind in kinds and (d.line in edited or d.code in _WHOLE_BLOCK)]
    return next((d.fix for d in ours if d.fix is not None and d.fix.applicability == "safe"), None)


def causes(new: Sequence[Diagnostic]) -> str:
    """What an edit would bring, the worst of it, as the end of a sentence."""
    worst = min(new, key=lambda d: (d.severity != "error", d.tool != "ty", d.line))
    message = next(iter(worst.message.strip().splitlines()), "").rstrip(".")
    return f"would cause {worst.code} in line {worst.line + 1} of {worst.file}: {message}"
