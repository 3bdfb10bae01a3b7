"""Edits of symbols by their name: text put before, after or into them, replaced, renamed everywhere."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Literal

from punie_semantic.exceptions import EditError
from punie_semantic.renaming import rename
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.symbols import locate
from punie_semantic.workspace import Workspace
from punie_semantic.writing import put
from punie_semantic.written_names import alias_at, check_written

# libcst loads when it is needed, and off the loop.
INSERTION = "punie_semantic.symbol_insertion"

Where = Literal["before", "after", "body_start", "body_end"]


async def insert_at_symbol(workspace: Workspace, symbol: str, where: Where, text: str, path: str = "") -> EditResult:
    """Put lines before or after a definition, or at the start or end of its body; they are indented to fit.

    `body_start` is after the docstring. Pass `path` when several symbols have that name.

    Example: `insert_at_symbol("Cart.total", "after", "def count(self) -> int:\\n    return len(self.items)").diff`
    """
    located = await locate(workspace, symbol=symbol, path=path)
    if not text.strip():
        raise EditError("There is no text to insert.")
    before = workspace.overlay.text(located.file)
    insertion = await asyncio.to_thread(import_module, INSERTION)
    found = insertion.place(before, located)
    put_in = insertion.beside if where in ("before", "after") else insertion.inside
    after = put_in(found, where, text)
    return await put(workspace, located.file, after)


async def replace_symbol(workspace: Workspace, symbol: str, text: str, path: str = "") -> EditResult:
    """Replace the whole definition of a function, class or variable, decorators included; indented to fit.

    Example: `replace_symbol("Cart.total", "def total(self) -> int:\\n    return sum(self.prices)").diff`
    """
    located = await locate(workspace, symbol=symbol, path=path)
    if not text.strip():
        raise EditError("There is no text to put there. To delete a definition, use edit_file.")
    before = workspace.overlay.text(located.file)
    insertion = await asyncio.to_thread(import_module, INSERTION)
    found = insertion.place(before, located)
    new = insertion.in_form(found, text, found.indent)
    if not before[: found.end].endswith(("\n", "\r")):
        new = new.rstrip("\r\n")
    return await put(workspace, located.file, before[: found.start] + new + before[found.end :])


async def rename_symbol(
    workspace: Workspace, new_name: str, symbol: str = "", path: str = "", line: int = 0, column: int = 0
) -> EditsResult:
    """Rename a symbol everywhere it is used, given by name, or by path, line and column; overrides follow.

    Refuses a name that would mean something else somewhere. Strings and comments stay; `note` tells which name it.

    Example: `rename_symbol("grand_total", "Cart.total").files`
    """
    alias = alias_at(workspace, path, line, column) if line and column else None
    located = alias or await locate(workspace, symbol=symbol, path=path, line=line, column=column)
    if line and column:
        check_written(workspace, located, path, line, column)
    return await rename(workspace, located, new_name)
