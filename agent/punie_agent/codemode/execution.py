"""One program in the sandbox: answers what it asks for until it ends. Knows nothing of models, types or messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, get_args

import pydantic_monty as monty

from punie_agent.codemode.asynchrony import SUFFIX
from punie_agent.codemode.limits import LimitError, Limits
from punie_agent.codemode.output import Output
from punie_agent.codemode.values import check_size, to_sandbox

logger = logging.getLogger(__name__)

CallTool = Callable[[str, tuple[Any, ...], dict[str, Any]], Awaitable[Any]]

CANCEL_SECONDS = 1.0
_EXCEPTIONS = frozenset(get_args(monty.ExcType))
_SLEEPS = ("system.sleep", "system.async_sleep")


class Execution:
    """A running program.

    Attributes:
        calls: how many tool calls it has made.
    """

    def __init__(
        self,
        call_tool: CallTool,
        tools: Collection[str],
        modules: Mapping[str, monty.MontyClassProxy],
        output: Output,
        limits: Limits,
    ) -> None:
        self._call_tool = call_tool
        self._tools = tools
        self._modules = modules
        self._output = output
        self._limits = limits
        self._running: dict[int, asyncio.Task[Any]] = {}
        self._names: dict[int, str] = {}
        self._lookups = 0
        self._slept = 0.0
        self.calls = 0

    async def drive(self, snapshot: Any) -> Any:  # noqa: ANN401 - Monty's snapshots; the program's value
        """Answer until the program ends; gives its value. Raises Monty's errors and LimitError."""
        try:
            while not isinstance(snapshot, monty.MontyComplete):
                self._output.deliver()
                snapshot = await self._answer(snapshot)
            return snapshot.output
        finally:
            self._output.deliver()
            await self._end_tasks()

    @property
    def not_awaited(self) -> list[str]:
        """Tools that were called and whose results the program never waited for."""
        return list(self._names.values())

    async def _answer(self, snapshot: Any) -> Any:  # noqa: ANN401
        if isinstance(snapshot, monty.AsyncFutureSnapshot):
            return await self._settle(snapshot)
        if isinstance(snapshot, monty.AsyncNameLookupSnapshot):
            self._count_lookup()
            name = snapshot.variable_name
            if snapshot.object_id is None and name.removesuffix(SUFFIX) in self._tools:
                return await snapshot.resume(value=_named(name))
            return await snapshot.resume()
        if snapshot.is_os_function:
            return await self._answer_system(snapshot)
        name = snapshot.function_name
        if name.removesuffix(SUFFIX) not in self._tools:
            self._count_lookup()
            return await snapshot.resume({"exc_type": "NameError", "message": f"name {name!r} is not defined"})
        self.calls += 1
        if self.calls > self._limits.tool_calls:
            raise LimitError(f"The program called tools more than {self._limits.tool_calls} times.")
        if name.endswith(SUFFIX):
            return await self._start(snapshot, name.removesuffix(SUFFIX))
        return await snapshot.resume(await self._call(name, snapshot.args, snapshot.kwargs))

    async def _answer_system(self, snapshot: monty.AsyncFunctionSnapshot) -> Any:  # noqa: ANN401
        self._count_lookup()
        name = snapshot.function_name
        if name == "import" and (module := self._modules.get(snapshot.args[0])) is not None:
            return await snapshot.resume({"return_value": module})
        if name in _SLEEPS:
            seconds = min(max(float(snapshot.args[0]), 0.0), self._limits.sleep - self._slept)
            self._slept += seconds
            await asyncio.sleep(seconds)
            return await snapshot.resume({"return_value": None})
        return await snapshot.resume_auto()

    def _count_lookup(self) -> None:
        self._lookups += 1
        if self._lookups > self._limits.lookups:
            raise LimitError(f"The program asked for names and modules more than {self._limits.lookups} times.")

    async def _start(self, snapshot: monty.AsyncFunctionSnapshot, name: str) -> Any:  # noqa: ANN401
        number = snapshot.call_id
        self._names[number] = name
        self._running[number] = asyncio.create_task(self._call(name, snapshot.args, snapshot.kwargs))
        return await snapshot.resume({"future": ...})

    async def _settle(self, snapshot: monty.AsyncFutureSnapshot) -> Any:  # noqa: ANN401
        waited = {number: self._running[number] for number in snapshot.pending_call_ids if number in self._running}
        if not waited:
            raise LimitError("The program waits for something that will never happen.")
        await asyncio.wait(waited.values(), return_when=asyncio.FIRST_COMPLETED)
        self._output.deliver()
        done = {number: task.result() for number, task in waited.items() if task.done()}
        for number in done:
            del self._running[number], self._names[number]
        return await snapshot.resume(done)

    async def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        """A tool's result, or its error, as Monty takes it."""
        try:
            check_size([args, kwargs], limit=self._limits.result)
        except ValueError as error:
            return {"exc_type": "ValueError", "message": f"{name}: the arguments were refused: {error}"}
        try:
            result = await self._call_tool(name, args, kwargs)
        except KeyboardInterrupt:
            raise
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return {"exc_type": "RuntimeError", "message": f"{name} was cancelled"}
        except BaseException as error:  # noqa: BLE001 - the program sees every failure as an exception
            return _as_exception(name, error)
        try:
            value = to_sandbox(result)
            check_size(value, limit=self._limits.result)
        except (TypeError, ValueError, RecursionError) as error:
            return {"exc_type": "ValueError", "message": f"{name}: the result was refused: {error}. Ask for less."}
        return {"return_value": value}

    async def _end_tasks(self) -> None:
        """Cancel what still runs, and wait until it has ended."""
        tasks = [task for task in self._running.values() if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
            for task in left:
                logger.warning("a cancelled tool call did not end: %s", task)
        for task in self._running.values():
            if task.done() and not task.cancelled():
                task.exception()
        self._running.clear()


def _as_exception(name: str, error: BaseException) -> dict[str, str]:
    known = type(error).__name__
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if known in _EXCEPTIONS and known not in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"):
        return {"exc_type": known, "message": message or f"{name} failed"}
    plain = message or f"{name} failed with {known}"
    return {"exc_type": "RuntimeError", "message": plain}


def _named(name: str) -> Callable[[], None]:
    """Something with a tool's name, which is all that Monty takes of a function."""

    def function() -> None:
        """Never called: calls come out of the sandbox by name."""

    function.__name__ = function.__qualname__ = name
    return function
