"""Edits of symbols by their name: text put before, after or into them, replaced, renamed everywhere."""

from __future__ import annotations

from typing import Literal

from punie_semantic.exceptions import EditError
from punie_semantic.layout import fitted, indent_unit
from punie_semantic.renaming import rename
from punie_semantic.results import EditResult, EditsResult
from punie_semantic.sources import line_ending
from punie_semantic.symbol_text import Place, body_place, header_end, place
from punie_semantic.symbols import locate
from punie_semantic.workspace import Workspace
from punie_semantic.writing import put
from punie_semantic.written_names import alias_at, check_written

Where = Literal["before", "after", "body_start", "body_end"]
_BLOCKS = ("def ", "async def ", "class ", "@")


async def insert_at_symbol(workspace: Workspace, symbol: str, where: Where, text: str, path: str = "") -> EditResult:
    """Put lines before or after a definition, or at the start or end of its body; they are indented to fit.

    `body_start` is after the docstring. Pass `path` when several symbols have that name.

    Example: `insert_at_symbol("Cart.total", "after", "def count(self) -> int:\\n    return len(self.items)").diff`
    """
    located = await locate(workspace, symbol=symbol, path=path)
    if not text.strip():
        raise EditError("There is no text to insert.")
    before = workspace.overlay.text(located.file)
    found = place(before, located)
    after = _beside(found, where, text) if where in ("before", "after") else _inside(found, where, text)
    return await put(workspace, located.file, after)


async def replace_symbol(workspace: Workspace, symbol: str, text: str, path: str = "") -> EditResult:
    """Replace the whole definition of a function, class or variable, decorators included; indented to fit.

    Example: `replace_symbol("Cart.total", "def total(self) -> int:\\n    return sum(self.prices)").diff`
    """
    located = await locate(workspace, symbol=symbol, path=path)
    if not text.strip():
        raise EditError("There is no text to put there. To delete a definition, use edit_file.")
    before = workspace.overlay.text(located.file)
    found = place(before, located)
    new = _fitted(found, text, found.indent)
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


def _fitted(found: Place, text: str, indent: str) -> str:
    whole = found.tree.text
    return fitted(text, indent=indent, unit=indent_unit(whole), ending=line_ending(whole))


def _beside(found: Place, where: Where, text: str) -> str:
    whole, ending = found.tree.text, line_ending(found.tree.text)
    new = _fitted(found, text, found.indent)
    is_block = found.is_block and text.strip().startswith(_BLOCKS)
    gap = ending * ((1 if found.indent else 2) if is_block else 0)
    if where == "before":
        head, tail = whole[: found.comments], whole[found.comments :]
        above = head.rstrip("\r\n")
        first = not head.strip() or above != head[: -len(ending)] or above.endswith(":")
        return head + ("" if first else gap) + new + gap + tail
    head, tail = whole[: found.end], whole[found.end :]
    if not head.endswith(("\n", "\r")):
        return head + ending + gap + new.rstrip("\r\n")
    return head + gap + new + (gap if tail and not tail.startswith(("\n", "\r")) else "") + tail


def _inside(found: Place, where: Where, text: str) -> str:
    whole, ending = found.tree.text, line_ending(found.tree.text)
    at, indent = body_place(found, at_end=where == "body_end")
    if at < 0:
        return _opened(found, where, text)
    new = _fitted(found, text, indent)
    is_method = text.strip().startswith(_BLOCKS)
    gap = ending if is_method else ""
    head, tail = whole[:at], whole[at:]
    if where == "body_start":
        return head + new + gap + tail
    if not head.endswith(("\n", "\r")):
        return head + ending + gap + new.rstrip("\r\n")
    return head + gap + new + tail


def _opened(found: Place, where: Where, text: str) -> str:
    """A body on the line of the `def` becomes a block; one that is only `...` or `pass` makes place."""
    whole, ending = found.tree.text, line_ending(found.tree.text)
    indent = found.indent + indent_unit(whole)
    colon, (start, end) = header_end(found)
    body = whole[start:end]
    new = _fitted(found, text, indent)
    old = "" if body.strip() in ("...", "pass") else f"{indent}{body}{ending}"
    lines = new + old if where == "body_start" else old + new
    rest = whole[found.end :]
    comment = whole[end : found.end].strip()
    head = whole[:colon] + (f"  {comment}" if comment else "") + ending
    return head + (lines if whole[: found.end].endswith(("\n", "\r")) else lines.rstrip("\r\n")) + rest
