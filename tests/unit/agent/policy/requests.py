"""Requests as the tools make them."""

from __future__ import annotations

import shlex

from punie_semantic.command_kinds import kind_of
from punie_semantic.permissions import Request


def command(
    line: str | list[str],
    *,
    folder: str = ".",
    paths: tuple[str, ...] = (),
    own: bool = False,
    trusted: bool = False,
) -> Request:
    """A program, as `run_command` asks for it."""
    argv = tuple(shlex.split(line) if isinstance(line, str) else line)
    return Request(
        kind=kind_of(argv, paths),
        title="",
        detail="",
        argv=argv,
        folder=folder,
        paths=paths,
        tool="run_command",
        own_program=own,
        trusted=trusted,
    )


def run_of_tests(*, trusted: bool = False) -> Request:
    """Running tests."""
    return Request(kind="tests", title="Run tests", detail="", folder=".", tool="pytest_run", trusted=trusted)


def mcp(server: str, tool: str, *, program: str = "shop-mcp", detail: str = "") -> Request:
    """Calling a tool of an MCP server."""
    return Request(kind="mcp", title="", detail=detail, argv=(server, tool), tool=tool, program=program)


def edit(*paths: str) -> Request:
    """Writing files of the workspace."""
    return Request(kind="edit", title="", detail="", paths=paths)
