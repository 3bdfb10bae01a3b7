"""The last step of every edit tool: new texts into the overlay, all or none, and what came of it as a result."""

from __future__ import annotations

import ast
import asyncio
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from punie_semantic import ruff
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.overlay import State
from punie_semantic.paths import relative
from punie_semantic.places import PYTHON_FILES
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.text_edits import unified_diff
from punie_semantic.workspace import Workspace


@contextmanager
def all_or_nothing(workspace: Workspace) -> Generator[State]:
    """Gives the present state, and goes back to it when the body raises."""
    number = workspace.overlay.checkpoint()
    try:
        yield workspace.overlay.checkpoint_state(number)
    except BaseException:
        workspace.overlay.rollback(number)
        raise


async def put(workspace: Workspace, file: Path, after: str, note: str = "") -> EditResult:
    """One file's new text; a file that does not exist is created. Raises PathError or SourceError."""
    overlay = workspace.overlay
    exists = overlay.exists(file)
    before = overlay.text(file) if exists else ""
    overlay.write(file, after)
    name = relative(workspace.root, file)
    return EditResult(
        file=name,
        changed=after != before or not exists,
        diff=unified_diff(before, after, name, kind="edit" if exists else "create"),
        syntax_error=await syntax_error(workspace, file) if after != before else "",
        note=note,
    )


async def put_all(workspace: Workspace, texts: Mapping[Path, str], note: str = "") -> EditsResult:
    """Several files' new texts, all or none. Raises PathError or SourceError."""
    with all_or_nothing(workspace) as start:
        for file, text in texts.items():
            workspace.overlay.write(file, text)
        return await changes_since(workspace, start, note)


async def changes_since(workspace: Workspace, start: State, note: str = "") -> EditsResult:
    """What a tool changed since a state, as its result."""
    edits = []
    for change in workspace.overlay.changes(start):
        error = "" if change.kind == "delete" else await syntax_error(workspace, change.path)
        edits.append(EditResult(file=change.file, changed=True, diff=change.diff, syntax_error=error))
    return EditsResult(
        changed=bool(edits),
        files=[edit.file for edit in edits],
        edits=edits,
        diff="".join(edit.diff for edit in edits),
        note=note,
    )


async def syntax_error(workspace: Workspace, file: Path) -> str:
    """Why a Python file does not parse, with the line; empty when it does, and for other files."""
    if file.suffix not in PYTHON_FILES:
        return ""
    text = workspace.overlay.text(file)
    own = await asyncio.to_thread(_parse, text)
    if not own:
        return ""
    # This Python may be older than the project's: what it cannot read may be fine there.
    try:
        found = await ruff.check_text(workspace.root, file, text, exclude=False)
    except ToolUnavailable:
        return own
    return next((f"line {d.line + 1}: {d.message}" for d in found if d.code == "invalid-syntax"), "")


def _parse(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error)
    return ""
