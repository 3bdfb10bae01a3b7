"""The fix that was chosen, made on the texts as they are now and checked there; no model is asked."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from punie_ls.server.candidates import Fix, Found, look_for, reported, told
from punie_ls.server.guesses import broken_test
from punie_semantic.exceptions import SemanticError, ToolUnavailable

if TYPE_CHECKING:
    from punie_agent.fixing import FixOutcome
    from punie_agent.requests import FixRequest
    from punie_semantic.fixing.outcome import FixOptions, FixSearch
    from punie_semantic.overlay import FileChange
    from punie_semantic.workspace import Workspace

SECONDS = 10.0
MOST_FOUND = 8


@dataclass(frozen=True)
class Taken:
    """The fix that was made, and what had been tried for it; None when nothing was."""

    outcome: FixOutcome
    search: FixSearch | None = None
    title: str = ""


async def take(
    workspace: Workspace, request: FixRequest, known: Found | None, may_test: Callable[[], Awaitable[bool]]
) -> Taken:
    """Make the fix that the request's `choice` names, or the best one, in the overlay.

    Args:
        workspace: a fork whose turn has begun.
        request: the problem.
        known: what was found for these texts, if anybody has looked already.
        may_test: whether the tests may run, without asking anybody. A guess is then made only when none of the tests
            that it can affect fails with it.

    Raises:
        ToolUnavailable: a checker does not say what there is.
    """
    started = time.monotonic()
    found, chosen = known, _chosen(workspace, request, known)
    if not chosen:
        found = await look_for(workspace, request, _options(request))
        chosen = _chosen(workspace, request, found)
    if found is None:
        raise ToolUnavailable(f"{request.tool} does not say what is wrong in {request.file}. Try again.")
    fix, broken = await _unbroken(workspace, chosen, may_test)
    if fix is None:
        others = [other.title for other in found.fixes if other not in chosen]
        sentence = broken or (told(request, others=others) if others else found.sentence)
        return Taken(_outcome(request, sentence, [], started), found.search)
    notices: list[str] = []
    changes = await _made(workspace, request, {fix.file: fix.text}, notices)
    if not changes:
        sentence = " ".join(notices) or told(request, found=False)
        return Taken(_outcome(request, sentence, [], started), found.search)
    kept = f"{fix.title} (this fix is unsafe: look at it)" if fix.unsafe else fix.title
    sentence = told(request, kept=kept, why=fix.why)
    return Taken(_outcome(request, sentence, changes, started), found.search, fix.title)


def _options(request: FixRequest) -> FixOptions:
    """Who has chosen a fix waits for that one, and not only for the first that holds."""
    options = import_module("punie_semantic.fixing.search").FixOptions
    if not request.choice:
        return options(unsafe=True)
    return options(unsafe=True, most_found=MOST_FOUND, seconds=SECONDS, enough_seconds=SECONDS / 2)


async def made_again(workspace: Workspace, request: FixRequest, changes: Sequence[FileChange]) -> list[FileChange]:
    """Changes that were checked, on the texts of another turn; empty when they do not hold there."""
    if any(change.kind != "edit" for change in changes):
        return []
    return await _made(workspace, request, {change.file: change.text for change in changes}, [])


def _chosen(workspace: Workspace, request: FixRequest, found: Found | None) -> list[Fix]:
    """The fixes that are meant, best first, if they are for the texts that their files have now."""
    fixes = [fix for fix in found.fixes if request.choice in ("", fix.title)] if found else []
    try:
        return [fix for fix in fixes if workspace.overlay.text(workspace.overlay.resolve(fix.file)) == fix.before]
    except SemanticError:
        return []


async def _unbroken(
    workspace: Workspace, fixes: Sequence[Fix], may_test: Callable[[], Awaitable[bool]]
) -> tuple[Fix | None, str]:
    """The first that makes no test fail, as far as tests may run; else the sentence about the first of all."""
    first = ""
    for fix in fixes:
        test = await broken_test(workspace, fix, may_test)
        if not test:
            return fix, ""
        first = first or f"“{fix.title}” was not made: {test} fails with it."
    return None, first


async def _made(
    workspace: Workspace, request: FixRequest, texts: dict[str, str], notices: list[str]
) -> list[FileChange]:
    """Texts in the overlay, re-checked as every edit is; what does not hold is dropped, with a notice."""
    turn, policy = import_module("punie_agent.turn"), import_module("punie_agent.policy").Policy
    overlay = workspace.overlay
    problem, _ = await reported(workspace, request)
    if problem is None:
        return []

    def emit(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
        if event.type == "notice":
            notices.append(event.text)

    start = overlay.checkpoint()
    try:
        for file, text in texts.items():
            overlay.write(overlay.resolve(file), text)
    except SemanticError as error:
        overlay.rollback(start)
        notices.append(str(error))
        return []
    return await turn.propose(workspace, start, problem, policy.of(workspace.settings.policy), emit)


def _outcome(request: FixRequest, sentence: str, changes: list[FileChange], started: float) -> FixOutcome:
    outcome = import_module("punie_agent.fixing").FixOutcome
    return outcome(request, sentence, changes, None, time.monotonic() - started)
