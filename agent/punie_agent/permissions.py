"""Who is asked in a session before something happens: the policy, then earlier answers, then a person.

A front end gives the function that asks the person. Nobody there is a no.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from punie_agent.events import Choice, Event, Notice, PermissionAnswered, PermissionRequested
from punie_agent.exceptions import AgentError
from punie_agent.policy import Decision, Policy
from punie_semantic.permissions import Request
from punie_semantic.questions import command_line

logger = logging.getLogger(__name__)

Decider = Callable[[PermissionRequested], Awaitable[Choice]]

_CHOICES: tuple[Choice, ...] = ("allow_once", "allow_session", "allow_project", "reject_once", "reject_session")
_NOT_FOR_THE_PROJECT = frozenset({"outside", "edit"})
_RULE_CHARACTERS = 500


class RememberedAnswers(Protocol):
    """Answers that hold for a project, by the exact request; see `request_key`."""

    async def get(self, key: str) -> bool | None:
        """The answer; None when there is none. Raises AgentError when that cannot be known."""
        ...

    async def add(self, key: str, *, allowed: bool) -> None:
        """Keep an answer. Raises AgentError when it cannot be kept."""
        ...


class _Store(Protocol):
    """What of `SessionStore` answers are kept with."""

    async def remember(self, project: Path | str, rule: str, choice: Choice) -> None: ...

    async def remembered(self, project: Path | str) -> list[Any]: ...


class StoredAnswers:
    """The answers of a project in the sessions' store. The words of a key are for people; its mark is what counts."""

    def __init__(self, store: _Store, project: Path) -> None:
        self._store = store
        self._project = project

    async def get(self, key: str) -> bool | None:
        """The answer; None when there is none."""
        for answer in reversed(await self._store.remembered(self._project)):
            if _mark(answer.rule) == _mark(key):
                return str(answer.choice).startswith("allow")
        return None

    async def add(self, key: str, *, allowed: bool) -> None:
        """Keep an answer."""
        await self._store.remember(self._project, key, "allow_project" if allowed else "reject_session")


def _mark(key: str) -> str:
    return key.rpartition(" #")[2]


def request_key(request: Request) -> str:
    """A text that two requests share only when they are the same: kind, program, arguments, folder and paths.

    Running tests is one request, whichever tests they are.
    """
    if request.kind == "tests":
        return "tests #tests"
    place = "" if request.kind == "mcp" else f" in {request.folder or '.'}"
    exact = [request.kind, request.program, request.argv, request.folder, request.paths]
    mark = hashlib.sha256(json.dumps(exact).encode()).hexdigest()
    words = command_line(request.argv)[:_RULE_CHARACTERS]
    return f"{request.kind}{place}: {words} #{mark}"


@dataclass
class _Question:
    """An open question, and how many wait for its answer."""

    task: asyncio.Task[bool]
    waiting: int = 0


class SessionPermissions:
    """The permissions of one session.

    Args:
        policy: decides first.
        decide: asks a person; None when there is nobody.
        emit: hears of questions and answers.
        remembered: the answers that hold for the project.
    """

    def __init__(
        self,
        policy: Policy,
        decide: Decider | None,
        emit: Callable[[Event], None],
        *,
        remembered: RememberedAnswers | None = None,
    ) -> None:
        self._policy = policy
        self._decide = decide
        self._emit = emit
        self._remembered = remembered
        self._answers: dict[str, bool] = {}
        self._open: dict[str, _Question] = {}
        self._in_turn: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waited = 0.0
        self._waiting_since = 0.0
        self._asked = 0

    @property
    def waited_seconds(self) -> float:
        """How long people have been asked until now; two questions at once count once."""
        return self._waited + (time.monotonic() - self._waiting_since if self._asked else 0.0)

    async def ask(self, request: Request) -> bool:
        """Whether it may be done. Cancelling who waits takes the question back, when nobody else waits for it."""
        decision = self._policy.decide(request)
        if decision.verdict != "ask":
            return self._told(request, decision)
        key = request_key(request)
        if request.kind != "mcp":
            return await self._answer(key, request)
        # One after the other: an answer may hold for the calls that wait, but one to other arguments does not.
        async with self._in_turn[key]:
            return await self._answer(key, request)

    async def _answer(self, key: str, request: Request) -> bool:
        known = self._answers.get(key)
        if known is None:
            known = await self._recalled(key)
        if known is not None:
            return self._told(request, Decision("allow" if known else "deny", "an earlier answer"))
        if self._decide is None:
            return self._told(request, Decision("deny", "nobody, because nobody can be asked"))
        return await self._wait(key, request, self._decide)

    async def _wait(self, key: str, request: Request, decide: Decider) -> bool:
        question = self._open.get(key)
        if question is None:
            # It belongs to all that wait for it, and is cancelled with the last of them.
            question = self._open[key] = _Question(asyncio.create_task(self._question(key, request, decide)))
        question.waiting += 1
        try:
            return await asyncio.shield(question.task)
        finally:
            question.waiting -= 1
            if not question.waiting and not question.task.done():
                self._forget(key, question.task)
                question.task.cancel()
                await asyncio.gather(question.task, return_exceptions=True)

    async def _question(self, key: str, request: Request, decide: Decider) -> bool:
        event = self._event(request, [c for c in _CHOICES if c != "allow_project" or self._keeps(request)])
        allowed, by = False, "nobody, because the question was taken back"
        self._emit(event)
        self._start_clock()
        try:
            choice = await _decided(decide, event)
            allowed, by = choice is not None and choice.startswith("allow"), "a person" if choice else "nobody"
            if choice is not None:
                await self._remember(key, choice)
        finally:
            self._stop_clock()
            self._forget(key, asyncio.current_task())
            self._emit(PermissionAnswered(id=event.id, allowed=allowed, by=by))
        return allowed

    def _forget(self, key: str, task: asyncio.Task[Any] | None) -> None:
        """Whoever asks from now on asks anew."""
        if key in self._open and self._open[key].task is task:
            del self._open[key]

    def _keeps(self, request: Request) -> bool:
        return self._remembered is not None and request.kind not in _NOT_FOR_THE_PROJECT

    def _start_clock(self) -> None:
        if not self._asked:
            self._waiting_since = time.monotonic()
        self._asked += 1

    def _stop_clock(self) -> None:
        self._asked -= 1
        if not self._asked:
            self._waited += time.monotonic() - self._waiting_since

    async def _remember(self, key: str, choice: Choice) -> None:
        if choice.endswith("_once"):
            return
        allowed = choice.startswith("allow")
        self._answers[key] = allowed
        if choice == "allow_project" and self._remembered is not None:
            try:
                await self._remembered.add(key, allowed=allowed)
            except AgentError as error:
                self._emit(Notice(text=f"The answer holds for this session only: {error}", level="warning"))

    async def _recalled(self, key: str) -> bool | None:
        if self._remembered is None:
            return None
        try:
            return await self._remembered.get(key)
        except AgentError as error:
            logger.warning("earlier answers cannot be read: %s", error)
            return None

    def _told(self, request: Request, decision: Decision) -> bool:
        """Tell what was decided without asking; that the tests of a trusted project run needs no words."""
        allowed = decision.verdict == "allow"
        if decision.by != "trusted project":
            event = self._event(request, [])
            self._emit(event)
            self._emit(PermissionAnswered(id=event.id, allowed=allowed, by=decision.by))
        return allowed

    def _event(self, request: Request, choices: list[Choice]) -> PermissionRequested:
        return PermissionRequested(
            id=uuid.uuid4().hex, kind=request.kind, title=request.title, detail=request.detail, choices=choices
        )


async def _decided(decide: Decider, event: PermissionRequested) -> Choice | None:
    """What a person chose; None when there is no answer, or none that was offered."""
    task = asyncio.current_task()
    try:
        choice = await decide(event)
    except asyncio.CancelledError:
        if task is not None and task.cancelling():
            raise
        return None  # the front end is gone, not we
    except Exception:  # the border to the front end: what fails there is no yes
        logger.exception("asking failed")
        return None
    return choice if choice in event.choices else None
