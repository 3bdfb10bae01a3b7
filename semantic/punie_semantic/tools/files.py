"""Reading, searching and editing text. Edits go to the overlay, never to disk."""

from __future__ import annotations

import asyncio
import re

from punie_semantic.exceptions import EditError, SourceError
from punie_semantic.paths import inside, relative
from punie_semantic.results import EditResult, FileText, SearchResult, TextMatch
from punie_semantic.sources import line_ending, with_line_ending
from punie_semantic.text_edits import split_lines, unified_diff
from punie_semantic.workspace import Workspace

MAX_LINE = 400


async def read_file(workspace: Workspace, path: str, start_line: int = 1, line_count: int = 2000) -> FileText:
    """Read a file of the workspace, with this turn's edits in it.

    Example: `read_file("src/app.py").text`
    """
    file = workspace.overlay.resolve(path)
    lines = split_lines(workspace.overlay.text(file))
    first = max(start_line, 1) - 1
    return FileText(
        file=relative(workspace.root, file),
        text="".join(lines[first : first + line_count]),
        start_line=first + 1,
        total_lines=len(lines),
    )


async def edit_file(workspace: Workspace, path: str, old: str, new: str) -> EditResult:
    """Replace `old` by `new` in a file. `old` must match exactly once; add surrounding lines until it does.

    Example: `edit_file("src/app.py", "retries = 3", "retries = 5").diff`
    """
    file = workspace.overlay.resolve(path)
    text = workspace.overlay.text(file)
    ending = line_ending(text)
    old, new = with_line_ending(old, ending), with_line_ending(new, ending)
    count = text.count(old) if old else 0
    if count != 1:
        problem = "is empty" if not old else "was not found" if not count else f"matches {count} times"
        raise EditError(f"The text to replace {problem} in {path}. Read the file and pass text that matches once.")
    return _write(workspace, path, text.replace(old, new))


def _write(workspace: Workspace, path: str, text: str) -> EditResult:
    file = workspace.overlay.resolve(path)
    before = workspace.overlay.text(file)
    workspace.overlay.write(file, text)
    name = relative(workspace.root, file)
    return EditResult(file=name, changed=text != before, diff=unified_diff(before, text, name))


async def search_text(
    workspace: Workspace, pattern: str, path: str = ".", regex: bool = False, limit: int = 200
) -> SearchResult:
    """Search the workspace's Python files line by line, with this turn's edits in view.

    Example: `search_text("TODO").matches[0].line`
    """
    try:
        expression = re.compile(pattern if regex else re.escape(pattern))
    except re.error as error:
        raise EditError(f"{pattern!r} is no regular expression: {error}. Pass regex=False for plain text.") from error
    return await asyncio.to_thread(_search, workspace, expression, path, limit)


def _search(workspace: Workspace, expression: re.Pattern[str], path: str, limit: int) -> SearchResult:
    below = inside(workspace.root, path)
    matches: list[TextMatch] = []
    for file in workspace.files.paths:
        if file != below and not file.is_relative_to(below):
            continue
        try:
            lines = split_lines(workspace.overlay.text(file))
        except SourceError:
            continue
        for number, line in enumerate(lines, start=1):
            if found := expression.search(line.rstrip("\r\n")):
                if len(matches) >= limit:
                    return SearchResult(matches=matches, truncated=True)
                text = line.strip()[:MAX_LINE]
                name = relative(workspace.root, file)
                matches.append(TextMatch(file=name, line=number, column=found.start() + 1, text=text))
    return SearchResult(matches=matches, truncated=False)
