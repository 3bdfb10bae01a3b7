"""People who are asked, and what a session tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from punie_agent.events import Choice, Event, PermissionAnswered, PermissionRequested
from punie_agent.exceptions import StoreError
from punie_agent.permissions import SessionPermissions
from punie_agent.policy import Policy
from punie_semantic import settings


class Person:
    """Answers at once, or when it is told to."""

    def __init__(self, *answers: Choice, waits: bool = False) -> None:
        self.asked: list[PermissionRequested] = []
        self.taken_back = 0
        self.go = asyncio.Event()
        self._answers = list(answers)
        if not waits:
            self.go.set()

    async def __call__(self, event: PermissionRequested) -> Choice:
        self.asked.append(event)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.taken_back += 1
            raise
        return self._answers.pop(0)


class Memory:
    """Answers that hold for a project, in memory; it can be broken."""

    def __init__(self, *, broken: bool = False) -> None:
        self.answers: dict[str, bool] = {}
        self.broken = broken

    async def get(self, key: str) -> bool | None:
        if self.broken:
            raise StoreError("The store cannot be read.")
        return self.answers.get(key)

    async def add(self, key: str, *, allowed: bool) -> None:
        if self.broken:
            raise StoreError("The store cannot be written.")
        self.answers[key] = allowed


class Told(list[Event]):
    """The events of a session."""

    @property
    def answers(self) -> list[tuple[bool, str]]:
        return [(event.allowed, event.by) for event in self if isinstance(event, PermissionAnswered)]

    @property
    def questions(self) -> list[PermissionRequested]:
        return [event for event in self if isinstance(event, PermissionRequested)]


def permissions(
    person: Person | None,
    told: list[Event],
    *,
    memory: Memory | None = None,
    allow: Iterable[str] = (),
    deny: Iterable[str] = (),
) -> SessionPermissions:
    """The permissions of a session."""
    policy = Policy(settings.Policy(allow=tuple(allow), deny=tuple(deny)))
    return SessionPermissions(policy, person, told.append, remembered=memory)


async def until(condition: Iterable[object] | None, least: int = 1) -> None:
    """Wait until something has so many parts."""
    async with asyncio.timeout(20):
        while condition is None or len(list(condition)) < least:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
