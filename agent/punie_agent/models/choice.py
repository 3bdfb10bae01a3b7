"""The model that answers a session, with all that goes with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

Style = Literal["code", "json"]


@dataclass(frozen=True)
class ModelChoice:
    """A model that is ready to be asked.

    Attributes:
        model: for pydantic-ai; its failures are `ModelError`s, each one sentence.
        name: for people and for usage records, for example `qwen3-coder at 127.0.0.1:1234`.
        settings: sampling; to be passed with every request.
        tool_style: whether it writes programs or calls tools one by one.
        context_length: the most tokens that a request may have; None when nobody says.
        single_turn: whether it was trained for Punie, and answers a turn with one program; see `trained`.
        adapter: its name in the registry of adapters, where outcomes are counted; empty for any other model.
        by_session: gives the model for a session, where not all sessions get the same one.
        is_current: whether its setting means this model still; None where that cannot change.
    """

    model: Model[Any]
    name: str
    settings: ModelSettings
    tool_style: Style = "code"
    context_length: int | None = None
    single_turn: bool = False
    adapter: str = ""
    by_session: Callable[[str], ModelChoice] | None = None
    is_current: Callable[[], Awaitable[bool]] | None = None

    def of(self, session: str) -> ModelChoice:
        """The model that answers a session."""
        return self if self.by_session is None else self.by_session(session)

    async def is_outdated(self) -> bool:
        """Whether its setting means another model by now."""
        return self.is_current is not None and not await self.is_current()
