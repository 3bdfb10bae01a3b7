"""The modules that Punie gives to programs do what the standard library's do. Here they run in Python itself."""

from __future__ import annotations

import difflib
import fnmatch
import heapq
import itertools
import operator
import random
import shlex
import statistics
import string
import textwrap
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from punie_agent.codemode.library import MODULES, loading_program, mentioned

TEXTS = (
    "",
    "one",
    "  a\n    b\n\n  c\n",
    "\tx\n\t y\n",
    "The quick brown fox jumps over the lazy dog, twice a day and averylongwordthatdoesnotfit in.",
    "é📚 日本語 text with spaces   between",
)


def ours(name: str) -> ModuleType:
    return import_module(f"punie_agent.codemode.modules.{name}")


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_wrapped_alike(text: str) -> None:
    mine = ours("textwrap")

    assert mine.dedent(text) == textwrap.dedent(text)
    assert mine.indent(text, "> ") == textwrap.indent(text, "> ")
    for width in (5, 12, 40):
        assert mine.wrap(text, width) == textwrap.wrap(text, width)
        assert mine.fill(text, width, "- ", "  ") == textwrap.fill(
            text, width, initial_indent="- ", subsequent_indent="  "
        )
    assert mine.shorten(text, 30) == textwrap.shorten(text, 30)


def pairs() -> list[tuple[list[str], list[str]]]:
    chance = random.Random(7)
    made = []
    for size in (0, 1, 5, 40, 250):
        old = [f"{chance.randrange(size + 1)}\n" for _ in range(size)]
        new = [line for line in old if chance.random() > 0.1] + ["end\n"] * (size % 2)
        made.append((old, new))
    return made


@pytest.mark.parametrize(("old", "new"), pairs())
def test_diffs_are_alike(old: list[str], new: list[str]) -> None:
    mine = ours("difflib")

    assert mine.unified_diff(old, new, "a", "b") == list(difflib.unified_diff(old, new, "a", "b"))
    assert mine.SequenceMatcher(None, old, new).get_opcodes() == difflib.SequenceMatcher(None, old, new).get_opcodes()
    assert mine.SequenceMatcher(None, old, new).ratio() == difflib.SequenceMatcher(None, old, new).ratio()


@pytest.mark.parametrize("word", ["appel", "pric", "", "zzz"])
def test_close_matches_are_alike(word: str) -> None:
    words = ["ape", "apple", "peach", "puppy", "price", "prices", "report"]

    assert ours("difflib").get_close_matches(word, words) == difflib.get_close_matches(word, words)


@pytest.mark.parametrize(
    ("name", "pattern"),
    list(
        itertools.product(
            ["a.py", "src/a.py", "test_x.PY", "", "[a]", "a]"],
            ["*.py", "?.py", "*", "[ab].py", "[!a].py", "[a-c]*", "[", ""],
        )
    ),
)
def test_names_match_alike(name: str, pattern: str) -> None:
    assert ours("fnmatch").fnmatch(name, pattern) == fnmatch.fnmatchcase(name, pattern)


@pytest.mark.parametrize("line", ["a b", "a 'b c' d", 'a "b \\" c"', "a\\ b", "''", "", " a  b "])
def test_command_lines_are_alike(line: str) -> None:
    mine = ours("shlex")

    assert mine.split(line) == shlex.split(line)
    assert mine.join(["a b", "", "it's", "x=1"]) == shlex.join(["a b", "", "it's", "x=1"])


@pytest.mark.parametrize("line", ["'open", '"', "a\\"])
def test_broken_command_lines_are_refused_alike(line: str) -> None:
    with pytest.raises(ValueError, match="No "):
        ours("shlex").split(line)


@pytest.mark.parametrize("data", [[1, 2, 3, 4], [1.5, 2.5, 2.5], [3]])
def test_statistics_are_alike(data: list[Any]) -> None:
    mine = ours("statistics")

    for name in ("mean", "fmean", "median", "mode", "pvariance", "pstdev"):
        assert getattr(mine, name)(data) == pytest.approx(getattr(statistics, name)(data))
    assert ours("heapq").nlargest(2, data) == heapq.nlargest(2, data)
    assert ours("heapq").nsmallest(2, data, key=lambda x: -x) == heapq.nsmallest(2, data, key=lambda x: -x)


def test_getters_and_constants_are_alike() -> None:
    rows = [("b", 2), ("a", 1)]
    mine = ours("operator")

    assert sorted(rows, key=mine.itemgetter(1)) == sorted(rows, key=operator.itemgetter(1))
    assert mine.itemgetter(0, 1)(rows[0]) == operator.itemgetter(0, 1)(rows[0])
    assert mine.attrgetter("real.imag", "imag")(3) == operator.attrgetter("real.imag", "imag")(3)
    for name in ("ascii_letters", "digits", "punctuation", "whitespace", "printable", "hexdigits"):
        assert sorted(getattr(ours("string"), name)) == sorted(getattr(string, name))
    assert ours("string").capwords("it is  so") == string.capwords("it is  so")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_loaded_as_a_program(name: str) -> None:
    compile(loading_program(name), name, "exec")


def test_only_modules_that_a_program_names_are_loaded() -> None:
    assert mentioned("import textwrap\nx = 'stringent'") == ["textwrap"]
