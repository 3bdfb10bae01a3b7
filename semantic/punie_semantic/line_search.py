"""Lines that match a pattern. Standard library only: it also runs as a program of its own, which can be ended.

Python's `re` cannot be interrupted and holds the GIL, so a regular expression from outside never runs in our process.
As a program it reads JSON lines: first `{"pattern", "flags"}`, then one `{"text"}` for each file, and answers each.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

MAX_MEMORY = 1 << 30
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def matching_lines(text: str, expression: re.Pattern[str], limit: int) -> list[tuple[int, int]]:
    """0-based numbers of the matching lines, each with the column of its first match."""
    found = []
    for number, line in enumerate(_LINES.findall(text)):
        if match := expression.search(line.rstrip("\r\n")):
            found.append((number, match.start()))
            if len(found) >= limit:
                break
    return found


def main() -> None:
    """Serve one search."""
    _limit_memory()
    first = json.loads(sys.stdin.buffer.readline())
    try:
        expression = re.compile(first["pattern"], first["flags"])
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        _write({"error": str(error) or type(error).__name__})
        return
    _write({})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _write(_guarded(lambda r=request: matching_lines(r["text"], expression, r["limit"])))


def _guarded(search: Callable[[], list[tuple[int, int]]]) -> dict[str, object]:
    try:
        return {"found": search()}
    except (MemoryError, RecursionError) as error:
        return {"error": type(error).__name__}


def _write(answer: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


if __name__ == "__main__":
    main()
