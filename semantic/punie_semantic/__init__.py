"""Typed tools over an overlay of a Python workspace: usable from any Python program or agent.

Importing this package costs nothing: the names below load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from punie_semantic.registry import TOOLS as TOOLS
    from punie_semantic.registry import Tool as Tool
    from punie_semantic.workspace import Workspace as Workspace

_HOMES = {"Workspace": "workspace", "Tool": "registry", "TOOLS": "registry"}
__all__ = ["TOOLS", "Tool", "Workspace"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type depends on the name
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
