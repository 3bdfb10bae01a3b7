"""What stands in the slots of phrases: symbols, files, places, names. All of it is data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from punie_agent.planner.names import looks_like_file, named_symbol, placed
from punie_agent.planner.phrases import SlotReader
from punie_agent.planner.recipe import Slots
from punie_agent.planner.words import Word

Ways = Iterator[tuple[int, Slots, int]]

ARTICLES = frozenset({"the", "a", "an", "my", "our"})
THIS = frozenset({"this", "that", "it", "these", "here"})
SYMBOL_KINDS = {
    **{kind: kind for kind in ("class", "function", "method", "variable", "constant", "property", "field")},
    **{"attribute": "field", "symbol": "", "name": "", "definition": "", "type": "", "func": "function"},
    **{"functions": "function", "classes": "class", "methods": "method", "symbols": "", "protocol": "class"},
}
FILE_KINDS = frozenset({"file", "module", "script", "document"})
FOLDER_KINDS = frozenset({"folder", "directory", "dir", "package", "path"})
EVERYTHING = frozenset({"everything", "project", "workspace", "repo", "repository", "codebase", "files", "code", "."})
_WORDS = """
all any and are as at be by can code do does each every everything find first for from get go how i if in into is
like list me more new no not of on one or out over selection show some tests test than them there they to under up
use used using was we what when where which who why will with you your
"""
_NO_NAMES = ARTICLES | THIS | frozenset(SYMBOL_KINDS) | FILE_KINDS | FOLDER_KINDS | frozenset(_WORDS.split())
_UNQUOTED = re.compile(r"[^\s\"'`()\[\]{}<>|&;,]+(?:\(\))?")
_RULE = re.compile(r"[A-Z]{1,10}\d{2,5}|[a-z]+(?:-[a-z]+)+", re.I)
_TEST_ID = re.compile(r".+\.py::.+")
_TEST_NAME = re.compile(r"test_\w+|Test\w+(?:\.test_\w+)?")
_TEST_FILE = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test)\.py|(?:.*/)?tests?/?")
_FROM = re.compile(r"from ([\w.]+) import (\w+)(?: as (\w+))?")
_IMPORT = re.compile(r"import ([\w.]+)(?: as (\w+))?")
_CODE_LIKE = re.compile(r".*[._(]|[A-Z]|.*[a-z][A-Z]|.*:\d")


def _skip(words: Sequence[Word], at: int, keys: frozenset[str]) -> int:
    return at + 1 if at < len(words) and words[at].key in keys else at


def _key(words: Sequence[Word], at: int) -> str:
    return words[at].key if at < len(words) else ""


def _plain(words: Sequence[Word], at: int) -> str:
    """The word's text when it can be a name of something; empty otherwise."""
    if at >= len(words):
        return ""
    word = words[at]
    if word.quoted:
        return word.text
    # `Path` and `List` are names, "path" and "list" are words.
    is_word = word.key in _NO_NAMES and (word.text == word.key or word.text.isupper() or not at)
    return word.text if not is_word and _UNQUOTED.fullmatch(word.text) else ""


def read_symbol(words: Sequence[Word], at: int) -> Ways:
    """A symbol with its kind before or behind it, and the file that it is in."""
    if _key(words, at) in THIS:
        yield at + 1, {"this": True}, 1
        if _key(words, at + 1) in SYMBOL_KINDS:
            yield at + 2, {"this": True}, 1
        return
    start = _skip(words, at, ARTICLES)
    kind = _key(words, start) in SYMBOL_KINDS
    if kind and start > at:
        yield start + 1, {"this": True}, 0
    for name_at in {start, start + 1} if kind else {start}:
        text = _plain(words, name_at)
        slots = named_symbol(text) if text else None
        if slots is None:
            continue
        yield from _with_file(words, name_at + 1, slots)
        if _key(words, name_at + 1) in SYMBOL_KINDS:
            yield from _with_file(words, name_at + 2, slots)


def _with_file(words: Sequence[Word], at: int, slots: Slots) -> Ways:
    yield at, slots, 0
    if "path" not in slots and _key(words, at) in ("in", "of", "from", "inside"):
        for after, where, special in read_path(words, at + 1):
            if "path" in where or "this_file" in where:
                yield after, {**slots, **where}, special


def read_codelike(words: Sequence[Word], at: int) -> Ways:
    """A symbol that can be nothing else: quoted, or written as only code is."""
    if _key(words, at) in ("a", "an"):
        return
    for after, slots, special in read_symbol(words, at):
        name = words[after - 1]
        if "this" in slots or name.quoted or _CODE_LIKE.match(name.text):
            yield after, slots, special


def read_path(words: Sequence[Word], at: int) -> Ways:
    """A file or folder, or all of the project."""
    yield from read_file(words, at)
    if _key(words, at) in THIS:
        yield at + 1, {"this_file": True}, 0
    start = at
    while _key(words, start) in ARTICLES | {"all", "whole", "entire", "this"}:
        start += 1
    if _key(words, start) in EVERYTHING and not (start == at and _key(words, start) == "code"):
        yield start + 1, {"everything": True}, 1
        return
    start = _skip(words, _skip(words, at, ARTICLES), FOLDER_KINDS)
    is_tests = _key(words, start) == "tests" and (start == at or _key(words, start + 1) in FOLDER_KINDS)
    text = "tests" if is_tests else _plain(words, start)
    if text and not looks_like_file(text) and not placed(text):
        yield start + 1, {"path": text}, 0
        if _key(words, start + 1) in FOLDER_KINDS:
            yield start + 2, {"path": text}, 1


def read_file(words: Sequence[Word], at: int) -> Ways:
    """A file by its name, or the one that is open."""
    if _key(words, at) in ARTICLES | THIS and _key(words, at + 1) in FILE_KINDS:
        yield at + 2, {"this_file": True}, 2
    start = _skip(words, _skip(words, at, ARTICLES), FILE_KINDS)
    text = _plain(words, start)
    if text and (looks_like_file(text) or (words[start].quoted and start > at)):
        yield start + 1, {"path": text}, 2
        if _key(words, start + 1) in FILE_KINDS:
            yield start + 2, {"path": text}, 3


def read_place(words: Sequence[Word], at: int) -> Ways:
    """A place or a range of lines in a file, or what is selected."""
    if _key(words, at) in THIS or (_key(words, at) == "the" and _key(words, at + 1) in ("selection", "selected")):
        after = at + (1 if _key(words, at) in THIS else 2)
        yield after, {"this": True}, 2
        if _key(words, after) in ("expression", "code", "block", "line", "lines", "selection", "problem", "error"):
            yield after + 1, {"this": True}, 2
        return
    if at < len(words) and (slots := placed(words[at].text)):
        yield at + 1, slots, 3
    for after, lines in _lines(words, at):
        if _key(words, after) in ("of", "in", "from"):
            for end, where, _ in read_file(words, after + 1):
                yield end, {**where, **lines}, 3
    for after, where, _ in read_file(words, at):
        for end, lines in _lines(words, _skip(words, after, frozenset({"at", "in"}))):
            yield end, {**where, **lines}, 3


def _lines(words: Sequence[Word], at: int) -> Iterator[tuple[int, Slots]]:
    if _key(words, at) not in ("line", "lines"):
        return
    first, dash, last = _key(words, at + 1).partition("-")
    if dash and first.isdecimal() and last.isdecimal():
        yield at + 2, {"line": int(first), "end_line": int(last)}
    elif first.isdecimal():
        between, end = _key(words, at + 2), _key(words, at + 3)
        if between in ("to", "-", "until", "till", "through", "and") and end.isdecimal():
            yield at + 4, {"line": int(first), "end_line": int(end)}
        yield at + 2, {"line": int(first), "end_line": int(first)}


def read_module(words: Sequence[Word], at: int) -> Ways:
    """A module, dotted or as a file."""
    for after, slots, special in read_file(words, at):
        yield after, {"module": slots["path"]} if "path" in slots else slots, special
    start = _skip(words, _skip(words, at, ARTICLES), FILE_KINDS | FOLDER_KINDS)
    if (text := _plain(words, start)) and re.fullmatch(r"[\w.]+", text) and not looks_like_file(text):
        yield start + 1, {"module": text}, 0
        if _key(words, start + 1) in FILE_KINDS | FOLDER_KINDS:
            yield start + 2, {"module": text}, 1


def _renamed(kind: str, name: str, special: int) -> SlotReader:
    """A reader whose slot gets another name."""

    def read(words: Sequence[Word], at: int) -> Ways:
        for after, slots, narrow in READERS[kind](words, at):
            yield after, {name if key == kind else key: value for key, value in slots.items()}, narrow + special

    return read


def read_new_name(words: Sequence[Word], at: int) -> Ways:
    """The name that something gets; whether it is one is decided later."""
    if (text := _plain(words, at)) or (at < len(words) and (text := words[at].text)):
        yield at + 1, {"new_name": text.removesuffix("()")}, 0


def read_name(words: Sequence[Word], at: int) -> Ways:
    """A name for something new."""
    if (text := _plain(words, at)) and text.isidentifier():
        yield at + 1, {"name": text}, 0


def read_new_path(words: Sequence[Word], at: int) -> Ways:
    """Where a file goes: a file, a folder with a slash, or a dotted module."""
    start = _skip(words, _skip(words, at, ARTICLES), FILE_KINDS | FOLDER_KINDS)
    if (text := _plain(words, start)) and (looks_like_file(text) or "/" in text or words[start].quoted or start > at):
        yield start + 1, {"new_path": text}, 1


def read_text(words: Sequence[Word], at: int) -> Ways:
    """A quoted text, or one word."""
    if at < len(words) and words[at].quoted:
        yield at + 1, {"text": words[at].text}, 2
    elif text := _plain(words, at):
        yield at + 1, {"text": text}, 0


def read_quoted(words: Sequence[Word], at: int) -> Ways:
    """A quoted text."""
    if at < len(words) and words[at].quoted:
        yield at + 1, {"text": words[at].text}, 2


def read_code(words: Sequence[Word], at: int) -> Ways:
    """A rule's code or name."""
    if at < len(words) and _RULE.fullmatch(words[at].text) and words[at].key not in _NO_NAMES:
        yield at + 1, {"code": words[at].text}, 3


def read_test(words: Sequence[Word], at: int) -> Ways:
    """A test by its id or its name."""
    start = _skip(words, _skip(words, at, ARTICLES), frozenset({"test", "tests"}))
    text = words[start].text if start < len(words) else ""
    if _TEST_ID.fullmatch(text) or _TEST_NAME.fullmatch(text):
        yield start + 1, {"test": text}, 3
        if _key(words, start + 1) == "test":
            yield start + 2, {"test": text}, 3


def read_tests(words: Sequence[Word], at: int) -> Ways:
    """Tests to run: a file or folder of tests, or a test's id."""
    text = words[at].text if at < len(words) else ""
    if _TEST_ID.fullmatch(text) or (_TEST_FILE.fullmatch(text) and ("/" in text or text.endswith(".py"))):
        yield at + 1, {"path": text}, 3
    elif _TEST_NAME.fullmatch(text):
        yield at + 1, {"keyword": text.replace(".", " and ")}, 3


def read_keyword(words: Sequence[Word], at: int) -> Ways:
    """What pytest's -k gets, in one word."""
    if text := _plain(words, at):
        yield at + 1, {"keyword": text}, int(text.startswith("test"))


def read_number(words: Sequence[Word], at: int) -> Ways:
    """A number of things."""
    if _key(words, at).isdecimal():
        yield at + 1, {"limit": max(1, min(int(_key(words, at)), 1000))}, 1


def read_glob(words: Sequence[Word], at: int) -> Ways:
    """A pattern of file names, or one file's name."""
    if at >= len(words):
        return
    text = words[at].text
    if ("*" in text and "." in text) or looks_like_file(text):
        yield at + 1, {"glob": text}, 3 if "*" in text else 1


def read_import(words: Sequence[Word], at: int) -> Ways:
    """An import statement in quotes."""
    text = words[at].text if at < len(words) else ""
    if match := _FROM.fullmatch(text):
        names = {"module": match[1], "name": match[2]}
        yield at + 1, {**names, "alias": match[3]} if match[3] else names, 3
    elif match := _IMPORT.fullmatch(text):
        yield at + 1, {"module": match[1], "alias": match[2]} if match[2] else {"module": match[1]}, 3


def read_kind(words: Sequence[Word], at: int) -> Ways:
    """The kind of a symbol."""
    kind = SYMBOL_KINDS.get(_key(words, at))
    if kind is not None:
        yield at + 1, {"kind": kind} if kind else {}, 1


def says(**slots: Any) -> SlotReader:  # noqa: ANN401 - slots
    """A slot that no word stands for: the phrase itself says it."""

    def read(words: Sequence[Word], at: int) -> Ways:
        yield at, dict(slots), 1

    return read


READERS: dict[str, SlotReader] = {
    "last_failed": says(last_failed=True),
    "affected": says(affected=True),
    "python": says(glob="*.py, *.pyi"),
    "unresolved": says(code="unresolved-reference"),
    "types": says(kind="types"),
    "lint": says(kind="lint"),
    "symbol": read_symbol,
    "codelike": read_codelike,
    "path": read_path,
    "file": read_file,
    "place": read_place,
    "module": read_module,
    "module_path": _renamed("module", "path", 1),
    "module_new_path": _renamed("module", "new_path", 1),
    "new_name": read_new_name,
    "name": read_name,
    "new_path": read_new_path,
    "text": read_text,
    "quoted": read_quoted,
    "code": read_code,
    "test": read_test,
    "tests": read_tests,
    "keyword": read_keyword,
    "number": read_number,
    "glob": read_glob,
    "import": read_import,
    "kind": read_kind,
}
