"""Whole files: written, moved with their importers, deleted. Edits go to the overlay, never to disk."""

from __future__ import annotations

import asyncio
from importlib import import_module

from punie_semantic.exceptions import PathError
from punie_semantic.layout import take_form
from punie_semantic.paths import inside, relative
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.sources import with_line_ending
from punie_semantic.text_edits import unified_diff
from punie_semantic.workspace import Workspace
from punie_semantic.writing import put

MAX_NAMED = 20

# libcst loads when it is needed, and off the loop.
MOVING = "punie_semantic.moving"


async def write_file(workspace: Workspace, path: str, text: str) -> EditResult:
    """Create a file, or replace all of its text; line ends and encoding stay as they are. Prefer edit_file for changes.

    Example: `write_file("src/shop/tax.py", "VAT = 20\\n").changed`
    """
    file = inside(workspace.root, path)
    if not workspace.overlay.exists(file):
        if file.is_dir():
            raise PathError(f"{path} is a folder. Pass a file.")
        plain = with_line_ending(text.removeprefix("\ufeff"), "\n")
        return await put(workspace, file, plain if not plain or plain.endswith("\n") else f"{plain}\n")
    before = workspace.overlay.text(workspace.overlay.resolve(path))
    missing = before.endswith(("\n", "\r")) and text and not text.endswith(("\n", "\r"))
    return await put(workspace, file, take_form(before, f"{text}\n" if missing else text))


async def rename_file(workspace: Workspace, path: str, new_path: str) -> EditsResult:
    """Move a file or a package; every import of it follows, and its own relative imports do. Never overwrites.

    Example: `rename_file("shop/prices.py", "shop/costs.py").files`
    """
    moving = await asyncio.to_thread(import_module, MOVING)
    return await moving.move(workspace, path, new_path)


async def delete_file(workspace: Workspace, path: str) -> EditResult:
    """Delete a file. `note` names the files that still import it.

    Example: `delete_file("src/shop/old.py").note`
    """
    file = workspace.overlay.resolve(path)
    before = workspace.overlay.text(file)
    name = relative(workspace.root, file)
    moving = await asyncio.to_thread(import_module, MOVING)
    users = await moving.importers(workspace, file)
    workspace.overlay.delete(file)
    named = ", ".join(users[:MAX_NAMED]) + (f" and {len(users) - MAX_NAMED} more" if len(users) > MAX_NAMED else "")
    return EditResult(
        file=name,
        changed=True,
        diff=unified_diff(before, "", name, kind="delete"),
        note=f"Still imported by {named}." if users else "",
    )
