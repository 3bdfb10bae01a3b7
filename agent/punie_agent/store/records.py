"""What the store gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic_ai.messages import ModelMessage

from punie_agent.events import Choice, Event, StopReason, Usage

SessionState = Literal["idle", "running", "interrupted"]


@dataclass(frozen=True)
class SessionSummary:
    """One session, as lists show it. Times are seconds since 1970.

    Attributes:
        project: the workspace's folder.
        title: the first line of the first prompt, unless somebody gave it another.
        state: `running` when a turn runs somewhere now; `interrupted` when the last turn never came to its end.
        parent: the session that this one was forked from.
    """

    id: str
    project: str
    title: str
    model: str
    created: float
    updated: float
    turns: int
    state: SessionState
    parent: str | None = None


@dataclass(frozen=True)
class StoredTurn:
    """One turn. `ended` and `reason` are None while it runs, and for good when it was interrupted."""

    number: int
    prompt: str
    started: float
    ended: float | None
    reason: StopReason | None
    message: str
    usage: Usage | None
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class StoredSession:
    """A whole session.

    Attributes:
        messages: the history for the model, repaired: a tool call that was interrupted has a result that says so.
        problems: sentences about what could not be read.
    """

    summary: SessionSummary
    turns: list[StoredTurn]
    messages: list[ModelMessage]
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RememberedPermission:
    """An answer that holds for a whole project."""

    project: str
    rule: str
    choice: Choice
    decided: float
