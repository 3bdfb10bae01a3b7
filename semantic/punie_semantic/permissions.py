"""Asking somebody before something happens that the user may not want. Whoever opens a workspace says who is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["tests", "command", "network", "packages", "outside", "edit", "mcp"]


@dataclass(frozen=True)
class Request:
    """What is to be done, with all that the decision depends on.

    Attributes:
        kind: `tests` runs the project's own code, `command` a program, `network` one that talks to others, `packages`
            one that changes what is installed, `outside` one that is given paths outside the workspace; `edit` writes
            files of the workspace; `mcp` calls a tool of an MCP server.
        title: one line for the question.
        detail: all of it for people, with nothing hidden: what they read is what runs.
        argv: the program and its arguments, exactly; empty where no program was named. For `mcp` the names of the
            server and of the tool.
        folder: where it runs, relative to the workspace.
        paths: the paths that it is about: outside the workspace, or for `edit` in it.
        tool: the tool that asks.
        program: the file that would run, if it is known. For `mcp` what tells the server from others of its name.
        own_program: whether that file belongs to the workspace.
        trusted: whether the user trusts the project's own code.
    """

    kind: Kind
    title: str
    detail: str
    argv: tuple[str, ...] = ()
    folder: str = ""
    paths: tuple[str, ...] = ()
    tool: str = ""
    program: str = ""
    own_program: bool = False
    trusted: bool = False


class Permissions(Protocol):
    """Answers for the user; an answer may take as long as a person takes."""

    async def ask(self, request: Request) -> bool:
        """Whether it may be done."""
        ...


class RefuseAll:
    """Nobody can be asked, so the answer is no; but the tests of a trusted project may run."""

    async def ask(self, request: Request) -> bool:
        """No, except for tests of a trusted project."""
        return request.kind == "tests" and request.trusted
