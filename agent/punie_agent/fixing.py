"""Fix one problem: a prompt to the session, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from punie_agent.events import Done, EditProposed, Event, Notice, Text
from punie_agent.requests import FixRequest
from punie_agent.session import Session
from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.overlay import FileChange
from punie_semantic.results import VerificationReport
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class FixOutcome:
    """What a fix attempt came to. `changes` is empty unless the edit re-checked clean; `seconds` is wall time."""

    request: FixRequest
    sentence: str
    changes: list[FileChange]
    report: VerificationReport | None
    seconds: float

    @property
    def unsafe(self) -> bool:
        """True when the edit is an unsafe fix, which the user must be told."""
        return self.fixed and "(this fix is unsafe" in self.sentence

    @property
    def fixed(self) -> bool:
        """True when there is an edit to offer."""
        return bool(self.changes)


async def fix(
    session: Session, request: FixRequest, on_event: Callable[[Event], None] = lambda event: None
) -> FixOutcome:
    """Ask the session to fix a problem and collect the outcome. Raises SemanticError for a bad path."""
    started = time.monotonic()
    sentence, report, failure = "", None, ""
    target = await _find(session.workspace, request)
    if target is None:
        sentence = f"{request.code} is not reported any more."
        return FixOutcome(request, sentence, [], None, time.monotonic() - started)
    async with aclosing(session.prompt(request.prompt(), target)) as events:
        async for event in events:
            on_event(event)
            match event:
                case Text(text=text) | Notice(text=text):
                    sentence = text
                case EditProposed():
                    report = event.report
                case Done(reason="error"):
                    failure = f"The fix failed: {event.message}"
                case _:
                    pass
    changes = list(session.proposal)
    return FixOutcome(request, failure or sentence, changes, report, time.monotonic() - started)


async def _find(workspace: Workspace, request: FixRequest) -> Diagnostic | None:
    """The finding that the request means, nearest to its column. Raises ToolUnavailable when its tool is silent."""
    path = workspace.overlay.resolve(request.file)
    ask = workspace.checker.by_ty if request.tool == "ty" else workspace.checker.by_ruff
    findings = await ask(path)
    if findings.unknown:
        raise ToolUnavailable(all_unknown([findings]))
    same = [d for d in findings.problems if d.code == request.code and d.line + 1 == request.line]
    return min(same, key=lambda d: abs(d.range["start"]["character"] + 1 - request.column), default=None)
