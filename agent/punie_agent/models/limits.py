"""What a user may say about a model's answers: sampling, deadlines and bounds. Their values win over all defaults."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelNotUsable


class ModelOptions(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The table `[tool.punie.model-options]`.

    Attributes:
        temperature: how freely tokens are drawn; 0 takes the likeliest.
        top_p: nucleus sampling.
        max_tokens: of one answer.
        stop: texts that end an answer.
        seed: makes sampling repeatable where the server can.
        context_length: of the model, where the server does not say.
        first_token_seconds: how long the first piece of an answer may take; a model may have to load first.
        between_tokens_seconds: how long each next piece may take.
        max_answer_bytes: where an answer without end is stopped.
        short_prompt: whether the model was trained for Punie, and gets the short prompt of its training.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    seed: int | None = None
    context_length: int | None = None
    first_token_seconds: float = 120.0
    between_tokens_seconds: float = 60.0
    max_answer_bytes: int = 1_000_000
    short_prompt: bool = False

    def over(self, defaults: ModelSettings) -> ModelSettings:
        """The defaults with the user's values over them."""
        settings = ModelSettings(**defaults)
        if self.temperature is not None:
            settings["temperature"] = self.temperature
        if self.top_p is not None:
            settings["top_p"] = self.top_p
        if self.max_tokens is not None:
            settings["max_tokens"] = self.max_tokens
        if self.stop is not None:
            settings["stop_sequences"] = list(self.stop)
        if self.seed is not None:
            settings["seed"] = self.seed
        return settings


def read_options(table: Mapping[str, object]) -> ModelOptions:
    """The options of a settings table. Raises ModelNotUsable with what is wrong."""
    try:
        return msgspec.convert({key.replace("_", "-"): value for key, value in table.items()}, ModelOptions)
    except msgspec.ValidationError as error:
        raise ModelNotUsable(f"The setting model-options is wrong: {error}.") from error
