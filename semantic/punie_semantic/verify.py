"""Are the edits good? Problems before and after, in every file that the edits can affect.

A problem that moved is the same problem; one of a file that is created is new, and those of a deleted file are gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from punie_semantic.checking import Checker, Findings, all_unknown
from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.fresh import fresh, stays
from punie_semantic.interface import visible_changes
from punie_semantic.overlay import GONE, FileChange, State
from punie_semantic.paths import relative
from punie_semantic.project_files import ProjectFiles
from punie_semantic.results import TestComparison, VerificationReport
from punie_semantic.revealed import Revealed, split_dependent
from punie_semantic.text_edits import line_edits

DEPENDENTS_SECONDS = 20.0
BATCH = 16
OPENED = BATCH * 200  # less than ty keeps open
SETTINGS = frozenset({"pyproject.toml", "ty.toml", "ruff.toml", ".ruff.toml"})
_NOTHING = Findings(())
_PYTHON = (".py", ".pyi", ".ipynb")


@dataclass(frozen=True)
class _Pair:
    """A file's findings before and after, and its texts where the edits changed it."""

    before: Findings
    after: Findings
    old_text: str = ""
    new_text: str = ""

    def introduced(self) -> list[Diagnostic]:
        return fresh(self.after.problems, self.before.problems, self.old_text, self.new_text)


async def verify(
    checker: Checker,
    files: ProjectFiles,
    since: State,
    target: Diagnostic | None = None,
    known: Revealed | None = None,
) -> VerificationReport:
    """Compare the present state of the overlay with an earlier one.

    Args:
        checker: asks ty and ruff.
        files: the scanned project, for finding dependents.
        since: the earlier state.
        target: the problem that the edits should have removed, as found in the earlier state.
        known: what texts are known to show that a mistake hid.
    """
    changes = checker.overlay.changes(since)
    checked = [change for change in changes if change.path.suffix in _PYTHON]
    now = checker.overlay.state
    pairs = await _compare(checker, checked, since, now)
    introduced, revealed = _introduced(pairs, known)
    skipped = _settings_reason(changes)
    if not introduced and not all_unknown(_all(pairs)):
        skipped = await _compare_dependents(checker, files, since, checked, pairs) or skipped
        introduced, revealed = _introduced(pairs, known)
    reason = "; ".join(filter(None, (all_unknown(_all(pairs)), skipped)))
    versions = {relative(checker.overlay.root, path): b.version for path, b in checker.overlay.buffers.items()}
    return VerificationReport(
        state="errors" if introduced else "unknown" if reason else "clean",
        reason=reason,
        versions=versions,
        target_fixed=target is not None and _is_gone(checker.overlay.root, target, changes, pairs),
        fixed=[d.problem() for d in _fixed(pairs)],
        introduced=[d.problem() for d in introduced],
        revealed=[d.problem() for d in revealed],
        unchanged=sum(len(p.after.problems) for p in pairs.values() if not _unknown(p)) - _new_count(pairs),
        files_checked=sorted({*(c.file for c in checked), *(relative(checker.overlay.root, p) for p in pairs)}),
        unknown=sorted(relative(checker.overlay.root, path) for path, pair in pairs.items() if _unknown(pair)),
        unchecked=sorted(change.file for change in changes if change not in checked),
    )


def with_tests(report: VerificationReport, tests: TestComparison) -> VerificationReport:
    """The report with what the tests say counted in."""
    bad = report.state == "errors" or tests.state == "errors"
    unsure = report.state != "clean" or tests.state != "clean"
    reason = "; ".join(filter(None, (report.reason, tests.reason if tests.state == "unknown" else "")))
    state = "errors" if bad else "unknown" if unsure else "clean"
    return report.model_copy(update={"tests": tests, "state": state, "reason": reason})


async def _compare(checker: Checker, changes: list[FileChange], since: State, now: State) -> dict[Path, _Pair]:
    """The edited files. All the earlier answers come first: ty then changes between the two states once."""
    before = await _findings(checker, [c.before for c in changes], since)
    after = await _findings(checker, [c.after for c in changes], now)
    return {
        c.path: _Pair(_renamed(old, c), new, c.source.text, c.text)
        for c, old, new in zip(changes, before, after, strict=True)
    }


async def _findings(checker: Checker, paths: list[Path | None], state: State) -> list[Findings]:
    there = [path for path in paths if path is not None]
    if len(there) > 1:
        await checker.prefetch(there, state)
    found = dict(zip(there, await asyncio.gather(*(checker.both(path, state) for path in there)), strict=True))
    return [_NOTHING if path is None else found[path] for path in paths]


def _renamed(findings: Findings, change: FileChange) -> Findings:
    """The findings in the old file as if they had been in the new one."""
    if not change.old_file:
        return findings
    return replace(findings, diagnostics=tuple(replace(d, file=change.file) for d in findings.diagnostics))


async def _compare_dependents(
    checker: Checker, files: ProjectFiles, since: State, changes: list[FileChange], pairs: dict[Path, _Pair]
) -> str:
    """Fill `pairs` with the dependents' findings; the reason when they could not all be checked."""
    overlay = checker.overlay
    visible = await asyncio.to_thread(_visible, changes)
    if all(names is not None and not names for names in visible.values()):
        return ""
    if not files.complete:
        return "the workspace is too large to know which files depend on the edit"
    unsaved = {p: b.text for p, b in overlay.buffers.items()} | dict(overlay.state)
    texts = {path: None if text is GONE else text for path, text in unsaved.items()}
    found = await asyncio.to_thread(files.dependents, visible, texts)
    dependents = [p for p in found if p not in pairs]
    deadline = time.monotonic() + DEPENDENTS_SECONDS
    # ruff looks at one file at a time, so only ty's answer can change in a file that was not edited.
    before = await by_ty(checker, dependents, since, deadline)
    after = await by_ty(checker, list(before), overlay.state, deadline)
    pairs.update({path: _Pair(before[path], findings) for path, findings in after.items()})
    if len(after) < len(dependents):
        return f"only {len(after)} of {len(dependents)} dependent files were checked in time"
    return ""


def _visible(changes: list[FileChange]) -> Mapping[Path, frozenset[str] | None]:
    """What other modules can see of the changes, by the paths under which they look for them."""
    visible: dict[Path, frozenset[str] | None] = {}
    for change in changes:
        if change.kind == "edit":
            visible[change.path] = visible_changes(change.source.text, change.text)
        else:
            visible |= {path: None for path in (change.before, change.after) if path is not None}
    return visible


async def by_ty(checker: Checker, paths: list[Path], state: State, deadline: float) -> dict[Path, Findings]:
    """ty's findings per file, a few files at a time, as far as the deadline (of time.monotonic) allows."""
    found: dict[Path, Findings] = {}
    for start in range(0, len(paths), BATCH):
        if time.monotonic() > deadline:
            break
        if start % OPENED == 0:
            await checker.open_all(paths[start : start + OPENED], state)
        batch = paths[start : start + BATCH]
        await checker.prefetch(batch, state)
        found.update({path: await checker.by_ty(path, state) for path in batch})
    return found


def _settings_reason(changes: list[FileChange]) -> str:
    """ty and ruff read their settings from the disk, so what new ones would change is not known."""
    files = [change.file for change in changes if {change.path.name, Path(change.old_file).name} & SETTINGS]
    return f"{', '.join(files)}: ty and ruff follow changed settings only when they are on disk" if files else ""


def _unknown(pair: _Pair) -> bool:
    return bool(pair.before.unknown or pair.after.unknown)


def _introduced(pairs: dict[Path, _Pair], known: Revealed | None = None) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """New problems, and those that a mistake hid.

    A file whose earlier state is unknown tells nothing: what it has now may be old.
    """
    new: list[Diagnostic] = []
    revealed: list[Diagnostic] = []
    known = known or Revealed()
    depends = any(known.knows(path, pair.new_text) for path, pair in pairs.items() if pair.old_text != pair.new_text)
    for path, pair in pairs.items():
        if not pair.before.unknown:
            found = pair.introduced()
            edited = pair.old_text != pair.new_text or not depends
            ours, hidden = known.split(path, pair.new_text, found) if edited else split_dependent(found)
            new += ours
            revealed += hidden
    return new, revealed


def _fixed(pairs: dict[Path, _Pair]) -> list[Diagnostic]:
    """Problems that are no more; a tool that does not answer now has fixed nothing."""
    return [d for p in pairs.values() if not p.after.unknown for d in new_in(p.before.problems, p.after.problems)]


def _new_count(pairs: dict[Path, _Pair]) -> int:
    return sum(len(p.introduced()) for p in pairs.values() if not _unknown(p))


def _all(pairs: dict[Path, _Pair]) -> list[Findings]:
    return [f for p in pairs.values() for f in (p.before, p.after)]


def _is_gone(root: Path, target: Diagnostic, changes: list[FileChange], pairs: dict[Path, _Pair]) -> bool:
    """The target's kind has become rarer in its file, and is not found where the target's line is now."""
    change = next((c for c in changes if target.file in (c.file, c.old_file)), None)
    path = root / target.file if change is None else change.path
    pair = pairs.get(path)
    if pair is None or pair.after.unknown:
        return False
    kind = replace(target, file=relative(root, path)).kind
    same = [d for d in pair.after.problems if d.kind == kind]
    if len(same) >= sum(d.kind == kind for d in pair.before.problems):
        return False
    if change is None or change.kind == "delete":
        return True
    return not stays(target, pair.after.problems, line_edits(change.source.text, change.text))
