"""What is kept of each fix that was looked for: the problem, the candidates with their evidence, and what came of it.

Models can be trained on it. The form is described in docs/sessions.md; secrets are taken out by the store.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from punie_semantic.results import Problem
from punie_semantic.text_edits import split_lines, unified_diff
from punie_semantic.wire.positions import TextLines

if TYPE_CHECKING:  # the store imports this module, and the engine takes long to import
    from punie_semantic.diagnostics import Diagnostic
    from punie_semantic.fixing.candidate import Candidate, Edit
    from punie_semantic.fixing.outcome import FixSearch, FoundFix

LINES_AROUND = 15
MOST_LINE = 400
MOST_TEXT = 8000

Origin = Literal["command_line", "editor", "session"]
Outcome = Literal["fixed", "found", "none", "unknown"]
Verdict = Literal["chosen", "good", "rejected", "held_back"]
Decision = Literal["", "applied", "rejected", "undone", "partly_undone"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TracedEdit(_Record):
    """Replace a range of the file, 1-based lines and columns in code points, the end excluded, by `text`."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class TracedCandidate(_Record):
    """One way to mend the problem, and what the checks said of it.

    `verdict`: `chosen` is the fix; `good` re-checked clean too; `rejected` did not, `why` says why; `held_back` was not
    checked, because unsafe fixes were not allowed. `edits` is empty when they are too large to be kept.
    """

    title: str
    kind: str
    generator: str
    weight: float
    verdict: Verdict
    why: str
    score: float | None = None
    file: str
    edits: list[TracedEdit] = []


class Excerpt(_Record):
    """The lines around the problem before the fix, and the hash of the whole text (SHA-256 of its UTF-8)."""

    first_line: int
    text: str
    sha256: str


class FixTrace(_Record):
    """One search for a fix.

    Attributes:
        run: the command or session that it belongs to.
        session: the stored session, when it was a turn's; else None.
        program: the code-mode program that asked for it; empty when none did.
        model: who wrote the program or the candidates; `builtin` for the search alone.
        outcome: `fixed` when a candidate was chosen; `found` when some re-checked clean, but none was sure enough, or
            wanted; `none` when none did; `unknown` when it could not be told.
        diff: what the chosen fix came to, tidied up, when it is in the problem's own file.
        files_checked: the files in which ty and ruff found nothing new.
        decision: what became of the fix; empty as long as nobody decided. `undone` after it was applied.
        transaction: the history's name for the change that it was applied with.
    """

    format: Literal["punie-fix"] = "punie-fix"
    version: Literal[1] = 1
    id: str
    run: str
    origin: Origin
    project: str
    session: str | None = None
    turn: int | None = None
    created: float
    model: str = "builtin"
    program: str = ""
    problem: Problem
    before: Excerpt
    candidates: list[TracedCandidate]
    outcome: Outcome
    reason: str = ""
    diff: str = ""
    files_checked: list[str] = []
    seconds: float
    decision: Decision = ""
    decided: float | None = None
    transaction: str = ""


@dataclass(frozen=True)
class TraceSource:
    """Where traces come from: what is the same for all of a run."""

    run: str
    origin: Origin
    project: str
    session: str | None = None
    turn: int | None = None
    model: str = "builtin"
    program: str = ""


def new_run() -> str:
    """A name for a run."""
    return secrets.token_hex(8)


def traced(
    search: FixSearch, problem: Diagnostic, text: str, source: TraceSource, *, choice: str | None = None
) -> FixTrace:
    """The trace of a search.

    Args:
        search: what it came to.
        problem: what was to be mended.
        text: the text of the problem's file before.
        source: who asked.
        choice: the title of the fix that was chosen; by default the first one was, and empty is none.
    """
    found = search.found
    chosen = next((fix for fix in found if choice in (None, fix.candidate.title)), None)
    none: Outcome = "unknown" if search.state == "unknown" else "none"
    outcome: Outcome = "fixed" if chosen else "found" if found else none
    return _trace(
        problem,
        text,
        source,
        candidates=list(_candidates(search, chosen, TextLines(text))),
        outcome=outcome,
        reason=search.reason,
        diff=_diff(chosen, problem, text),
        files_checked=list(chosen.report.files_checked) if chosen else [],
        seconds=search.seconds,
    )


def traced_bulk(
    problem: Diagnostic, text: str, source: TraceSource, files_checked: list[str], seconds: float
) -> FixTrace:
    """The trace of a fix of ruff's that was made and checked together with others of its file."""
    fix = problem.fix
    edits = [] if fix is None else [_plain(e["range"], e["newText"]) for e in fix.edits]
    candidate = TracedCandidate(
        title=fix.title if fix else "",
        kind="fix",
        generator="ruff and ty",
        weight=1.0,
        verdict="chosen",
        why=f"one of ruff's safe fixes, made together; nothing new in {len(files_checked)} files",
        file=problem.file,
        edits=edits,
    )
    return _trace(
        problem,
        text,
        source,
        candidates=[candidate],
        outcome="fixed",
        files_checked=files_checked,
        seconds=seconds,
    )


def _trace(
    problem: Diagnostic,
    text: str,
    source: TraceSource,
    *,
    candidates: list[TracedCandidate],
    outcome: Outcome,
    files_checked: list[str],
    seconds: float,
    reason: str = "",
    diff: str = "",
) -> FixTrace:
    return FixTrace(
        id=secrets.token_hex(8),
        run=source.run,
        origin=source.origin,
        project=source.project,
        session=source.session,
        turn=source.turn,
        created=time.time(),
        model=source.model,
        program=source.program,
        problem=problem.problem(),
        before=_excerpt(text, problem.line),
        candidates=candidates,
        outcome=outcome,
        reason=reason,
        diff=diff,
        files_checked=files_checked,
        seconds=round(seconds, 4),
    )


def _diff(chosen: FoundFix | None, problem: Diagnostic, text: str) -> str:
    if chosen is None or chosen.file != problem.file:
        return ""
    diff = unified_diff(text, chosen.text, problem.file)
    return diff if len(diff) <= MOST_TEXT else ""


def _candidates(search: FixSearch, chosen: FoundFix | None, lines: TextLines) -> Iterator[TracedCandidate]:
    own = search.problem.file if search.problem else ""
    for fix in search.found:
        verdict: Verdict = "chosen" if fix is chosen else "good"
        yield _candidate(fix.candidate, lines, own, verdict=verdict, why=fix.why, score=fix.score)
    for rejected in search.rejected:
        yield _candidate(rejected.candidate, lines, own, verdict="rejected", why=rejected.why)
    for candidate in search.held_back:
        yield _candidate(candidate, lines, own, verdict="held_back", why="unsafe fixes were not allowed")


def _candidate(
    candidate: Candidate, lines: TextLines, own: str, *, verdict: Verdict, why: str, score: float | None = None
) -> TracedCandidate:
    kept = candidate.file in ("", own) and sum(len(edit.text) for edit in candidate.edits) <= MOST_TEXT
    return TracedCandidate(
        title=candidate.title,
        kind=candidate.kind,
        generator=candidate.generator,
        weight=round(candidate.weight, 4),
        verdict=verdict,
        why=why,
        score=None if score is None else round(score, 4),
        file=candidate.file or own,
        edits=[_edit(edit, lines) for edit in sorted(candidate.edits)] if kept else [],
    )


def _edit(edit: Edit, lines: TextLines) -> TracedEdit:
    span = {"start": lines.position(edit.start, "utf-32"), "end": lines.position(edit.end, "utf-32")}
    return _plain(span, edit.text)


def _plain(span: dict[str, dict[str, int]], text: str) -> TracedEdit:
    start, end = span["start"], span["end"]
    return TracedEdit(
        line=start["line"] + 1,
        column=start["character"] + 1,
        end_line=end["line"] + 1,
        end_column=end["character"] + 1,
        text=text,
    )


def _excerpt(text: str, line: int) -> Excerpt:
    """Lines around one; very long ones are cut."""
    first = max(line - LINES_AROUND, 0)
    lines = split_lines(text)[first : line + LINES_AROUND + 1]
    cut = "".join(each if len(each) <= MOST_LINE else f"{each[:MOST_LINE]}…\n" for each in lines)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Excerpt(first_line=first + 1, text=cut, sha256=digest)
