"""Whether an answer keeps to the grammar, byte by byte. Must not know tokenizers of models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from punie_training.exceptions import MissingExtra, ServingError
from punie_training.grammar.lark import answers

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer


@dataclass(frozen=True)
class Refusal:
    """Where an answer leaves the grammar: what stands before that place, and behind it."""

    before: str
    after: str

    def __str__(self) -> str:
        if not self.after:
            return f"the answer ends too early, behind {self.before[-40:]!r}"
        return f"{self.after[:20]!r} cannot follow {self.before[-40:]!r}"


def refusal(answer: str, grammar: str | None = None) -> Refusal | None:
    """Where an answer leaves the grammar; None when it keeps to it.

    Args:
        answer: what a model wrote, whole.
        grammar: in Lark; that of all tools unless given.
    """
    tokenizer = _bytes()
    matcher = _start(answers() if grammar is None else grammar).deep_copy()
    text = answer.encode()
    taken = matcher.try_consume_tokens(tokenizer.tokenize_bytes(text))
    if taken == len(text) and matcher.is_accepting():
        return None
    return Refusal(text[:taken].decode(errors="ignore"), text[taken:].decode(errors="ignore"))


@lru_cache(maxsize=8)
def compiled(grammar: str) -> str:
    """A Lark grammar as llguidance takes it.

    Raises:
        MissingExtra: llguidance is not installed.
        ServingError: it is no grammar; says where.
    """
    try:
        from llguidance import LLMatcher
    except ImportError as error:
        raise MissingExtra("llguidance") from error
    made = LLMatcher.grammar_from_lark(grammar)
    if problem := LLMatcher.validate_grammar(made, _bytes()):
        raise ServingError(f"The grammar of answers is wrong: {problem}")
    return made


@lru_cache(maxsize=8)
def _start(grammar: str) -> LLMatcher:
    """At the beginning of an answer; to be copied, because making it takes longer than following an answer."""
    from llguidance import LLMatcher

    return LLMatcher(_bytes(), compiled(grammar))


@lru_cache(maxsize=1)
def _bytes() -> LLTokenizer:
    """A tokenizer whose tokens are bytes."""
    from llguidance import LLTokenizer

    return LLTokenizer("byte")
