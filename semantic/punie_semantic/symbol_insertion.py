"""Text put before, after or into a definition, in the form of its file. Loads libcst."""

from __future__ import annotations

from punie_semantic.layout import fitted, indent_unit
from punie_semantic.sources import line_ending
from punie_semantic.symbol_text import Place, body_place, header_end, place

__all__ = ["beside", "in_form", "inside", "place"]

_BLOCKS = ("def ", "async def ", "class ", "@")


def in_form(found: Place, text: str, indent: str) -> str:
    """The text with an indentation, and with the line ends and the indentation unit of the file."""
    whole = found.tree.text
    return fitted(text, indent=indent, unit=indent_unit(whole), ending=line_ending(whole))


def beside(found: Place, where: str, text: str) -> str:
    """The whole file with the text before or after a definition."""
    whole, ending = found.tree.text, line_ending(found.tree.text)
    new = in_form(found, text, found.indent)
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


def inside(found: Place, where: str, text: str) -> str:
    """The whole file with the text at the start (`body_start`) or the end of a definition's body."""
    whole, ending = found.tree.text, line_ending(found.tree.text)
    at, indent = body_place(found, at_end=where == "body_end")
    if at < 0:
        return _opened(found, where, text)
    new = in_form(found, text, indent)
    is_method = text.strip().startswith(_BLOCKS)
    gap = ending if is_method else ""
    head, tail = whole[:at], whole[at:]
    if where == "body_start":
        return head + new + gap + tail
    if not head.endswith(("\n", "\r")):
        return head + ending + gap + new.rstrip("\r\n")
    return head + gap + new + tail


def _opened(found: Place, where: str, text: str) -> str:
    """A body on the line of the `def` becomes a block; one that is only `...` or `pass` makes place."""
    whole, ending = found.tree.text, line_ending(found.tree.text)
    indent = found.indent + indent_unit(whole)
    colon, (start, end) = header_end(found)
    body = whole[start:end]
    new = in_form(found, text, indent)
    old = "" if body.strip() in ("...", "pass") else f"{indent}{body}{ending}"
    lines = new + old if where == "body_start" else old + new
    rest = whole[found.end :]
    comment = whole[end : found.end].strip()
    head = whole[:colon] + (f"  {comment}" if comment else "") + ending
    return head + (lines if whole[: found.end].endswith(("\n", "\r")) else lines.rstrip("\r\n")) + rest
