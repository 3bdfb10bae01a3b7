"""How good an example is by its form: a sum of plain questions, each with its weight. Knows nothing of models."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from punie_training.curating.tool_calls import parse, tool_calls
from punie_training.dataset import Example

MOST_QUERY = 600
MOST_ANSWER = 4000
LEAST_WORDS = 3
VERIFIED = frozenset({"executed", "accepted", "stated"})

_WORD = re.compile(r"[^\W\d_]+")
_REPEATED = re.compile(r"(.{2,40}?)\1{4,}", re.DOTALL)
_LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|XXX|lorem ipsum)\b|\{\{.*?\}\}|<(?:query|name|path|symbol)>", re.IGNORECASE)


@dataclass(frozen=True)
class Quality:
    """A score from 0 to 1, and the names of the questions that were answered with no."""

    score: float
    failed: tuple[str, ...]


def quality_of(example: Example) -> Quality:
    """Ask all of `QUESTIONS`."""
    failed = tuple(name for name, (_, holds) in QUESTIONS.items() if not holds(example))
    lost = sum(QUESTIONS[name][0] for name in failed)
    return Quality(round(max(1.0 - lost, 0.0), 4), failed)


def _query_says_something(example: Example) -> bool:
    return len(_WORD.findall(example.query)) >= 2


def _query_has_a_length(example: Example) -> bool:
    return len(example.query.strip()) <= MOST_QUERY


def _query_is_words(example: Example) -> bool:
    text = "".join(example.query.split())
    return bool(text) and sum(c.isalpha() for c in text) >= len(text) / 2


def _answer_is_whole(example: Example) -> bool:
    answer = example.answer.rstrip()
    return len(answer) <= MOST_ANSWER and answer.count("```") % 2 == 0


def _answer_is_sound(example: Example) -> bool:
    """A program that parses and calls tools there are, or some words."""
    if example.program is None:
        return len(_WORD.findall(example.answer)) >= LEAST_WORDS
    try:
        return not tool_calls(example.program).unknown
    except SyntaxError:
        return False


def _answer_does_something(example: Example) -> bool:
    """A program that calls a tool, or words that are more than the query again."""
    if example.program is None:
        return example.answer.strip().casefold() != example.query.strip().casefold()
    try:
        return bool(tool_calls(example.program).tools)
    except SyntaxError:
        return False


def _program_gives_something(example: Example) -> bool:
    """It prints, or its last line is an expression or a name that it keeps its result in."""
    if example.program is None:
        return True
    try:
        body = parse(example.program).body
    except SyntaxError:
        return False
    prints = any(isinstance(n, ast.Name) and n.id == "print" for statement in body for n in ast.walk(statement))
    return prints or (bool(body) and not isinstance(body[-1], ast.Import | ast.ImportFrom | ast.Pass))


def _nothing_is_repeated(example: Example) -> bool:
    return not any(_REPEATED.search(text[:MOST_ANSWER]) for text in (example.query, example.answer))


def _nothing_is_left_over(example: Example) -> bool:
    return not _LEFT_OVER.search(example.query)


def _is_verified(example: Example) -> bool:
    return example.provenance.outcome in VERIFIED


# The weights sum to 1. docs/datasets-curating.md says the same to users.
QUESTIONS: dict[str, tuple[float, Callable[[Example], bool]]] = {
    "query says something": (0.1, _query_says_something),
    "query has a sensible length": (0.05, _query_has_a_length),
    "query is mostly words": (0.1, _query_is_words),
    "answer is whole": (0.1, _answer_is_whole),
    "answer is sound": (0.25, _answer_is_sound),
    "answer does something": (0.1, _answer_does_something),
    "program gives something": (0.05, _program_gives_something),
    "nothing is repeated": (0.1, _nothing_is_repeated),
    "nothing is left over": (0.05, _nothing_is_left_over),
    "verified": (0.1, _is_verified),
}
