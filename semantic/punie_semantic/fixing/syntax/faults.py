"""What CPython itself says about a text: its first syntax error, with its place as an offset."""

from __future__ import annotations

import re
import threading
import warnings
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")
_LOCK = threading.Lock()  # The filters of warnings belong to the whole process.


@dataclass(frozen=True)
class Fault:
    """The first thing that the compiler refuses. `line` is 0-based; `start` and `end` are offsets of the text."""

    message: str
    line: int
    start: int
    end: int


def first_fault(text: str) -> Fault | None:
    """The first syntax error of a text, those of the compiler (`return` outside of a function) included."""
    try:
        with _LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<text>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _placed(text, error)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Fault(str(error), 0, 0, 0)
    return None


def parses(text: str) -> bool:
    """Whether nothing in a text is refused."""
    return first_fault(text) is None


def _placed(text: str, error: SyntaxError) -> Fault:
    line = max((error.lineno or 1) - 1, 0)
    start = _offset(text, line, (error.offset or 1) - 1)
    end_line = (error.end_lineno or 0) - 1
    end = _offset(text, end_line, (error.end_offset or 1) - 1) if end_line >= line and error.end_offset else start
    return Fault(error.msg, line, start, max(start, end))


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for count, end in enumerate(_LINE_END.finditer(text)):
        if count == line:
            return min(at + max(column, 0), end.start())
        at = end.end()
    return min(at + max(column, 0), len(text))
