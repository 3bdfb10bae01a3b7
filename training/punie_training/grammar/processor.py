"""A logits processor for mlx that lets a model write nothing but what the grammar allows, on any backend.

llguidance's own kernel needs Metal, so the mask is filled by numpy. Must not know servers or tasks.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from punie_training.exceptions import ServingError
from punie_training.grammar.matching import compiled

if TYPE_CHECKING:
    import mlx.core as mx
    from llguidance import LLMatcher, LLTokenizer

logger = logging.getLogger(__name__)


class ModelGrammar:
    """A grammar for one model's tokenizer; made once, and followed by each generation on its own."""

    def __init__(self, tokenizer: LLTokenizer, grammar: str) -> None:
        """Compile it. `grammar` is Lark."""
        from llguidance import LLMatcher

        self._start = LLMatcher(tokenizer, compiled(grammar), log_level=0)
        self._size = tokenizer.vocab_size

    def processor(self) -> GrammarProcessor:
        """For one generation."""
        return GrammarProcessor(self._start.deep_copy(), self._size)


class GrammarProcessor:
    """One generation's way through the grammar, as mlx-lm calls its `logits_processors`.

    It is called with all tokens so far, the prompt first. With a draft model tokens are taken back; the way through
    the grammar is then taken back too.

    Attributes:
        seconds: what the masks took so far.
        steps: how many masks there were.
    """

    def __init__(self, matcher: LLMatcher, size: int) -> None:
        """Start at the beginning of an answer. `size` is of the tokenizer's vocabulary."""
        from llguidance.numpy import allocate_token_bitmask

        self.seconds = 0.0
        self.steps = 0
        self._matcher = matcher
        self._mask = allocate_token_bitmask(1, size)
        self._prompt: int | None = None
        self._taken: list[int] = []
        self._lost = False

    def __call__(self, tokens: mx.array, logits: mx.array) -> mx.array:
        """Logits of shape (1, vocabulary), with minus infinity where the grammar allows no token."""
        import mlx.core as mx
        import numpy as np
        from llguidance.numpy import fill_next_token_bitmask

        if self._prompt is None:
            self._prompt = len(tokens)
        written: Any = tokens[self._prompt :].tolist()
        started = time.perf_counter()
        self._follow(written)
        if self._lost:
            return logits
        fill_next_token_bitmask(self._matcher, self._mask, 0)
        size = logits.shape[-1]
        allowed = np.unpackbits(self._mask.view(np.uint8), bitorder="little")[:size].astype(bool)
        # A model's vocabulary is often padded beyond its tokenizer's.
        allowed = np.pad(allowed, (0, size - allowed.size))
        self.seconds += time.perf_counter() - started
        self.steps += 1
        return mx.where(mx.array(allowed)[None], logits, mx.array(-float("inf"), logits.dtype))

    def _follow(self, written: list[int]) -> None:
        """Bring the matcher to where the text is."""
        same = _common(self._taken, written)
        if same < len(self._taken):
            self._matcher.rollback(len(self._taken) - same)
            del self._taken[same:]
        for token in written[same:]:
            if self._matcher.is_stopped():
                return
            if not self._matcher.consume_token(token):
                self._give_up(token)
                return
            self._taken.append(token)

    def _give_up(self, token: int) -> None:
        if not self._lost:
            logger.warning(
                "token %d is outside the grammar (%s): going on without it", token, self._matcher.get_error()
            )
        self._lost = True


def grammar_tokenizer(tokenizer: Any, size: int | None = None) -> LLTokenizer:  # noqa: ANN401 - mlx-lm's wrapper
    """llguidance's view of a model's tokenizer, an mlx-lm TokenizerWrapper; made once for each model.

    Args:
        tokenizer: as `mlx_lm.load` gives it.
        size: of the vocabulary, where the tokenizer does not say it.

    Raises:
        ServingError: it is no fast tokenizer.
    """
    from llguidance.hf import from_tokenizer

    inner = getattr(tokenizer, "_tokenizer", tokenizer)
    ends = sorted(getattr(tokenizer, "eos_token_ids", None) or [inner.eos_token_id])
    try:
        return from_tokenizer(inner, n_vocab=size, eos_token=ends)
    except (ValueError, TypeError) as error:
        raise ServingError(f"The grammar cannot be used with this model's tokenizer: {error}") from error


def _common(left: list[int], right: list[int]) -> int:
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))
