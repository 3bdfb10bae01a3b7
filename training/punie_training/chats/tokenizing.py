"""A model's tokenizer as mlx-lm will use it, opened from its folder alone and never from a hub."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from punie_training.chats.families import read_config
from punie_training.exceptions import BaseModelError, MissingExtra

Messages = Sequence[dict[str, str]]

# With these mlx-lm asks the template to let the model think, in training and in its server alike.
_THINKING = (("<think>", "</think>"), ("<longcat_think>", "</longcat_think>"), ("<|think:start|>", "<|think:end|>"))


@dataclass(frozen=True)
class ChatTokenizer:
    """A tokenizer and what its model's folder says about it.

    Attributes:
        folder: the model's.
        inner: the tokenizer of transformers.
        config: the model's config.json.
    """

    folder: Path
    inner: Any
    config: dict[str, Any]

    @property
    def has_template(self) -> bool:
        """Whether it can render chats at all."""
        return bool(self.inner.chat_template)

    def text(self, messages: Messages, *, prompt: bool = False) -> str:
        """A chat as text; as a prompt, it ends where the assistant begins. Raises what the template raises."""
        return self.inner.apply_chat_template(
            list(messages), tokenize=False, add_generation_prompt=prompt, enable_thinking=self.thinks
        )

    def ids(self, messages: Messages, *, prompt: bool = False) -> list[int]:
        """A chat as tokens, as mlx-lm makes them for training and for serving."""
        return self.encode(self.text(messages, prompt=prompt))

    def encode(self, text: str) -> list[int]:
        """Tokens of a text; nothing is put before or after it."""
        return list(self.inner.encode(text, add_special_tokens=False))

    def token_at_start(self, text: str) -> str | None:
        """The token that a text begins with and that never merges with what stands before it; None without one."""
        # A space before it would be a token of its own, and is not where generation stops.
        return next((token for token in self._whole_tokens if text.startswith(token)), None)

    def id_of(self, token: str) -> int | None:
        """The token's number when it is a single token."""
        ids = self.encode(token)
        return ids[0] if len(ids) == 1 else None

    @cached_property
    def thinks(self) -> bool:
        """Whether the vocabulary has tokens around thoughts."""
        vocabulary = self.inner.get_vocab()
        return any(a in vocabulary and b in vocabulary for a, b in _THINKING)

    @cached_property
    def end_ids(self) -> frozenset[int]:
        """The tokens at which mlx-lm stops: the tokenizer's, and those of generation_config.json or config.json."""
        generation = _read_object(self.folder / "generation_config.json")
        named = generation.get("eos_token_id") or self.config.get("eos_token_id") or []
        ids = {named} if isinstance(named, int) else set(named)
        own = self.inner.eos_token_id
        return frozenset(ids if own is None else ids | {own})

    @property
    def rows(self) -> int:
        """How many tokens the model's embedding has, 0 where its config does not say."""
        inner = self.config.get("text_config")
        size = self.config.get("vocab_size") or (inner.get("vocab_size") if isinstance(inner, dict) else 0)
        return int(size or 0)

    @cached_property
    def _whole_tokens(self) -> list[str]:
        added = {str(token) for token in self.inner.get_added_vocab()} | set(self.inner.all_special_tokens)
        return sorted(added, key=len, reverse=True)


def open_tokenizer(folder: Path) -> ChatTokenizer:
    """Open a model's tokenizer.

    Raises:
        BaseModelError: the folder is no model's, or has no tokenizer that can be read.
        MissingExtra: transformers is not installed.
    """
    config = read_config(folder)
    # It would say that there is no PyTorch, which nobody needs for a tokenizer.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingExtra("transformers") from error
    try:
        inner = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        line = re.sub(r"\s+", " ", str(error)).strip()[:300] or type(error).__name__
        raise BaseModelError(f"The tokenizer of {folder} cannot be read: {line}") from error
    return ChatTokenizer(folder, inner, config)


def _read_object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
