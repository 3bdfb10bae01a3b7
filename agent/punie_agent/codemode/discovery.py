"""`tool_help`: how a program, or a model through one, asks about a tool that it was not shown."""

from __future__ import annotations

from collections.abc import Mapping

from punie_agent.codemode.vocabulary import nearest
from punie_semantic.registry import Tool
from punie_semantic.stubs import render_stubs


def tool_help(name: str, tools: Mapping[str, Tool]) -> str:
    """A tool's stub with its documentation and its results; without a name, all tools in one line each."""
    known = list(tools.values())
    if not name:
        return "\n".join(f"{tool.name}: {tool.docstring.splitlines()[0]}" for tool in known)
    found = tools.get(name)
    if found is not None:
        return render_stubs([found], docstrings=True)
    near = nearest(name, tools)
    raise ValueError(f"There is no tool {name[:80]!r}. {near or 'tool_help() lists all tools.'}")
