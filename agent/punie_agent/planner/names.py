"""How people write files, places and symbols: `a.py:12:5`, `Cart.total()`, `a.py::Cart`."""

from __future__ import annotations

import re

from punie_agent.planner.recipe import Slots

_FILE_NAME = re.compile(r"[^:*?]+\.(?:pyi?|toml|md|rst|txt|cfg|ini|json|ya?ml|lock|html|css|js|ipynb)")

_PLACED = re.compile(r"(?P<path>.+?\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?(?:-(?:(?P<end_line>\d+):)?(?P<end>\d+))?$")

_MEMBER = re.compile(r"(?P<path>[^:]+\.pyi?)::(?P<symbol>.+)")


def looks_like_file(text: str) -> bool:
    """Whether a word is a file's name, with its ending."""
    return _FILE_NAME.fullmatch(text) is not None


def placed(text: str) -> Slots | None:
    """`a.py:12`, `a.py:12:5`, `a.py:12-19` or `a.py:12:5-14:9` as slots."""
    match = _PLACED.fullmatch(text)
    if match is None:
        return None
    slots: Slots = {"path": match["path"], "line": int(match["line"])}
    if match["column"]:
        slots["column"] = int(match["column"])
    if match["end"]:
        in_line = match["column"] and not match["end_line"]
        slots["end_line"] = slots["line"] if in_line else int(match["end_line"] or match["end"])
        if match["end_line"] or in_line:
            slots["end_column"] = int(match["end"])
    return slots


def named_symbol(text: str) -> Slots | None:
    """A symbol as people write it: `Cart.total`, `total()`, `src/app.py::Cart.total`, `src/app.py:12:5`."""
    if place := placed(text):
        return place
    if member := _MEMBER.fullmatch(text):
        return {"symbol": member["symbol"].replace("::", ".").removesuffix("()"), "path": member["path"]}
    if looks_like_file(text) or "/" in text:
        return None
    return {"symbol": text.removesuffix("()").strip()}
