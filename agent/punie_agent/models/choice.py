"""The model that answers a session, with all that goes with it."""

from __future__ import annotations

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
    """

    model: Model[Any]
    name: str
    settings: ModelSettings
    tool_style: Style = "code"
    context_length: int | None = None
