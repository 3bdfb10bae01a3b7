"""A child process that runs one regular expression over texts, and is killed when it takes too long."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from punie_semantic import line_search
from punie_semantic.environment import child_environ
from punie_semantic.exceptions import PatternError, ToolUnavailable
from punie_semantic.processes import kill_group

SECONDS = 8.0
START_SECONDS = 30.0
MAX_ANSWER = 1 << 24


class TooSlow(Exception):
    """The pattern ran out of time."""


class RegexWorker:
    """`async with RegexWorker(pattern, flags) as worker`, then `matching_lines` for each text.

    All texts together get `SECONDS` of the worker's time; starting it does not count.
    """

    def __init__(self, pattern: str, flags: int) -> None:
        self._first = {"pattern": pattern, "flags": flags}
        self._left = SECONDS

    async def __aenter__(self) -> RegexWorker:
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(Path(line_search.__file__))),
                stdin=pipe,
                stdout=pipe,
                stderr=asyncio.subprocess.DEVNULL,
                env=child_environ(),
                limit=MAX_ANSWER,
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise ToolUnavailable(f"The search could not be started: {error.strerror}.") from error
        try:
            await self._start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def matching_lines(self, text: str, limit: int) -> list[tuple[int, int]]:
        """As `line_search.matching_lines`. Raises TooSlow, after which the worker is of no more use."""
        started = time.monotonic()
        answer = await self._ask({"text": text, "limit": limit}, self._left)
        self._left -= time.monotonic() - started
        if "error" in answer:
            raise TooSlow(answer["error"])
        return [(line, column) for line, column in answer["found"]]

    async def _start(self) -> None:
        answer = await self._ask(self._first, START_SECONDS)
        if "error" in answer:
            raise PatternError(
                f"{self._first['pattern']!r} is no regular expression: {answer['error']}. "
                "Pass regex=False for plain text."
            )

    async def _ask(self, message: Mapping[str, object], seconds: float) -> dict:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        try:
            async with asyncio.timeout(seconds):
                stdin.write(json.dumps(message).encode() + b"\n")
                await stdin.drain()
                line = await stdout.readline()
        except (TimeoutError, ConnectionError, ValueError) as error:
            raise TooSlow("time ran out") from error
        if not line:
            raise TooSlow("memory ran out")
        return json.loads(line)

    async def _end(self) -> None:
        if self._process.returncode is None:
            kill_group(self._process)
        await asyncio.shield(self._process.wait())
