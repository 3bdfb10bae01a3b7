"""What the tiny base has read: copying of unknown names, two requests for each of some tools, and a few plain answers.

Its phrasings are its own; those of the shipped templates, and above all the held-out ones, must not stand here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from punie_agent.models.small_prompt import chat, fenced
from tiny_base import names

Chat = dict[str, list[dict[str, str]]]

_SLOTS: dict[str, Callable[[random.Random], str]] = {
    "path": names.path,
    "place": names.place,
    "folder": names.folder,
    "symbol": names.symbol,
    "class": names.klass,
    "function": names.function,
    "rule": names.rule,
    "number": names.number,
    "phrase": names.phrase,
    "word": names.word,
    "names": names.several,
    "some": names.some_words,
}
_SLOT = re.compile(r"\{(\w+?)(\d?)\}")

# Two requests beside the program that answers both; a slot stands for the same name in all of them.
_TOOLS: tuple[tuple[tuple[str, str], str], ...] = (
    (("use typecheck for {place}", "{place} needs its types checked"), 'typecheck("{place}")'),
    (("use typecheck for all", "all needs its types checked"), "typecheck()"),
    (
        ("count errors by typecheck for {place}", "{place} needs its type errors counted"),
        'typecheck("{place}").error_count',
    ),
    (
        ("messages by typecheck for {place}", "{place} needs type messages"),
        '[e.message for e in typecheck("{place}").errors]',
    ),
    (("use ruff_check for {place}", "{place} needs linting"), 'ruff_check("{place}")'),
    (("use ruff_check for all", "all needs linting"), "ruff_check()"),
    (
        ("fixable by ruff_check for {place}", "{place} needs fixable lint"),
        '[v for v in ruff_check("{place}").violations if v.fixable]',
    ),
    (("use pytest_run for {place}", "{place} needs its tests run"), 'pytest_run("{place}")'),
    (("use pytest_run for all", "all needs its tests run"), "pytest_run()"),
    (("failures by pytest_run for all", "get failing tests"), "[f.test_id for f in pytest_run().failures]"),
    (("use read_file for {path}", "get the text in {path}"), 'read_file("{path}").text'),
    (
        ("{number} lines by read_file for {path}", "get {number} first lines in {path}"),
        'read_file("{path}", 1, {number}).text',
    ),
    (("use list_files for *.{word}", "get files named *.{word}"), 'list_files("*.{word}").files'),
    (("count by list_files for *.{word}", "get how many files *.{word}"), 'list_files("*.{word}").total'),
    (("use search_text for `{phrase}`", "get lines with `{phrase}`"), 'search_text("{phrase}")'),
    (
        ("files by search_text for `{phrase}`", "get files with `{phrase}`"),
        'sorted({m.file for m in search_text("{phrase}").matches})',
    ),
    (("use document_symbols for {path}", "get symbols from {path}"), 'document_symbols("{path}")'),
    (
        ("classes by document_symbols for {path}", "get classes from {path}"),
        '[s.name for s in document_symbols("{path}").symbols if s.kind == "class"]',
    ),
    (("use find_references for {symbol}", "get references for {symbol}"), 'find_references(symbol="{symbol}")'),
    (
        ("count by find_references for {symbol}", "get how many references for {symbol}"),
        'find_references(symbol="{symbol}").total',
    ),
    (("use goto_definition for {symbol}", "get the definition for {symbol}"), 'goto_definition(symbol="{symbol}")'),
    (
        ("file by goto_definition for {symbol}", "get the defining file for {symbol}"),
        'goto_definition(symbol="{symbol}").locations[0].file',
    ),
    (("use hover for {symbol}", "get documentation for {symbol}"), 'hover(symbol="{symbol}")'),
    (("type by hover for {symbol}", "get the type for {symbol}"), 'hover(symbol="{symbol}").type'),
    (("use call_hierarchy for {function}", "get callers for {function}"), 'call_hierarchy(symbol="{function}")'),
    (("use explain_rule for {rule}", "get the meaning for {rule}"), 'explain_rule("{rule}")'),
    (("use git_status", "get the state from git"), "git_status()"),
    (("use git_diff", "get changes from git"), "git_diff().diff"),
    (("use git_diff for {path}", "get changes for {path} from git"), 'git_diff("{path}").diff'),
    (("use git_log", "get commits from git"), "git_log().commits"),
    (("use git_log for {path}", "get commits for {path} from git"), 'git_log("{path}").commits'),
)

# Copying: the words around the names change, the names go into the program as they are.
_COPIES: tuple[tuple[str, str], ...] = (
    ("repeat {names}", 'print("{names}")'),
    ("repeat {names}", "{names}"),
    ("{some} {path} {some1}", 'print("{path}")'),
    ("{some} {symbol} {some1}", 'print("{symbol}")'),
    ("{symbol}: {some}", 'print("{symbol}")'),
    ("{path}: {some}", 'print("{path}")'),
    ("{some} `{phrase}` {some1}", 'print("{phrase}")'),
    ("{some} {folder} {some1}", 'print("{folder}")'),
    ("{some} {number} {some1} {path}", 'print("{path}", {number})'),
    ("{path}:{number}:{number1} {some}", 'print("{path}", {number}, {number1})'),
    ("{some} {path}::{function}", 'print("{path}::{function}")'),
    ("{function} of {symbol} {some}", '{function}("{symbol}")'),
    ("put {symbol} into {path}", 'put("{path}", "{symbol}")'),
    ("{some} {class} {some1} {function}", 'print("{class}", "{function}")'),
)

# Words in answer to words.
_PLAIN: tuple[tuple[str, str], ...] = (
    ("good day", "Good day."),
    ("say who you are", "I write programs that call tools."),
    ("say what {word} is", "{word} is a name."),
    ("say what {function} means", "{function} is the name of a function."),
    ("is {class} a class?", "Yes, {class} is a class."),
    ("say what Python is", "Python is a language for programs."),
)


def conversations(count: int, *, seed: int) -> list[Chat]:
    """Make `count` chats in the form of mlx-lm's datasets; equal seeds give equal chats."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    return [
        {"messages": [*chat(query), {"role": "assistant", "content": answer}]} for query, answer in _pairs(count, draw)
    ]


def phrasings() -> set[str]:
    """Every request of the corpus with its slots unfilled, so that tests can compare them with those of templates."""
    queries = [query for pair, _ in _TOOLS for query in pair] + [query for query, _ in (*_COPIES, *_PLAIN)]
    return {_SLOT.sub("{}", query).lower() for query in queries}


def _pairs(count: int, draw: random.Random) -> list[tuple[str, str]]:
    return [_pair(draw) for _ in range(count)]


def _pair(draw: random.Random) -> tuple[str, str]:
    kind = draw.random()
    if kind < 0.33:
        query, program = draw.choice(_COPIES)
        return _filled(query, fenced(program), draw)
    if kind < 0.88:
        queries, program = draw.choice(_TOOLS)
        return _filled(_dressed(draw.choice(queries), draw), fenced(program), draw)
    return _filled(*draw.choice(_PLAIN), draw)


def _dressed(query: str, draw: random.Random) -> str:
    """With other words before or behind, which change nothing."""
    before, after = draw.choice(("", "", "{some8} ")), draw.choice(("", "", " {some9}"))
    return f"{before}{query}{after}"


def _filled(query: str, answer: str, draw: random.Random) -> tuple[str, str]:
    """Both texts with the same names in their slots; sometimes the request begins with a capital or ends in a stop."""
    made: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        if found[0] not in made:
            made[found[0]] = _SLOTS[found[1]](draw)
        return made[found[0]]

    query = _SLOT.sub(name, query)
    if draw.random() < 0.5:
        query = query[0].upper() + query[1:] if query.split(" ", 1)[0].islower() else query
        query += draw.choice(("", "", ".")) if query[-1] not in "?." else ""
    return query, _SLOT.sub(name, answer)
