"""Where the turns of `ask` and `chat` come from: an agent of our own, or a server that runs already."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Json = dict[str, Any]
Hunks = Mapping[str, Collection[int]]


class AskError(Exception):
    """It cannot be asked; the message says why. `status` is the exit status: 1 now, 2 never so."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class NotApplied(Exception):
    """The edits were not written; the message says why."""


@dataclass(frozen=True)
class Written:
    """Edits that were written; `transaction` is their name in the history, empty when they are not in it."""

    transaction: str = ""


@dataclass(frozen=True)
class SessionLine:
    """A session, as a list shows it; `updated` is in seconds since 1970."""

    id: str
    title: str
    updated: float
    turns: int
    state: str = "idle"


class TurnSource(Protocol):
    """One conversation at a time, about one project.

    Attributes:
        session: its id; empty before `open`.
        model: who answers; empty before `open`.
        picks_hunks: whether a part of the edits can be accepted.
    """

    session: str
    model: str
    picks_hunks: bool

    async def open(self, which: str) -> Sequence[str]:
        """Begin: "new", "last", or a session by the beginning of its id. Gives what the user should know.

        Raises AskError.
        """
        ...

    def turn(self, prompt: str) -> AsyncGenerator[Json]:
        """One turn, as events in JSON without secrets. The last one is `done`, in any case. Raises AskError."""
        ...

    async def cancel(self) -> None:
        """Stop the turn that runs."""
        ...

    async def accept(self, title: str, hunks: Hunks | None = None) -> Written:
        """Write the last turn's edits, or these hunks of their files. Raises NotApplied."""
        ...

    async def reject(self) -> None:
        """The last turn's edits are not wanted."""
        ...

    async def sessions(self) -> Sequence[SessionLine]:
        """The sessions of the project, newest first. Raises AskError."""
        ...

    async def models(self) -> Sequence[str]:
        """What `select_model` takes. Raises AskError."""
        ...

    async def select_model(self, spec: str) -> None:
        """Another model answers from now on. Raises AskError; then all stays as it was."""
        ...

    async def close(self) -> None:
        """End all that was begun."""
        ...
