"""Reading and editing text. Edits go to the overlay, never to disk."""

from __future__ import annotations

import asyncio

from punie_semantic.exceptions import EditError, PositionError
from punie_semantic.layout import take_form
from punie_semantic.near_lines import nearest
from punie_semantic.paths import relative
from punie_semantic.results import EditResult, FileText
from punie_semantic.sources import with_line_ending
from punie_semantic.text_edits import split_lines
from punie_semantic.workspace import Workspace
from punie_semantic.writing import put

MAX_LINES_TOLD = 10


async def read_file(workspace: Workspace, path: str, start_line: int = 1, line_count: int = 2000) -> FileText:
    """Read a file of the workspace, with this turn's edits in it.

    Example: `read_file("src/app.py").text`
    """
    file = workspace.overlay.resolve(path)
    lines = split_lines(workspace.overlay.text(file))
    if not 1 <= start_line <= len(lines) + 1 or line_count < 0:
        raise PositionError(
            f"{path} has {len(lines)} lines; {line_count} lines from line {start_line} on are not in it. "
            "Lines count from 1."
        )
    first = start_line - 1
    return FileText(
        file=relative(workspace.root, file),
        text="".join(lines[first : first + line_count]),
        start_line=first + 1,
        total_lines=len(lines),
    )


async def edit_file(workspace: Workspace, path: str, old: str, new: str, replace_all: bool = False) -> EditResult:
    """Replace `old` by `new` in a file. `old` must match exactly once, or pass replace_all; any line ends match.

    Example: `edit_file("src/app.py", "retries = 3", "retries = 5").diff`
    """
    file = workspace.overlay.resolve(path)
    if not old:
        raise EditError("The text to replace is empty. Pass text of the file, or use write_file for a whole file.")
    before = workspace.overlay.text(file)
    text, wanted = with_line_ending(before, "\n"), with_line_ending(old, "\n")
    count = text.count(wanted)
    if not count:
        hint = await asyncio.to_thread(nearest, text, wanted)
        raise EditError(f"The text to replace was not found in {path}. {hint or 'Read the file and pass its text.'}")
    if count > 1 and not replace_all:
        raise EditError(
            f"The text to replace matches {count} times in {path}, in lines {_lines(text, wanted)}. "
            "Add surrounding lines until it matches once, or pass replace_all=True."
        )
    return await put(workspace, file, take_form(before, text.replace(wanted, with_line_ending(new, "\n"))))


def _lines(text: str, wanted: str) -> str:
    """The 1-based lines in which a text begins."""
    numbers: list[str] = []
    line, at = 1, 0
    while (found := text.find(wanted, at)) >= 0 and len(numbers) < MAX_LINES_TOLD:
        line += text.count("\n", at, found)
        numbers.append(str(line))
        line += wanted.count("\n")
        at = found + len(wanted)
    return ", ".join(numbers) + (" and more" if found >= 0 else "")
