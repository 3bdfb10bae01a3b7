"""Tokens of real modules taken away or changed, by a seed: how often the first repair restores the text."""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.syntax.faults import first_fault
from punie_semantic.fixing.syntax.repair import repairs
from punie_semantic.fixing.syntax.tokens import Token, tokenize

MODULES = ("bisect", "cmd", "colorsys", "fnmatch", "getopt", "glob", "heapq", "netrc", "numbers", "pkgutil", "queue")
STDLIB = Path(sysconfig.get_paths()["stdlib"])
CASES = 12
Mutation = Callable[[str, Token], str]


def without(text: str, token: Token) -> str:
    return text[: token.start] + text[token.end :]


def doubled(text: str, token: Token) -> str:
    return text[: token.end] + token.text + text[token.end :]


def misspelt(text: str, token: Token) -> str:
    word = token.text
    return text[: token.start] + word[0] + word[2] + word[1] + word[3:] + text[token.end :]


def unquoted(text: str, token: Token) -> str:
    return text[: token.end - 1] + text[token.end :]


def at_the_margin(text: str, token: Token) -> str:
    return text[: text.rfind("\n", 0, token.start) + 1] + text[token.start :]


def a_space_more(text: str, token: Token) -> str:
    start = text.rfind("\n", 0, token.start) + 1
    return text[:start] + " " + text[start:]


def ops(signs: str) -> Callable[[Token, Token | None], bool]:
    return lambda token, before: token.kind == "op" and token.text in signs


def keywords(token: Token, before: Token | None) -> bool:
    return token.text in ("return", "else", "import", "class", "while", "from", "raise", "elif", "except")


def strings(token: Token, before: Token | None) -> bool:
    return token.kind == "string" and re.fullmatch(r"[rb]?([\"'])(?!\1)[^\n]*", token.text) is not None


def starts(token: Token, before: Token | None) -> bool:
    return token.kind not in ("newline", "comment") and before is not None and before.kind == "newline"


def mutants(choose: Callable[[Token, Token | None], bool], mutate: Mutation) -> Iterator[tuple[str, str]]:
    chance = random.Random(7)
    texts = [(STDLIB / f"{name}.py").read_text("utf-8") for name in MODULES]
    chosen = []
    for text in texts:
        tokens = tokenize(text)
        pairs = zip([None, *tokens], tokens, strict=False)
        chosen += [(text, token) for before, token in pairs if choose(token, before)]
    chance.shuffle(chosen)
    found = 0
    for text, token in chosen:
        broken = mutate(text, token)
        if found < CASES and first_fault(broken) is not None:
            found += 1
            yield text, broken


@pytest.mark.parametrize(
    ("choose", "mutate", "first", "five"),
    [
        pytest.param(ops(":"), without, 0.6, 0.75, id="colon"),
        pytest.param(ops(")"), without, 0.75, 0.9, id="closing parenthesis"),
        pytest.param(ops("]"), without, 0.7, 0.85, id="closing bracket"),
        pytest.param(ops(")]}"), doubled, 0.75, 0.75, id="surplus closer"),
        pytest.param(ops(","), without, 0.6, 0.75, id="comma"),
        pytest.param(ops(","), doubled, 0.9, 0.9, id="surplus comma"),
        pytest.param(ops("="), without, 0.7, 0.8, id="equals"),
        pytest.param(keywords, misspelt, 0.8, 0.9, id="misspelt keyword"),
        pytest.param(strings, unquoted, 0.5, 0.7, id="quote"),
        pytest.param(starts, at_the_margin, 0.6, 0.7, id="lost indentation"),
        pytest.param(starts, a_space_more, 0.6, 0.8, id="a space too many"),
    ],
)  # fmt: skip
def test_floors(choose: Callable[[Token, Token | None], bool], mutate: Mutation, first: float, five: float) -> None:
    ranks = []
    for text, broken in mutants(choose, mutate):
        fault = first_fault(broken)
        assert fault is not None
        texts = [applied(broken, repair.edits) for repair in repairs(broken, fault.start)]
        ranks.append(texts.index(text) if text in texts else 99)

    assert len(ranks) == CASES
    assert sum(rank == 0 for rank in ranks) >= first * CASES, ranks
    assert sum(rank < 5 for rank in ranks) >= five * CASES, ranks
