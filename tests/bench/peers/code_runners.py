"""Three ways to run a model's program with the same tools: Punie's, smolagents' local executor, and `exec`.

Each gives what its caller would pass on to the model: what was printed, the value or the error, as one text.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import json
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any, Protocol

PUNIE, SMOLAGENTS, EXEC = "Punie", "smolagents", "exec"
NEEDED = {PUNIE: "punie_agent.codemode.runner", SMOLAGENTS: "smolagents.local_python_executor", EXEC: "ast"}
NAME = "PUNIE_BENCH_SECRET"
# Whoever sees this module's names has got out.
SEEN = os.environ.get(NAME, "")
STUBS = "def tool(x: int) -> int: ...\ndef note(value: object) -> int: ...\ndef names() -> list[str]: ...\n"


def tool(x: int) -> int:
    """Nearly nothing, so that what is measured is the way to it."""
    if x < 0:
        raise ValueError("x is negative")
    return x + len(SEEN) * 0


def _noting(secret: str) -> Callable[[object], int]:
    def note(value: object) -> int:
        """Walks its argument, as a tool does that stores it."""
        return len(json.dumps([secret, value]))

    return note


class Owner:
    """Has a list, and gives it away itself, not a copy."""

    def __init__(self) -> None:
        self.list = ["one", "two"]

    def names(self) -> list[str]:
        """The list."""
        return self.list


OWNER = Owner()
TOOLS: dict[str, Callable[..., Any]] = {"tool": tool, "note": _noting(SEEN), "names": OWNER.names}


class CodeRunner(Protocol):
    """One session: names of one program are there for the next."""

    def run(self, code: str) -> str:
        """Run a program; what it raises is in what its caller gets."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class Punie:
    """Code mode as it is in a turn, with other tools."""

    def __init__(self, seconds: float, memory: int, calls: int) -> None:
        from punie_agent.codemode.runner import Limits, open_runner

        self._loop = asyncio.Runner()
        self._stack = AsyncExitStack()
        limits = Limits(seconds=seconds, memory=memory, sleep=seconds, tool_calls=calls)
        opening = self._stack.enter_async_context(open_runner(STUBS, TOOLS, limits))
        self._runner = self._loop.run(_awaited(opening))

    def run(self, code: str) -> str:
        """Type-check it and run it."""
        return self._loop.run(self._run(code))

    async def _run(self, code: str) -> str:
        from punie_agent.codemode.values import to_plain
        from punie_agent.exceptions import ProgramError

        try:
            done = await self._runner.run(code, _call)
        except ProgramError as error:
            return error.output + str(error)
        return done.output + json.dumps(to_plain(done.value))

    def close(self) -> None:
        """End the worker process."""
        self._loop.run(self._stack.aclose())
        self._loop.close()


class Smolagents:
    """Its default imports, its default limits but the time; it has none for memory and calls."""

    def __init__(self, seconds: float, memory: int, calls: int) -> None:
        # By name, because it is installed only to be measured.
        self._execute = import_module(NEEDED[SMOLAGENTS]).LocalPythonExecutor([], timeout_seconds=seconds)
        self._execute.send_tools(TOOLS)

    def run(self, code: str) -> str:
        """Interpret it."""
        try:
            done = self._execute(code)
        except Exception as error:
            return f"{self._execute.state.get('_print_outputs', '')}{error}"
        return done.logs + str(done.output)

    def close(self) -> None:
        """Nothing is left, but threads that were not back in time."""


class Exec:
    """Plain `exec` with the usual builtins: no limits at all."""

    def __init__(self, seconds: float, memory: int, calls: int) -> None:
        self._names: dict[str, Any] = {"__name__": "program", **TOOLS}

    def run(self, code: str) -> str:
        """Run it; the value is that of a last expression."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                value = self._value(code)
            return printed.getvalue() + str(value)
        except BaseException as error:
            return f"{printed.getvalue()}{type(error).__name__}: {error}"

    def _value(self, code: str) -> object:
        tree = ast.parse(code)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "program", "exec"), self._names)
        if not isinstance(last, ast.Expr):
            return None
        return eval(compile(ast.Expression(last.value), "program", "eval"), self._names)

    def close(self) -> None:
        """Nothing is left."""


RUNNERS: dict[str, Callable[[float, int, int], CodeRunner]] = {PUNIE: Punie, SMOLAGENTS: Smolagents, EXEC: Exec}


async def _call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    return TOOLS[name](*args, **kwargs)


async def _awaited(opening: Any) -> Any:
    return await opening
