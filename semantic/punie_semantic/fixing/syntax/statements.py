"""A broken file's tokens as statements: where a bracket is not closed, the next statement is found all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from punie_semantic.fixing.syntax.tokens import CLOSERS, OPENERS, Token

_NEVER_INSIDE = frozenset(
    (
        "def", "class", "return", "import", "with", "try", "raise", "pass", "break", "continue", "del", "global",
        "nonlocal", "assert", "while", "except", "finally", "elif", "from", "@",
    )
)  # fmt: skip
_HEADERS = frozenset(
    (
        "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async", "match",
        "case",
    )
)  # fmt: skip
_CONTINUE = frozenset(
    ("else", "elif", "except", "finally")
)  # fmt: skip


@dataclass
class Statement:
    """One logical line, as far as it can be told.

    Attributes:
        tokens: its tokens without comments and line ends; never empty.
        indent: the white space before it.
        opened: brackets that it does not close.
        odd_closers: brackets that close nothing, or not what is open.
        number: its place among the statements.
    """

    tokens: list[Token]
    indent: str
    number: int
    opened: list[Token] = field(default_factory=list)
    odd_closers: list[Token] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where its first token starts."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.tokens[-1].end

    @property
    def line(self) -> int:
        """The 0-based line of its first token."""
        return self.tokens[0].line

    @property
    def last_line(self) -> int:
        """The 0-based line in which it ends."""
        last = self.tokens[-1]
        return last.line + last.text.count("\n")

    @property
    def word(self) -> str:
        """Its first token."""
        return self.tokens[0].text

    @property
    def is_header(self) -> bool:
        """Whether it looks like the head of a block: it begins as one does, or it ends with a colon."""
        return self.word in _HEADERS and (self.word not in ("match", "case") or self.tokens[-1].text == ":")

    @property
    def opens_block(self) -> bool:
        """Whether a block has to follow."""
        return self.tokens[-1].text == ":" and not self.opened

    @property
    def continues(self) -> bool:
        """Whether it belongs to a statement before it, as `else` does."""
        return self.word in _CONTINUE

    @property
    def width(self) -> int:
        """How far it is indented, a tab as eight."""
        return width(self.indent)


def width(indent: str) -> int:
    """How far a white space indents, a tab reaching to the next multiple of eight, as Python counts."""
    column = 0
    for character in indent:
        column = 0 if character == "\f" else column + 8 - column % 8 if character == "\t" else column + 1
    return column


def statements(text: str, tokens: Sequence[Token]) -> list[Statement]:
    """The statements of a text, in order."""
    found: list[Statement] = []
    current: Statement | None = None
    fresh_line = True
    margin = 0
    for index, token in enumerate(tokens):
        if token.kind == "comment":
            continue
        if token.kind == "newline":
            fresh_line, margin = True, token.end
            if current is not None and not current.opened:
                current = None
            continue
        if current is None or (fresh_line and _starts_anew(text[margin : token.start], current, tokens, index)):
            current = Statement([], _white(text[margin : token.start]), len(found))
            found.append(current)
        fresh_line = False
        current.tokens.append(token)
        _count(current, token)
    return found


def _count(statement: Statement, token: Token) -> None:
    if token.kind != "op":
        return
    if token.text in OPENERS:
        statement.opened.append(token)
    elif token.text in CLOSERS:
        if statement.opened and statement.opened[-1].text == CLOSERS[token.text]:
            statement.opened.pop()
            return
        statement.odd_closers.append(token)
        # A wrong closer stands for the right one, or the right one is missing before it.
        if any(opener.text == CLOSERS[token.text] for opener in statement.opened):
            while statement.opened.pop().text != CLOSERS[token.text]:
                pass
        elif statement.opened:
            statement.opened.pop()


def _starts_anew(before: str, current: Statement, tokens: Sequence[Token], index: int) -> bool:
    """Whether a line that an open bracket reaches begins a statement nevertheless."""
    token = tokens[index]
    indent = width(_white(before))
    if token.text in CLOSERS or (token.kind == "string" and indent > current.width):
        return False
    if token.text in _NEVER_INSIDE and token.kind in ("name", "op"):
        return token.text != "from" or current.tokens[-1].text != "yield"
    if token.text in ("if", "for", "else", "async"):
        last = next((t for t in _line(tokens, index)[::-1] if t.kind != "comment"), token)
        return last.text == ":"
    if indent < current.width:
        return True
    return indent == current.width and (token.kind == "name" and token.text not in ("and", "or", "in", "not", "is"))


def _line(tokens: Sequence[Token], index: int) -> list[Token]:
    found: list[Token] = []
    for token in tokens[index:]:
        if token.kind == "newline":
            break
        found.append(token)
    return found


def _white(before: str) -> str:
    """The white space at the start of what stands before a line's first token."""
    return before[: len(before) - len(before.lstrip(" \t\f"))]
