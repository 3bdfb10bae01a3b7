"""Runs programs for real on a project's folder: type-checked, then executed on a fresh overlay. Nothing is written.

Knows nothing of models and datasets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_agent.codemode.runner import CodeRunner, open_runner
from punie_agent.codemode.tools import tool_caller
from punie_agent.codemode.values import to_plain, to_sandbox
from punie_agent.exceptions import ProgramError
from punie_semantic.exceptions import SemanticError
from punie_semantic.permissions import Request
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from punie_training.exceptions import DatasetError

# Commands that look and change nothing: the only ones that run, and only in a trusted folder.
HARMLESS: frozenset[tuple[str, ...]] = frozenset(
    {
        ("python", "--version"),
        ("git", "--version"),
        ("git", "branch"),
        ("git", "tag"),
        ("git", "rev-parse", "HEAD"),
        ("ls",),
        ("ls", "docs"),
        ("wc", "-l", "README.md"),
        ("du", "-sk", "src"),
        ("uname", "-s"),
    }
)


@dataclass(frozen=True)
class Call:
    """One tool call of a program; arguments and result are plain data, as JSON has it."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any


@dataclass(frozen=True)
class Outcome:
    """What a program came to.

    Attributes:
        value: its last expression as plain data; None where it has none.
        output: what it printed.
        calls: its tool calls in order; one that raised has the result None.
        error: why it did not run to its end, a type error for instance; empty when it did.
        diff: its edits, which are in no file, as one unified diff.
        seconds: wall time of type check and execution.
        tool_seconds: how much of it the tools took.
    """

    value: Any
    output: str
    calls: tuple[Call, ...]
    error: str
    diff: str
    seconds: float
    tool_seconds: float

    @property
    def ok(self) -> bool:
        """Whether it ran to its end."""
        return not self.error


class Programs:
    """Runs programs on an open workspace; each sees the folder as it is on disk, and no names of the others."""

    def __init__(self, workspace: Workspace, runners: list[CodeRunner]) -> None:
        self.workspace = workspace
        self._free: asyncio.Queue[CodeRunner] = asyncio.Queue()
        for runner in runners:
            self._free.put_nowait(runner)

    async def run(self, code: str) -> Outcome:
        """Type-check and run a program on a fork of the workspace; two run at once.

        Never raises for what the program does: `Outcome.error` says it.
        """
        runner = await self._free.get()
        try:
            return await self._run(runner, code)
        finally:
            self._free.put_nowait(runner)

    async def _run(self, runner: CodeRunner, code: str) -> Outcome:
        fork = self.workspace.fork()
        fork.permissions = _Harmless()
        recorder = _Recorder(fork)
        started = time.monotonic()
        value, output, error = None, "", ""
        try:
            done = await runner.run(code, recorder.call, restart=True)
            value, output = to_plain(done.value), done.output
        except ProgramError as failed:
            error, output = str(failed) or "The program failed.", failed.output
        except SemanticError as failed:
            error = str(failed)
        diff = "".join(change.diff for change in fork.overlay.changes())
        seconds = time.monotonic() - started
        return Outcome(value, output, tuple(recorder.calls), error, diff, seconds, recorder.seconds)


class _Recorder:
    """Calls tools of a workspace and remembers what they gave."""

    def __init__(self, workspace: Workspace) -> None:
        self._call = tool_caller(workspace, lambda event: None)
        self.calls: list[Call] = []
        self.seconds = 0.0

    async def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401 - any tool
        started, result = time.monotonic(), None
        try:
            result = await self._call(name, args, kwargs)
            return result
        finally:
            self.seconds += time.monotonic() - started
            plain = {key: to_plain(item) for key, item in kwargs.items()}
            self.calls.append(Call(name, tuple(to_plain(a) for a in args), plain, to_plain(to_sandbox(result))))


class _Harmless:
    """Nobody can be asked: tests of a trusted folder run, and the few commands that change nothing."""

    async def ask(self, request: Request) -> bool:
        if request.kind == "tests":
            return request.trusted
        return request.kind == "command" and request.trusted and request.argv in HARMLESS


@asynccontextmanager
async def open_programs(folder: Path, *, trusted: bool = False) -> AsyncGenerator[Programs]:
    """Open a folder for programs; ty is started once for all of them.

    Args:
        folder: the project. Nothing is written to it.
        trusted: whether the project's own tests may run, and the commands of HARMLESS.

    Raises:
        DatasetError: it is no folder.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder. Pass a project's folder.")
    async with Workspace.open(folder, trusted=trusted) as workspace:
        stubs = await asyncio.to_thread(render_stubs)
        async with open_runner(stubs, TOOLS) as first, open_runner(stubs, TOOLS) as second:
            yield Programs(workspace, [first, second])
