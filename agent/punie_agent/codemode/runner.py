"""Run programs: each is made ready, type-checked against the tools' stubs, and executed in Monty under limits.

Knows nothing of models. Tool calls come out one by one through `call_tool`, what is printed through `on_output`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pydantic_monty as monty

from punie_agent.codemode.asynchrony import not_awaited
from punie_agent.codemode.declarations import HELP, declarations
from punie_agent.codemode.discovery import tool_help
from punie_agent.codemode.execution import CallTool, Execution
from punie_agent.codemode.explaining import explain_raised, explain_refusals, explain_typing
from punie_agent.codemode.guidance import refusals
from punie_agent.codemode.limits import LimitError, Limits
from punie_agent.codemode.output import Output
from punie_agent.codemode.rewriting import Program, rewrite
from punie_agent.codemode.sandbox import Sandbox
from punie_agent.codemode.values import check_size
from punie_agent.codemode.vocabulary import vocabulary
from punie_agent.exceptions import ProgramError
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.stubs import render_stubs

__all__ = ["CallTool", "CodeRunner", "Limits", "ProgramResult", "open_runner"]

POOL_CLOSE_SECONDS = 0.02
LONG_PROGRAM = 4_000
GONE = "The sandbox was restarted, so the names of earlier programs are gone."


@dataclass(frozen=True)
class ProgramResult:
    """The value of the program's last expression, checked for size, and what it printed."""

    value: Any
    output: str


class CodeRunner:
    """A sandbox for the programs of one turn; names defined by one program are there for the next."""

    def __init__(self, pool: monty.AsyncMonty, stubs: str, tools: Collection[str], limits: Limits) -> None:
        self._pool = pool
        self._limits = limits
        self._lock = asyncio.Lock()
        self._declare_tools(stubs, tools, {name: tool for name, tool in TOOLS.items() if name in tools})
        self._sandbox = Sandbox(pool, self._stubs, limits)
        self._lost: frozenset[str] = frozenset()
        self._names: frozenset[str] = frozenset()
        self._suspending: frozenset[str] = frozenset()

    async def run(
        self,
        code: str,
        call_tool: CallTool,
        *,
        on_output: Callable[[str], None] | None = None,
        restart: bool = False,
    ) -> ProgramResult:
        """Type-check and run a program. One runs at a time.

        Args:
            code: the program.
            call_tool: called for each tool call with the name and the arguments; its result becomes the call's value.
            on_output: gets what the program prints, while it runs.
            restart: whether to begin with a fresh sandbox, without the names of earlier programs.

        Raises:
            ProgramError: it does not type-check (then nothing ran), raised, or broke a limit. A limit also resets
                the sandbox. The message is for the model.
        """
        async with self._lock:
            if restart:
                await self.reset()
            program = await self._ready(code)
            output = Output(self._limits.output, on_output, await self._killer())
            execution = Execution(self._with_help(call_tool), self._tools, self._sandbox.modules, output, self._limits)
            try:
                return await self._execute(program, execution, output)
            except ProgramError:
                raise
            except monty.MontyTypingError as error:
                message = explain_typing(program, error.display(), self._words, self._lost)
                raise ProgramError(message) from None
            except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
                message = await self._explain(program, error)
                await self._declare(program)
                raise ProgramError(message, output.text) from None
            except (monty.MontyError, LimitError, TimeoutError) as error:
                await self.reset()
                raise ProgramError(f"{self._reason(error, output)} {GONE}", output.text) from None
            except BaseException:  # cancelled, or a bug: nobody knows what the worker is doing
                await self.reset()
                raise

    async def offer(self, tools: Mapping[str, Tool]) -> None:
        """Programs can call these from now on, and no others. Drops the sandbox, and with it all names."""
        stubs = await asyncio.to_thread(_prepared, tools)
        async with self._lock:
            self._declare_tools(stubs, tools, tools)
            await self.reset()
            self._sandbox = Sandbox(self._pool, self._stubs, self._limits)

    def _declare_tools(self, stubs: str, names: Collection[str], known: Mapping[str, Tool]) -> None:
        self._tools = frozenset(names) | {HELP}
        self._known = known
        self._stubs = declarations(stubs, frozenset(names))
        self._words = vocabulary(self._stubs)

    async def warm(self) -> None:
        """Start the sandbox and load its type checker, so that the next program need not wait for it."""
        async with self._lock:
            if not self._sandbox.started:
                await self._sandbox.warm()

    async def reset(self) -> None:
        """Drop the worker and all names; the next program starts in a fresh one. At a turn's end, gives it back."""
        self._lost |= self._names
        self._names = self._suspending = frozenset()
        await self._sandbox.close()

    async def _ready(self, code: str) -> Program:
        if len(code) > self._limits.source:
            raise ProgramError(f"The program is longer than {self._limits.source} characters. Write a shorter one.")
        if len(code) > LONG_PROGRAM:
            program = await asyncio.to_thread(rewrite, code, self._tools, self._suspending)
        else:
            program = rewrite(code, self._tools, self._suspending)
        if program.tree is not None:
            found = list(refusals(program.tree))
            if program.asynchronous:
                calls = not_awaited(program.tree, self._tools)
                found += [(call, "This program uses await, so this tool call must be awaited too") for call in calls]
            if found:
                raise ProgramError(explain_refusals(program, found))
        return program

    async def _killer(self) -> Callable[[], None]:
        try:
            return await self._sandbox.killer()
        except (OSError, RuntimeError, monty.MontyError) as error:
            raise ProgramError(f"The sandbox could not be started: {error}. Reinstall Punie.") from error

    async def _execute(self, program: Program, execution: Execution, output: Output) -> ProgramResult:
        value = await execution.drive(await self._sandbox.start(program.code, output))
        self._remember(program)
        if execution.not_awaited:
            names = ", ".join(sorted(set(execution.not_awaited)))
            message = f"The program ended without waiting for {names}, so these calls were cancelled. Await each call."
            raise ProgramError(message, output.text)
        try:
            check_size(value, limit=self._limits.result)
        except ValueError as error:
            raise ProgramError(f"The result was refused: {error}.", output.text) from error
        return ProgramResult(value, output.text)

    def _with_help(self, call_tool: CallTool) -> CallTool:
        async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
            if name == HELP:
                return tool_help(*(args or kwargs.values() or ("",)), tools=self._known)
            return await call_tool(name, args, kwargs)

        return call

    def _remember(self, program: Program) -> None:
        self._names |= program.names
        self._suspending |= program.suspending

    async def _declare(self, program: Program) -> None:
        """Tell the type checker of the names of a program that failed: it only knows those of the others."""
        if not self._sandbox.started:
            self._lost |= program.names
            return
        new = sorted(program.names - self._names)
        self._remember(program)
        await self._sandbox.declare(new)

    async def _explain(self, program: Program, error: monty.MontyRuntimeError | monty.MontySyntaxError) -> str:
        """The message for an exception; a broken limit also resets the sandbox, whose heap cannot be trusted then."""
        message = error.display("msg")
        match error.exception():
            case TimeoutError() if "time limit exceeded" in message:
                await self.reset()
                used = f"computed for more than {self._limits.seconds:g} s (time in tools does not count)"
                return f"The program was stopped: it {used}. {GONE}"
            case MemoryError() if "memory limit" in message:
                await self.reset()
                return f"The program was stopped: it needed more than {self._limits.memory >> 20} MB of memory. {GONE}"
            case _:
                return explain_raised(program, error, self._words)

    def _reason(self, error: Exception, output: Output) -> str:
        if output.exceeded:
            return f"The program was stopped: it printed more than {self._limits.output} characters. Print a summary."
        if isinstance(error, LimitError):
            return f"The program was stopped: {error}"
        if isinstance(error, TimeoutError):
            return "The program was stopped: checking its types took too long. Write a simpler one."
        return "The sandbox ended unexpectedly while the program ran."


def _prepared(tools: Mapping[str, Tool]) -> str:
    """The stubs of tools. What is made of them is kept, so that the event loop need not wait for it."""
    stubs = render_stubs(tools.values())
    vocabulary(declarations(stubs, frozenset(tools)))
    return stubs


@asynccontextmanager
async def open_runner(stubs: str, tools: Collection[str], limits: Limits | None = None) -> AsyncGenerator[CodeRunner]:
    """A runner with workers of its own: one while it is in use, a fresh process after each reset, none when idle."""
    pool = monty.AsyncMonty(request_timeout=None, min_processes=0, max_processes=2, max_checkouts_per_worker=1)
    async with pool:
        runner = CodeRunner(pool, stubs, tools, limits or Limits())
        try:
            yield runner
        finally:
            await runner.reset()
    # Without this pause the interpreter sometimes aborts at exit (pydantic-monty 1.4.0).
    await asyncio.sleep(POOL_CLOSE_SECONDS)
