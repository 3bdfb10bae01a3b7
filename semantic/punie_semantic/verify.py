"""Are the edits good? Problems before and after, in every file that the edits can affect."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.checking import Checker, Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.interface import visible_changes
from punie_semantic.overlay import FileChange, State
from punie_semantic.project_files import ProjectFiles
from punie_semantic.results import VerificationReport
from punie_semantic.text_edits import line_edits, moved_line

DEPENDENTS_SECONDS = 20.0
BATCH = 16


@dataclass(frozen=True)
class _Pair:
    before: Findings
    after: Findings


async def verify(
    checker: Checker, files: ProjectFiles, since: State, target: Diagnostic | None = None
) -> VerificationReport:
    """Compare the present state of the overlay with an earlier one.

    Args:
        checker: asks ty and ruff.
        files: the scanned project, for finding dependents.
        since: the earlier state.
        target: the problem that the edits should have removed, as found in the earlier state.
    """
    changes = checker.overlay.changes(since)
    pairs: dict[Path, _Pair] = {}
    for change in changes:
        pairs[change.path] = await _compare(checker, change.path, since)
    introduced = _introduced(pairs)
    skipped = ""
    if not introduced and not all_unknown(_all(pairs)):
        skipped = await _compare_dependents(checker, files, since, changes, pairs)
        introduced = _introduced(pairs)
    known = [p for p in pairs.values() if not p.after.unknown]
    fixed = [d for p in known for d in new_in(p.before.problems, p.after.problems)]
    reason = all_unknown(_all(pairs)) or skipped
    return VerificationReport(
        state="errors" if introduced else "unknown" if reason else "clean",
        target_fixed=target is not None and _is_gone(checker.overlay.root, target, changes, pairs),
        fixed=[d.problem() for d in fixed],
        introduced=[d.problem() for d in introduced],
        files_checked=sorted({*(c.file for c in changes), *(_name(checker, p) for p in pairs)}),
        reason=reason,
    )


async def _compare(checker: Checker, path: Path, since: State) -> _Pair:
    before = await checker.both(path, since)
    return _Pair(before, await checker.both(path))


async def _compare_dependents(
    checker: Checker,
    files: ProjectFiles,
    since: State,
    changes: list[FileChange],
    pairs: dict[Path, _Pair],
) -> str:
    """Fill `pairs` with the dependents' findings; the reason when they could not all be checked."""
    overlay = checker.overlay
    visible = {c.path: visible_changes(c.source.text, c.text) for c in changes}
    if all(names is not None and not names for names in visible.values()):
        return ""
    if not files.complete:
        return "the workspace is too large to know which files depend on the edit"
    unsaved = {p: b.text for p, b in overlay.buffers.items()} | dict(overlay.state)
    dependents = [p for p in files.dependents(visible, unsaved) if p not in pairs]
    deadline = time.monotonic() + DEPENDENTS_SECONDS
    # ruff looks at one file at a time, so only ty's answer can change in a file that was not edited. All the
    # earlier answers come first: ty then changes between the two states once, not once for every file.
    before = await _by_ty(checker, dependents, since, deadline)
    after = await _by_ty(checker, list(before), overlay.state, deadline)
    pairs.update({path: _Pair(before[path], findings) for path, findings in after.items()})
    if len(after) < len(dependents):
        return f"only {len(after)} of {len(dependents)} dependent files were checked in time"
    return ""


async def _by_ty(checker: Checker, paths: list[Path], state: State, deadline: float) -> dict[Path, Findings]:
    """ty's findings per file, a few files at a time, as far as the deadline allows."""
    found: dict[Path, Findings] = {}
    for start in range(0, len(paths), BATCH):
        if time.monotonic() > deadline:
            break
        batch = paths[start : start + BATCH]
        await checker.prefetch(batch, state)
        found.update({path: await checker.by_ty(path, state) for path in batch})
    return found


def _introduced(pairs: dict[Path, _Pair]) -> list[Diagnostic]:
    """New problems. A file whose earlier state is unknown tells nothing: what it has now may be old."""
    return [d for p in pairs.values() if not p.before.unknown for d in new_in(p.after.problems, p.before.problems)]


def _all(pairs: dict[Path, _Pair]) -> list[Findings]:
    return [f for p in pairs.values() for f in (p.before, p.after)]


def _name(checker: Checker, path: Path) -> str:
    return path.relative_to(checker.overlay.root).as_posix()


def _is_gone(root: Path, target: Diagnostic, changes: list[FileChange], pairs: dict[Path, _Pair]) -> bool:
    """The target's kind has become rarer in its file, and is not found where the target's line is now."""
    change = next((c for c in changes if c.file == target.file), None)
    pair = pairs.get(root / target.file)
    if pair is None or pair.after.unknown:
        return False
    same = [d for d in pair.after.problems if d.kind == target.kind]
    if len(same) >= sum(d.kind == target.kind for d in pair.before.problems):
        return False
    if change is None:
        return True
    line = moved_line(line_edits(change.source.text, change.text), target.line)
    return line is None or all(d.line != line for d in same)
