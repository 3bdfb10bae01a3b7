"""A process that stays and runs tests on request, each time in a fork: the client's side of pytest_plugin/punie_server.

It lives in a copy of the project, in the sandbox that tests run in, and ends with the block that it was opened for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.pytest_results import Run
from punie_semantic.pytest_run import Copy, Selection, run_tests
from punie_semantic.settings import Settings

START_SECONDS = 60.0
ANSWER_SECONDS = 10.0
MOST_BYTES = 64 << 20
MOST_PATH = 100
BAD = ("failed", "error")
Ending = Literal["done", "late", "died", "unswappable"]
Event = dict[str, Any]


@dataclass(frozen=True)
class Swap:
    """Code that is changed in place: the file in the copy, its bytes before, and the line its function starts in."""

    path: Path
    before: bytes
    line: int


@dataclass(frozen=True)
class Outcome:
    """How tests ended in one fork.

    Attributes:
        ended: whether the fork came to its end, or was too late, or died; or could not take the code.
        tests: pytest's status by test.
        seconds: how long it took.
        observed: what the tests did, when that was asked for.
        status: the process's, as `waitpid` gives it.
    """

    ended: Ending
    tests: Mapping[str, str]
    seconds: float
    observed: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0

    def passes(self, tests: Sequence[str]) -> bool:
        """Whether all of them passed."""
        return self.ended == "done" and all(self.tests.get(test) == "passed" for test in tests)

    @property
    def bad(self) -> set[str]:
        """The tests that failed."""
        return {test for test, status in self.tests.items() if status in BAD}


@dataclass(frozen=True)
class Collected:
    """The tests there are; files that could not be collected and why; the functions that importing it all called."""

    tests: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]
    called: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class _Served(Selection):
    """Tests for a process that stays."""

    def arguments(self) -> list[str]:
        """For pytest's command line."""
        return ["-p", "punie_server", *super().arguments()]


class TestServer:
    """The two processes that wait in one copy. One request at a time; `turn` keeps others out."""

    __test__ = False

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.turn = asyncio.Lock()
        self._lines: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
        self._came: asyncio.Queue[Event] = asyncio.Queue()

    async def collect(self, seconds: float) -> Collected:
        """Collect the tests. Raises ToolUnavailable when that ends, or takes too long."""
        await self._send("fresh", {"t": "collect"})
        ended = asyncio.ensure_future(self._read("fresh"))
        came = asyncio.ensure_future(self._came.get())
        try:
            done, _ = await asyncio.wait({ended, came}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (ended, came):
                task.cancel()
            await asyncio.gather(ended, came, return_exceptions=True)
        if came not in done:
            raise ToolUnavailable(
                "pytest ended while it collected the tests" if done else "the tests were not collected in time"
            )
        event = came.result()
        called = frozenset((str(file), int(line)) for file, line in event["called"])
        return Collected(tuple(event["tests"]), tuple((str(n), str(why)) for n, why in event["errors"]), called)

    async def run(
        self,
        tests: Sequence[str] | None,
        seconds: float,
        *,
        swap: Swap | None = None,
        targets: Sequence[str] = (),
        without: Sequence[str] = (),
        observe: bool = False,
        first: bool = False,
        hold: bool = False,
    ) -> Outcome:
        """Run tests in a fork.

        Args:
            tests: their ids; None for all.
            seconds: the fork's deadline.
            swap: code to change in the process that has collected the tests.
            targets: instead, what a pytest that starts anew is given; it imports the project as it is in the copy now.
            without: tests that are left out of all.
            observe: whether to report what they execute and why they fail.
            first: whether to stop at the first that fails.
            hold: whether a test that hangs is made to fail shortly before the deadline, instead of being killed.
        """
        request: Event = {"t": "run", "seconds": seconds, "observe": observe, "first": first}
        request["tests"] = None if tests is None else list(tests)
        request["without"] = list(without)
        request["hold"] = hold or observe
        if swap is not None:
            request["swap"] = [str(swap.path), swap.before.decode("latin-1"), swap.line]
        if targets:
            request["targets"] = list(targets)
        role = "fresh" if targets else "collected"
        await self._send(role, request)
        try:
            async with asyncio.timeout(seconds + ANSWER_SECONDS):
                event = await self._read(role)
                while event["t"] != "answer":  # the other process has ended
                    event = await self._read(role)
        except TimeoutError as error:
            raise ToolUnavailable("the process that runs the tests does not answer") from error
        ended = str(event["ended"])
        known: Ending = ended if ended in ("done", "late", "unswappable") else "died"  # type: ignore[assignment]
        statuses = event["tests"] | {str(name): "error" for name, _ in event.get("errors", ())}
        observed, status = event.get("observed") or {}, int(event.get("status", 0))
        return Outcome(known, statuses, float(event["seconds"]), observed, status)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A process has come; its first words say which."""
        with contextlib.suppress(ToolUnavailable):
            event = await _event(reader)
            self._lines[str(event["t"])] = (reader, writer)
            await self._came.put(event)

    async def come(self) -> Event:
        """The next process that connects."""
        return await self._came.get()

    def close(self) -> None:
        """End the processes."""
        for _, writer in self._lines.values():
            writer.close()

    async def _send(self, role: str, request: Event) -> None:
        if role not in self._lines:
            raise ToolUnavailable("the process that runs the tests has ended")
        writer = self._lines[role][1]
        try:
            writer.write(json.dumps(request).encode("ascii") + b"\n")
            await writer.drain()
        except OSError as error:
            raise ToolUnavailable("the process that runs the tests has ended") from error

    async def _read(self, role: str) -> Event:
        return await _event(self._lines[role][0])


async def _event(reader: asyncio.StreamReader) -> Event:
    try:
        line = await reader.readline()
        event = json.loads(line) if line else None
    except (OSError, ValueError) as error:
        raise ToolUnavailable("the process that runs the tests answers nonsense") from error
    if not isinstance(event, dict) or "t" not in event:
        raise ToolUnavailable("the process that runs the tests has ended")
    return event


@asynccontextmanager
async def serving(copy: Copy, targets: Sequence[str], settings: Settings, seconds: float) -> AsyncGenerator[TestServer]:
    """A server for the tests in some files, until the block ends. Raises ToolUnavailable when it does not start."""
    place = copy.scratch / "server"
    if len(str(place)) > MOST_PATH:
        raise ToolUnavailable("the folder for temporary files has too long a name for a socket")
    server = TestServer(copy)
    listening = await asyncio.start_unix_server(server.connected, place, limit=MOST_BYTES)
    running = asyncio.ensure_future(run_tests(copy, _Served(tuple(targets)), settings, timeout=seconds))
    came = asyncio.ensure_future(server.come())
    try:
        await asyncio.wait({running, came}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not came.done():
            raise ToolUnavailable(_why(await running) if running.done() else "pytest did not start in time")
        yield server
    finally:
        server.close()
        listening.close()
        came.cancel()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError, ToolUnavailable):
            await running


def _why(run: Run) -> str:
    return run.why or "pytest ended at once"
