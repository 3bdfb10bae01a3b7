"""The editor's open documents: places to ask at, and edits, in the session's position encoding."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

from punie_semantic.wire.positions import Encoding, TextLines, apply_change
from tests.differential.player import Step, notify

Json = dict[str, Any]

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_KEYWORDS = {"import", "from", "def", "class", "return", "if", "else", "for", "in", "and", "or", "not", "None", "is"}
# A line that each server has something to say of.
_LINES = (
    "value_{n}: int = '😀é'",
    "import zipfile",
    "print(undefined_{n}.名前, '👩\u200d👩\u200d👧')",
    "def added_{n}(a: int, b: str = 'x') -> str:\n    return a",
    "class Added{n}:\n    def method(self) -> 'Added{n}': ...\n\n\nAdded{n}().method().method(1)",
    "#\x0c a form feed",
    "",
)


class Document:
    """One document and its text as the editor has it."""

    def __init__(self, path: Path, encoding: Encoding, choose: random.Random) -> None:
        self.uri = path.as_uri()
        self.text = path.read_bytes().decode()
        self.identifier = {"textDocument": {"uri": self.uri}}
        self._encoding = encoding
        self._choose = choose
        self._version = 0

    def open(self, language: str = "python") -> Step:
        self._version = 1
        item = {"uri": self.uri, "languageId": language, "version": 1, "text": self.text}
        return notify("textDocument/didOpen", {"textDocument": item})

    def close(self) -> Step:
        return notify("textDocument/didClose", self.identifier)

    def save(self) -> Step:
        return notify("textDocument/didSave", {**self.identifier, "text": self.text})

    # Places.

    def position(self, offset: int) -> Json:
        return TextLines(self.text).position(offset, self._encoding)

    def at(self, needle: str, into: int = 0) -> Json:
        """`position` params at the first `needle`."""
        return {**self.identifier, "position": self.position(self.text.index(needle) + into)}

    def identifiers(self, count: int) -> list[Json]:
        """Positions in names, at their start, middle or end."""
        found = [match for match in _IDENTIFIER.finditer(self.text) if match[0] not in _KEYWORDS]
        chosen = self._choose.choices(found, k=count) if found else []
        return [self.position(self._choose.randint(match.start(), match.end())) for match in chosen]

    def odd_places(self, count: int) -> list[Json]:
        """Positions anywhere: inside of characters, behind lines and behind the text."""
        lines = TextLines(self.text)
        places: list[Json] = [
            {"line": 0, "character": 0},
            {"line": len(lines) - 1, "character": 0},
            {"line": len(lines), "character": 0},
            {"line": len(lines) + 1000, "character": 7},
            {"line": self._choose.randrange(len(lines)), "character": 5000},
            self.position(len(self.text)),
        ]
        wide = [offset for offset, character in enumerate(self.text) if not character.isascii()]
        for offset in self._choose.choices(wide, k=4) if wide else []:
            place = self.position(offset)
            places += [place, {**place, "character": place["character"] + 1}]
        places += [self.position(self._choose.randint(0, len(self.text))) for _ in range(4)]
        return self._choose.sample(places, count)

    def has(self, place: Json) -> bool:
        """Whether there is such a line."""
        return place["line"] < len(TextLines(self.text))

    def a_range(self) -> Json:
        """A range of some lines."""
        first, second = sorted(self._choose.randint(0, len(self.text)) for _ in range(2))
        return {"start": self.position(first), "end": self.position(second)}

    def line_range(self, line: int) -> Json:
        return {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}

    def whole(self) -> Json:
        return {"start": {"line": 0, "character": 0}, "end": self.position(len(self.text))}

    # Edits.

    def edit(self) -> Step:
        """One `didChange` of one to three changes."""
        return self.change(*(self._some_change for _ in range(self._choose.randint(1, 3))))

    def replace(self, text: str) -> Step:
        """A `didChange` of the whole text."""
        return self.change(lambda: {"text": text})

    def change(self, *makers: Any) -> Step:
        changes = []
        for make in makers:
            change = make()
            self.text = apply_change(self.text, change, self._encoding)
            changes.append(change)
        self._version += 1
        identifier = {"uri": self.uri, "version": self._version}
        return notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})

    def _some_change(self) -> Json:
        kind = self._choose.choice(("line", "line", "rename", "delete", "break"))
        found = list(_IDENTIFIER.finditer(self.text))
        if kind == "rename" and found:
            match = self._choose.choice(found)
            return self._replacement(match.start(), match.end(), self._choose.choice(("renamed", "größe", match[0])))
        if kind == "delete" and self.text:
            start = self._choose.randrange(len(self.text))
            return self._replacement(start, min(len(self.text), start + self._choose.randint(1, 40)), "")
        if kind == "break":
            offset = self._choose.randint(0, len(self.text))
            return self._replacement(offset, offset, self._choose.choice(("(", "😀", "\r", "e\u0301", "]", "\r\n")))
        line = self._choose.randrange(len(TextLines(self.text)))
        start = TextLines(self.text).start(line)
        new = self._choose.choice(_LINES).format(n=self._choose.randrange(1000))
        return self._replacement(start, start, new + "\n")

    def _replacement(self, start: int, end: int, text: str) -> Json:
        start, end = self._valid(start), self._valid(end)
        return {"range": {"start": self.position(start), "end": self.position(end)}, "text": text}

    def _valid(self, offset: int) -> int:
        """An offset that LSP has a position for: none is inside of a CRLF."""
        return offset - (self.text[max(0, offset - 1) : offset + 1] == "\r\n")
