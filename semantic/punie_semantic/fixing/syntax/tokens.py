"""Python's tokens, read from any text: nothing is refused, and every character has its place."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

TokenKind = Literal["name", "number", "string", "op", "comment", "newline", "odd"]

OPENERS = {"(": ")", "[": "]", "{": "}"}
CLOSERS = {closer: opener for opener, closer in OPENERS.items()}
_PREFIX = r"(?i:[rbuft]{0,2})"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\f\ufeff]+|\\\r?\n)
  | (?P<newline>\r\n|\n|\r)
  | (?P<comment>\#[^\r\n]*)
  | (?P<triple>{_PREFIX}(?P<mark>\"\"\"|'''))
  | (?P<string>{_PREFIX}(?:"(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*(?P<closed1>")?
      |'(?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*(?P<closed2>')?))
  | (?P<number>(?:0[xXoObB][\w]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJlL]?))
  | (?P<name>\w+)
  | (?P<op>\*\*=|//=|>>=|<<=|\.\.\.|->|:=|\+=|-=|\*=|/=|%=|&=|\|=|\^=|@=|==|!=|<=|>=|<>|\*\*|//|<<|>>
      |[-+*/%@&|^~<>()\[\]{{}},:.;=!])
  | (?P<odd>[\s\S])
    """,
    re.VERBOSE,
)  # fmt: skip
_TRIPLE_END = {mark: re.compile(rf"(?:[^\\]|\\[\s\S])*?{mark}") for mark in ('"""', "'''")}


class Token(NamedTuple):
    """A token. `whole` is false for a string whose end is missing; `line` is 0-based and where it starts."""

    kind: TokenKind
    text: str
    start: int
    end: int
    line: int
    whole: bool = True


def tokenize(text: str) -> list[Token]:
    """All tokens but white space, in order; comments and line ends are among them."""
    found: list[Token] = []
    at, line = 0, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:  # The last alternative takes any character.
            break
        kind, end, whole = match.lastgroup or "odd", match.end(), True
        if match["triple"] is not None:
            closed = _TRIPLE_END[match["mark"]].match(text, end)
            kind, whole, end = "string", closed is not None, closed.end() if closed else len(text)
        elif match["string"] is not None:
            kind, whole = "string", bool(match["closed1"] or match["closed2"])
        body = text[at:end]
        if kind != "space":
            found.append(Token(kind, body, at, end, line, whole))  # ty: ignore[invalid-argument-type]
        if kind in ("newline", "string", "space", "odd"):
            line += body.count("\n") + body.count("\r") - body.count("\r\n")
        at = end
    return found


def is_triple(token: Token) -> bool:
    """Whether a string has three quotes on each side."""
    return token.kind == "string" and token.text.lstrip("rRbBuUfFtT")[:3] in ('"""', "'''")


def ends_operand(token: Token) -> bool:
    """Whether an expression can end with a token: two operands side by side lack something between them."""
    if token.kind == "name":
        return token.text not in OPERATOR_WORDS
    return token.kind in ("number", "string", "odd") or token.text in CLOSERS or token.text == "..."


def starts_operand(token: Token) -> bool:
    """Whether an expression can start with a token."""
    if token.kind == "name":
        return token.text not in OPERATOR_WORDS or token.text in ("not", "lambda", "await", "yield")
    return (
        token.kind in ("number", "string") or token.text in OPENERS or token.text in ("...", "~", "-", "+", "*", "**")
    )


OPERATOR_WORDS = frozenset(
    (
        "and", "or", "not", "in", "is", "if", "else", "elif", "for", "while", "lambda", "await", "async", "yield",
        "return", "import", "from", "as", "def", "class", "with", "try", "except", "finally", "raise", "assert",
        "del", "global", "nonlocal", "pass", "break", "continue",
    )
)  # fmt: skip
