"""The model that answers a session, with all that goes with it."""

from __future__ import annotations

from collections.abc import Callable
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
    """

    model: Model[Any]
    name: str
    settings: ModelSettings
    tool_style: Style = "code"
    context_length: int | None = None
    single_turn: bool = False
    adapter: str = ""
    by_session: Callable[[str], ModelChoice] | None = None

    def of(self, session: str) -> ModelChoice:
        """The model that answers a session."""
        return self if self.by_session is None else self.by_session(session)
