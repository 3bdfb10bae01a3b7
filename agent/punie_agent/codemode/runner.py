"""Run one program: type-check it against the tools' stubs, then execute it in Monty under limits.

Knows nothing of models. `print` is captured; tool calls come out one by one through `call_tool`.
"""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pydantic_monty as monty

from punie_agent.codemode.values import check_size, to_sandbox
from punie_agent.exceptions import ProgramError

CallTool = Callable[[str, tuple[Any, ...], dict[str, Any]], Awaitable[Any]]

MAX_OUTPUT = 200_000
POOL_CLOSE_SECONDS = 0.02

# Monty runs these, but the typeshed of its checker lacks them.
EXTRA_STUBS = """
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
_T = TypeVar("_T")
_S = TypeVar("_S")
def map(function: Callable[[_T], _S], items: Iterable[_T]) -> Iterator[_S]: ...
def filter(function: Callable[[_T], Any] | None, items: Iterable[_T]) -> Iterator[_T]: ...
def getattr(value: object, name: str, default: Any = ...) -> Any: ...
def hasattr(value: object, name: str) -> bool: ...
def setattr(value: object, name: str, new: Any) -> None: ...
class PermissionError(OSError): ...
class FileNotFoundError(OSError): ...
class FileExistsError(OSError): ...
class IsADirectoryError(OSError): ...
class NotADirectoryError(OSError): ...
class ImportError(Exception): ...
class ModuleNotFoundError(ImportError): ...
"""


@dataclass(frozen=True)
class Limits:
    """What one program may use."""

    seconds: float = 120.0
    memory: int = 256 << 20
    tool_calls: int = 10_000


@dataclass(frozen=True)
class ProgramResult:
    """The value of the program's last expression, checked for size, and what it printed."""

    value: Any
    output: str


class CodeRunner:
    """A sandbox for the programs of one turn; names defined by one program are there for the next."""

    def __init__(self, pool: monty.AsyncMonty, stubs: str, tools: Collection[str], limits: Limits) -> None:
        self._pool = pool
        self._stubs = EXTRA_STUBS + stubs
        self._tools = frozenset(tools)
        self._limits = limits
        self._stack = AsyncExitStack()
        self._session: monty.AsyncMontySession | None = None

    async def run(self, code: str, call_tool: CallTool) -> ProgramResult:
        """Run a program.

        Raises:
            ProgramError: it does not type-check (then nothing ran), raised, or broke a limit. A limit
                also resets the sandbox.
        """
        session = await self._checkout()
        output = monty.CollectString(max_bytes=MAX_OUTPUT)
        try:
            snapshot = await session.feed_start(code, print_callback=output)
            while not isinstance(snapshot, monty.MontyComplete):
                snapshot = await self._resume(snapshot, call_tool)
            value = snapshot.output
            check_size(value)
        except monty.MontyTypingError as error:
            raise ProgramError(f"The program does not type-check, so it was not run:\n{error.display()}") from error
        except (monty.MontyRuntimeError, monty.MontySyntaxError) as error:
            if isinstance(error.exception(), TimeoutError | MemoryError):
                await self.reset()
            raise ProgramError(error.display(), output.output) from error
        except monty.MontyError as error:
            await self.reset()
            raise ProgramError(f"The sandbox stopped: {error}. Its names are gone.", output.output) from error
        except ValueError as error:
            raise ProgramError(f"The result was refused: {error}.", output.output) from error
        except asyncio.CancelledError:
            await self.reset()
            raise
        return ProgramResult(value, output.output)

    async def reset(self) -> None:
        """Drop the worker; the next program starts in a fresh one."""
        stack, self._stack, self._session = self._stack, AsyncExitStack(), None
        await stack.aclose()

    async def _checkout(self) -> monty.AsyncMontySession:
        if self._session is None:
            self._session = await self._stack.enter_async_context(
                self._pool.checkout(
                    limits={
                        "max_feed_duration_secs": self._limits.seconds,
                        "max_memory": self._limits.memory,
                        "max_suspensions": self._limits.tool_calls,
                    },
                    type_check=True,
                    type_check_stubs=self._stubs,
                    type_check_format="concise",
                )
            )
        return self._session

    async def _resume(self, snapshot: Any, call_tool: CallTool) -> Any:  # noqa: ANN401 - Monty's snapshot union
        if isinstance(snapshot, monty.AsyncNameLookupSnapshot):
            return await snapshot.resume()
        if not isinstance(snapshot, monty.AsyncFunctionSnapshot):
            raise ProgramError("Tools are called without await here.")
        if snapshot.is_os_function:
            return await snapshot.resume_auto()
        name = snapshot.function_name
        if name not in self._tools:
            message = f"name {name!r} is not defined"
            return await snapshot.resume({"exc_type": "NameError", "message": message})
        try:
            check_size(snapshot.args)
            check_size(snapshot.kwargs)
            result = to_sandbox(await call_tool(name, snapshot.args, snapshot.kwargs))
        except Exception as error:  # noqa: BLE001 - the program sees every failure as an exception
            return await snapshot.resume({"exc_type": _exception_name(error), "message": str(error)})
        return await snapshot.resume({"return_value": result})


def _exception_name(error: Exception) -> str:
    known = type(error).__name__
    return known if isinstance(getattr(builtins, known, None), type) else "RuntimeError"


@asynccontextmanager
async def open_runner(stubs: str, tools: Collection[str], limits: Limits | None = None) -> AsyncGenerator[CodeRunner]:
    """A runner with a worker pool of its own."""
    async with monty.AsyncMonty(request_timeout=None, max_processes=2) as pool:
        runner = CodeRunner(pool, stubs, tools, limits or Limits())
        try:
            yield runner
        finally:
            await runner.reset()
    # Without this pause the interpreter sometimes aborts at exit (pydantic-monty 1.4.0).
    await asyncio.sleep(POOL_CLOSE_SECONDS)
