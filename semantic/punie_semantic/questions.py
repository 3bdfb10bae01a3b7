"""What people are asked, in words. Nothing is hidden in it: characters that cannot be seen, or that turn the reading
direction, are shown as escapes.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Sequence

from punie_semantic.overlay import FileChange

MAX_DIFF = 20_000
# Letters or marks by their category, and still nothing to see.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_BLANK_RANGES = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(text: str, *, keep: str = "") -> str:
    """The text with escapes for all that is invisible or turns the reading direction, but for characters of `keep`."""
    return "".join(c if c in keep or not _is_hidden(c) else _escape(c) for c in text)


def command_line(argv: Sequence[str]) -> str:
    """The arguments as a shell would take them, in one line; `$'...'` where there is something to escape."""
    return " ".join(_word(argument, first=not number) for number, argument in enumerate(argv))


def command_detail(argv: Sequence[str], folder: str, notes: Sequence[str]) -> str:
    """A command and its folder, and what else there is to know."""
    return "\n".join([command_line(argv), f"in {shown(folder)}", *notes])


def detail_of_tests(selection: Sequence[str], notes: Sequence[str], changes: Sequence[FileChange]) -> str:
    """What runs with the tests: the project's code, with this turn's edits in it."""
    lines = [
        "Running tests executes the project's code, in a copy of the project.",
        command_line(["pytest", *selection]),
    ]
    lines += notes
    if changes:
        lines += ["These edits run too:", diff_of(changes)]
    return "\n".join(lines)


def diff_of(changes: Sequence[FileChange]) -> str:
    """The diffs of edits; what is too long is cut, and said to be."""
    text = shown("".join(change.diff for change in changes), keep="\n\t")
    if len(text) <= MAX_DIFF:
        return text
    names = ", ".join(shown(change.file) for change in changes)
    return f"{text[:MAX_DIFF]}\n[cut: {len(text) - MAX_DIFF} more characters; the files are {names}]"


def _word(argument: str, *, first: bool) -> str:
    hidden = [_is_hidden(c) or (first and not c.isascii()) for c in argument]
    if not any(hidden):
        return shlex.quote(argument)
    parts = (_escape(c) if bad else f"\\{c}" if c in "\\'" else c for c, bad in zip(argument, hidden, strict=True))
    return f"$'{''.join(parts)}'"


def _is_hidden(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if unicodedata.category(character) in _HIDDEN or character in _BLANK:
        return True
    if unicodedata.category(character) == "Zs":
        return True
    return any(first <= ord(character) <= last for first, last in _BLANK_RANGES)


def _escape(character: str) -> str:
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    number = ord(character)
    if character in known:
        return known[character]
    return f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
