"""`punie-ls tools list | show | call`: the typed tools from the terminal."""

from __future__ import annotations

import asyncio
import difflib
import json
import sys
from pathlib import Path
from typing import Any

from rich.table import Table

from punie_agent.codemode.tools import bind_arguments
from punie_ls.cli.output import console, print_error, print_text
from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.stubs import render_stubs
from punie_semantic.transactions import commit
from punie_semantic.verify import verify
from punie_semantic.workspace import Workspace


def list_tools(*, as_json: bool) -> int:
    """All tools, one line each."""
    if as_json:
        rows = [{"name": t.name, "kind": t.kind, "summary": _summary(t)} for t in TOOLS.values()]
        print_text(json.dumps(rows, indent=2) + "\n")
        return 0
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for tool in TOOLS.values():
        table.add_row(tool.name, tool.kind, _summary(tool))
    console().print(table)
    return 0


def show_tool(name: str) -> int:
    """A tool's stub with its docstring, and what it returns."""
    tool = TOOLS.get(name)
    if tool is None:
        return _unknown(name)
    print_text(render_stubs([tool], docstrings=True))
    return 0


async def call_tool(name: str, arguments: str, folder: Path, *, trusted: bool, apply: bool) -> int:
    """Call a tool and print its result as JSON. Gives the exit status: 0 done, 1 the tool could not, 2 bad usage."""
    tool = TOOLS.get(name)
    if tool is None:
        return _unknown(name)
    try:
        given = json.loads(sys.stdin.read() if arguments == "-" else arguments or "{}")
        if not isinstance(given, dict):
            raise TypeError("the arguments must be one JSON object")
        bound = bind_arguments(tool, (), given, from_json=True)
    except (ValueError, TypeError) as error:
        print_error(f"{error}. See: punie-ls tools show {name}")
        return 2
    try:
        async with Workspace.open(folder, trusted=trusted) as workspace:
            result = await tool.call(workspace, **bound)
            print_text(_as_json(result) + "\n")
            return await _write(workspace, name) if apply else 0
    except (SemanticError, OSError) as error:
        print_error(str(error))
        return 1


def _as_json(result: Any) -> str:  # noqa: ANN401 - any tool's result
    if hasattr(result, "model_dump_json"):
        return result.model_dump_json(indent=2)
    return json.dumps(result, indent=2, default=lambda value: value.model_dump(mode="json"))


async def _write(workspace: Workspace, name: str) -> int:
    """Write the call's edits if they re-check clean."""
    changes = workspace.overlay.changes()
    if not changes:
        return 0
    report = await verify(workspace.checker, workspace.files, {})
    if report.state != "clean":
        why = report.reason or "; ".join(f"{p.file}:{p.line} {p.code} {p.message}" for p in report.introduced)
        print_error(f"Nothing written: the edits do not re-check clean: {why}")
        return 1
    await asyncio.to_thread(commit, workspace.root, changes, title=f"punie-ls tools call {name}")
    return 0


def _summary(tool: Tool) -> str:
    return tool.docstring.split("\n\n")[0].replace("\n", " ")


def _unknown(name: str) -> int:
    near = difflib.get_close_matches(name, TOOLS, n=3)
    hint = f"Do you mean {' or '.join(near)}?" if near else "See: punie-ls tools list"
    print_error(f"There is no tool {name!r}. {hint}")
    return 2
