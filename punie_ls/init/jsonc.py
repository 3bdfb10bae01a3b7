"""JSON as editors read it, with comments and trailing commas, and where in the text each value stands.

Offsets are into the text, in code points. It changes nothing; `jsonc_edits` does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from punie_ls.init.exceptions import Broken

MAX_DEPTH = 200

_SPACE = re.compile(r"[ \t\r\n]+|//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x08\x0a-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)")


@dataclass(frozen=True)
class Node:
    """A value, and where it stands: `text[start:end]`. `members` only for objects, in the order of the text."""

    start: int
    end: int
    value: Any
    members: tuple[Member, ...] | None = None

    def member(self, key: str) -> Member | None:
        """The member with this key; of several the last, which is the one that counts."""
        return next((m for m in reversed(self.members or ()) if m.key == key), None)


@dataclass(frozen=True)
class Member:
    """A member of an object. `start` is where its key begins, `comma` where the comma after it stands, if any."""

    key: str
    start: int
    node: Node
    comma: int | None


def parse(text: str) -> Node | None:
    """The value of a text; None when there is nothing but space and comments. Raises Broken, with the line."""
    parser = _Parser(text)
    parser.skip()
    if parser.at == len(text):
        return None
    node = parser.value(0)
    parser.skip()
    if parser.at != len(text):
        raise parser.error("there is something after the end of the value")
    return node


def line_of(text: str, offset: int) -> int:
    """The line of an offset, from 1."""
    return text.count("\n", 0, offset) + 1


class _Parser:
    """One pass over a text; `at` is where it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, reason: str) -> Broken:
        """An error at this place."""
        return Broken(reason, line_of(self.text, self.at))

    def skip(self) -> None:
        """Go past space and comments."""
        while found := _SPACE.match(self.text, self.at):
            self.at = found.end()
        if self.text.startswith("/*", self.at):
            raise self.error("a comment is not closed")

    def value(self, depth: int) -> Node:
        """The value that begins here."""
        if depth > MAX_DEPTH:
            raise self.error(f"it is nested more than {MAX_DEPTH} deep")
        match self.text[self.at : self.at + 1]:
            case "{":
                return self._object(depth)
            case "[":
                return self._array(depth)
            case '"':
                return self._string()
        found = _SCALAR.match(self.text, self.at)
        if found is None:
            raise self.error(f"a value is expected, not {self._seen()}")
        self.at = found.end()
        return Node(found.start(), found.end(), json.loads(found[0]))

    def _object(self, depth: int) -> Node:
        start = self.at
        members: list[Member] = []
        self.at += 1
        self.skip()
        while not self._closes("}", start):
            if self.text[self.at] != '"':
                raise self.error(f"a name in double quotes is expected, not {self._seen()}")
            key = self._string()
            self.skip()
            if not self.text.startswith(":", self.at):
                raise self.error(f'a colon is expected after "{key.value}", not {self._seen()}')
            self.at += 1
            self.skip()
            node = self.value(depth + 1)
            members.append(Member(key.value, key.start, node, self._comma("}")))
        return Node(start, self.at, {m.key: m.node.value for m in members}, tuple(members))

    def _array(self, depth: int) -> Node:
        start = self.at
        values: list[Any] = []
        self.at += 1
        self.skip()
        while not self._closes("]", start):
            values.append(self.value(depth + 1).value)
            self._comma("]")
        return Node(start, self.at, values)

    def _string(self) -> Node:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise self.error("a string is not closed on its line")
        try:
            value = json.loads(found[0], strict=False)
        except ValueError as error:
            raise self.error("a string has a backslash that means nothing") from error
        self.at = found.end()
        return Node(found.start(), found.end(), value)

    def _comma(self, closing: str) -> int | None:
        """Where the comma after a value stands; None when the object or array ends here without one."""
        self.skip()
        here = self.text[self.at : self.at + 1]
        if here == ",":
            comma = self.at
            self.at += 1
            self.skip()
            return comma
        if here and here != closing:
            raise self.error(f"a comma or {closing} is expected, not {self._seen()}")
        return None

    def _closes(self, closing: str, start: int) -> bool:
        if self.at >= len(self.text):
            raise Broken(f"{self.text[start]} is not closed", line_of(self.text, start))
        if self.text[self.at] != closing:
            return False
        self.at += 1
        return True

    def _seen(self) -> str:
        """What stands here, for a message."""
        word = re.match(r"\w{1,20}|.", self.text[self.at : self.at + 20])
        return f"`{word[0]}`" if word else "the end of the file"
