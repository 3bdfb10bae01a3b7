"""The Monty worker of a runner: started when needed, with the type checker and Punie's modules; dropped as a whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from typing import Any

import pydantic_monty as monty

from punie_agent.codemode.explaining import has_errors
from punie_agent.codemode.library import external_modules, loading_program, mentioned
from punie_agent.codemode.limits import Limits
from punie_agent.codemode.output import Output

FLUSH_SECONDS = 0.05
SUSPENSIONS = 1_000_000_000


class Sandbox:
    """A worker process, if there is one.

    Attributes:
        modules: Punie's modules that are loaded in it, as imports get them.
    """

    def __init__(self, pool: monty.AsyncMonty, stubs: str, limits: Limits) -> None:
        self._pool = pool
        self._stubs = stubs
        self._limits = limits
        self._stack = AsyncExitStack()
        self._session: monty.AsyncMontySession | None = None
        self.modules: dict[str, monty.MontyClassProxy] = {}

    @property
    def started(self) -> bool:
        """Whether there is a worker."""
        return self._session is not None

    async def open(self) -> monty.AsyncMontySession:
        """The worker's session; starts one."""
        if self._session is None:
            self._session = await self._stack.enter_async_context(
                self._pool.checkout(
                    limits={
                        "max_feed_duration_secs": self._limits.seconds,
                        "max_memory": self._limits.memory,
                        "max_suspensions": SUSPENSIONS,
                    },
                    type_check=True,
                    type_check_stubs=self._stubs,
                    type_check_format="concise",
                    print_flush_interval=FLUSH_SECONDS,
                    external_modules=external_modules(),
                )
            )
        return self._session

    async def start(self, code: str, output: Output) -> Any:  # noqa: ANN401 - Monty's snapshots
        """Type-check a program and run it up to its first question. Warnings of the type checker do not count."""
        session = await self.open()
        await self._load_modules(session, code)
        async with asyncio.timeout(self._limits.checking + self._limits.seconds):
            try:
                return await session.feed_start(code, print_callback=output)
            except monty.MontyTypingError as error:
                if has_errors(error.display()):
                    raise
                return await session.feed_start(code, print_callback=output, skip_type_check=True)

    async def warm(self) -> None:
        """Load the type checker."""
        session = await self.open()
        with contextlib.suppress(monty.MontyError):
            await session.feed_start("None")

    async def declare(self, names: Iterable[str]) -> None:
        """Tell the type checker of names that exist, which it does not know when their program failed."""
        if self._session is not None and (lines := [f"{name}: typing__.Any" for name in names]):
            with contextlib.suppress(monty.MontyError):
                await self._session.feed_start("\n".join(["import typing as typing__", *lines, "None"]))

    async def close(self) -> None:
        """Drop the worker."""
        stack, self._stack, self._session, self.modules = self._stack, AsyncExitStack(), None, {}
        await stack.aclose()

    async def killer(self) -> Callable[[], None]:
        """Ends the worker from any thread: a program that only prints cannot be ended otherwise."""
        pid = (await self.open()).worker_pid

        def kill() -> None:
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        return kill

    async def _load_modules(self, session: monty.AsyncMontySession, code: str) -> None:
        for name in mentioned(code):
            if name not in self.modules:
                loaded = await session.feed_start(loading_program(name), skip_type_check=True)
                while not isinstance(loaded, monty.MontyComplete):
                    loaded = await loaded.resume_auto()
                self.modules[name] = loaded.output
