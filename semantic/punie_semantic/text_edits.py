"""From two versions of a text to the edits between them: whole lines, or the smallest LSP edits in utf-32."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from punie_semantic.wire.positions import TextLines

_KEEP_ENDS = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(frozen=True)
class LineEdit:
    """Replace lines `start` to `end` (0-based, `end` excluded) of the old text by `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


def split_lines(text: str) -> list[str]:
    """Lines with their ends; only `\\n`, `\\r\\n` and `\\r` end a line."""
    return _KEEP_ENDS.findall(text)


def line_edits(before: str, after: str) -> list[LineEdit]:
    """The differing line ranges, in order. Equal texts give none."""
    old, new = split_lines(before), split_lines(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = difflib.SequenceMatcher(None, middle_old, middle_new, autojunk=len(middle_old) > 2000)
    return [
        LineEdit(head + i1, head + i2, tuple(middle_new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def lsp_edits(before: str, after: str) -> list[dict[str, Any]]:
    """The same as LSP `TextEdit`s with utf-32 positions against `before`, each as small as it can be."""
    lines = TextLines(before)
    edits = []
    for edit in line_edits(before, after):
        start, end = lines.start(edit.start), lines.start(edit.end)
        new = "".join(edit.lines)
        head, tail = _common_ends(before[start:end], new)
        span = {
            "start": lines.position(start + head, "utf-32"),
            "end": lines.position(end - tail, "utf-32"),
        }
        edits.append({"range": span, "newText": new[head : len(new) - tail]})
    return edits


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts share at their start and end, never parting a carriage return from its \\n."""
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    if head and old[head - 1] == "\r":
        head -= 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if tail and old[-tail] == "\n":
        tail -= 1
    return head, tail


def moved_line(edits: list[LineEdit], line: int) -> int | None:
    """Where a 0-based line of the old text is in the new one; None when the line itself was edited."""
    shift = 0
    for edit in edits:
        if line < edit.start:
            break
        if line < edit.end:
            return None
        shift += len(edit.lines) - (edit.end - edit.start)
    return line + shift


def unified_diff(before: str, after: str, name: str, *, kind: str = "edit", old_name: str = "") -> str:
    """A unified diff that git can apply; carriage returns stay visible as they are.

    Args:
        before: the old text.
        after: the new one.
        name: the file, as the diff names it.
        kind: `create`, `delete` and `rename` give git's headers for it.
        old_name: where a renamed file was.
    """
    old = f"a/{old_name or name}" if kind != "create" else "/dev/null"
    new = f"b/{name}" if kind != "delete" else "/dev/null"
    diff = difflib.unified_diff(split_lines(before), split_lines(after), old, new, n=2)
    body = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff)
    match kind:
        case "create":
            return f"diff --git a/{name} b/{name}\nnew file mode 100644\n{body}"
        case "delete":
            return f"diff --git a/{name} b/{name}\ndeleted file mode 100644\n{body}"
        case "rename":
            return f"diff --git a/{old_name} b/{name}\nrename from {old_name}\nrename to {name}\n{body}"
        case _:
            return body
