"""Fix one problem: a prompt to the session, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from pydantic_ai.settings import ModelSettings

from punie_agent.events import Done, EditProposed, Event, Notice, Text, Usage
from punie_agent.models.builtin import BuiltinModel
from punie_agent.models.choice import ModelChoice
from punie_agent.requests import FixRequest
from punie_agent.session import Session
from punie_agent.suggestions.suggester import Suggester
from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.overlay import FileChange
from punie_semantic.results import VerificationReport
from punie_semantic.workspace import Workspace


@dataclass(frozen=True)
class FixOutcome:
    """What a fix attempt came to. `changes` is empty unless the edit re-checked clean; `seconds` is wall time.

    `failed` is true when the turn ended with an error.
    """

    request: FixRequest
    sentence: str
    changes: list[FileChange]
    report: VerificationReport | None
    seconds: float
    failed: bool = False

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
    target = await _find(session.workspace, request)
    if target is None:
        sentence = f"{request.code} is not reported any more."
        return FixOutcome(request, sentence, [], None, time.monotonic() - started)
    if session.choice.single_turn:
        outcome = await _trained(session, request, target, on_event)
    else:
        outcome = await _first(session, request, target, on_event)
        if not outcome.fixed and not isinstance(session.choice.model, BuiltinModel):
            outcome = await _asked(session, request, target, on_event)
    return replace(outcome, seconds=time.monotonic() - started)


async def _trained(
    session: Session, request: FixRequest, target: Diagnostic, on_event: Callable[[Event], None]
) -> FixOutcome:
    """The program of a model that was trained to write it; the planner's when that one fixes nothing."""
    outcome = await _asked(session, request, target, on_event)
    if outcome.fixed:
        await session.outcome("accepted")  # it goes into the text that the user asked it for
        return outcome
    if not outcome.failed:
        await session.outcome("failed")
    choice = session.offered
    session.use(_planner())
    try:
        return await _asked(session, request, target, on_event)
    finally:
        session.use(choice)


async def _first(
    session: Session, request: FixRequest, target: Diagnostic, on_event: Callable[[Event], None]
) -> FixOutcome:
    """The planner's program, which takes the best candidate; a model that is chosen is one more source of them."""
    choice = session.choice
    if isinstance(choice.model, BuiltinModel):
        return await _asked(session, request, target, on_event)
    suggester = Suggester(choice)
    session.use(_planner())
    session.workspace.suggesters = (suggester.generator(),)
    try:
        outcome = await _asked(session, request, target, on_event)
    finally:
        session.workspace.suggesters = ()
        session.use(choice)
    if suggester.requests:
        used = (suggester.requests, suggester.input_tokens, suggester.output_tokens)
        on_event(Usage(requests=used[0], input_tokens=used[1], output_tokens=used[2], tool_calls=0))
    return outcome


def _planner() -> ModelChoice:
    builtin = BuiltinModel()
    return ModelChoice(builtin, builtin.model_name, ModelSettings())


async def _asked(
    session: Session, request: FixRequest, target: Diagnostic, on_event: Callable[[Event], None]
) -> FixOutcome:
    """One turn of the session, whose model is asked to fix it."""
    sentence, report, failure = "", None, ""
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
    return FixOutcome(request, failure or sentence, list(session.proposal), report, 0.0, failed=bool(failure))


async def _find(workspace: Workspace, request: FixRequest) -> Diagnostic | None:
    """The finding that the request means, nearest to its column. Raises ToolUnavailable when its tool is silent."""
    path = workspace.overlay.resolve(request.file)
    ask = workspace.checker.by_ty if request.tool == "ty" else workspace.checker.by_ruff
    findings = await ask(path)
    if findings.unknown:
        raise ToolUnavailable(all_unknown([findings]))
    same = [d for d in findings.problems if d.code == request.code and d.line + 1 == request.line]
    return min(same, key=lambda d: abs(d.range["start"]["character"] + 1 - request.column), default=None)
