"""A connection to a language server: an interface, and the maker that starts a child process of our own.

Knows JSON-RPC and processes; what a method means is for its callers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from punie_semantic.exceptions import SemanticError, ToolUnavailable
from punie_semantic.processes import kill_group
from punie_semantic.wire.framing import METHOD_NOT_FOUND, REQUEST_CANCELLED, Framer, FramingError, frame

logger = logging.getLogger(__name__)

STDERR_TAIL = 4096
READ_BYTES = 1 << 18
LAST_WORDS_SECONDS = 0.5

Handler = Callable[[str, Any], Awaitable[Any] | Any]


class ResponseError(SemanticError):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class LanguageServerConnection(Protocol):
    """Whatever answers LSP requests: a child of our own, or the editor's server through the relay."""

    async def request(self, method: str, params: Any, *, timeout: float = 30) -> Any:  # noqa: ANN401 - wire data
        """The result of a request. Raises ResponseError or ToolUnavailable."""
        ...


class ChildConnection:
    """A language server as a child process.

    Server requests and notifications go to `on_request(method, params)` and `on_notification`; a request
    handler returns the result.
    """

    def __init__(
        self,
        command: list[str],
        *,
        name: str,
        cwd: Path,
        environ: Mapping[str, str],
        on_request: Handler | None = None,
        on_notification: Handler | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._cwd = cwd
        self._environ = dict(environ)
        self._on_request = on_request
        self._on_notification = on_notification
        self._process: asyncio.subprocess.Process | None = None
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._next_id = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stderr = bytearray()
        self._reading_stderr: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def alive(self) -> bool:
        """True while the process runs and its output can be read."""
        return self._process is not None and self._process.returncode is None and not self._ended

    @property
    def stderr(self) -> str:
        """The end of what the process has written to stderr."""
        return self._stderr.decode(errors="replace")

    async def start(self) -> None:
        """Start the process. Raises ToolUnavailable when it cannot be run."""
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                cwd=self._cwd,
                env=self._environ,
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise ToolUnavailable(
                f"{self.name} could not be started from {self._command[0]}: {error.strerror}."
            ) from error
        self._reading_stderr = self._spawn(self._read_stderr(self._process.stderr))
        self._spawn(self._read_messages(self._process.stdout))

    async def request(self, method: str, params: Any, *, timeout: float = 30) -> Any:  # noqa: ANN401 - wire data
        """Send a request and wait for its result; a cancelled wait cancels the request too."""
        self._next_id += 1
        key = self._next_id
        future = asyncio.get_running_loop().create_future()
        self._pending[key] = future
        try:
            if not self.alive:
                await self._hear_last_words()
            self._send({"jsonrpc": "2.0", "id": key, "method": method, "params": params})
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError as error:
            self._cancel(key)
            raise ToolUnavailable(f"{self.name} did not answer {method} within {timeout:g} s.") from error
        except asyncio.CancelledError:
            self._cancel(key)
            raise
        finally:
            self._pending.pop(key, None)

    def notify(self, method: str, params: Any) -> None:  # noqa: ANN401 - wire data
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    async def close(self) -> None:
        """Ask the server to end, then make it."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(SemanticError):  # one that cannot be talked to is made to end
                await self.request("shutdown", None, timeout=1)
                self.notify("exit", None)
            if process.stdin:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 1)
            except TimeoutError:
                # What it has started would hold its pipes open.
                kill_group(process)
                await process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._fail_pending()

    def _send(self, message: dict[str, Any]) -> None:
        if self._process is None or self._process.stdin is None or not self.alive:
            raise ToolUnavailable(f"{self.name} is not running.{self._last_words()}")
        self._process.stdin.write(frame(msgspec.json.encode(message)))

    def _cancel(self, key: int) -> None:
        with contextlib.suppress(SemanticError):
            self.notify("$/cancelRequest", {"id": key})

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _read_messages(self, stream: asyncio.StreamReader | None) -> None:
        framer = Framer(self._receive)
        try:
            while stream and (data := await stream.read(READ_BYTES)):
                framer.feed(data)
        except (FramingError, msgspec.DecodeError) as error:
            logger.error("%s sent what is not LSP: %s", self.name, error)
        # From here on nobody would answer a request; the process itself may be reaped later.
        self._ended = True
        await self._hear_last_words()
        self._fail_pending()

    async def _read_stderr(self, stream: asyncio.StreamReader | None) -> None:
        while stream and (data := await stream.read(READ_BYTES)):
            self._stderr = (self._stderr + data)[-STDERR_TAIL:]

    async def _hear_last_words(self) -> None:
        if self._reading_stderr:
            await asyncio.wait({self._reading_stderr}, timeout=LAST_WORDS_SECONDS)

    def _fail_pending(self) -> None:
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ToolUnavailable(f"{self.name} stopped.{self._last_words()}"))

    def _last_words(self) -> str:
        lines = self._stderr.decode(errors="replace").strip().splitlines()
        return f" Its last words: {lines[-1]}" if lines else ""

    def _receive(self, body: bytes) -> None:
        message = msgspec.json.decode(body)
        if "method" in message:
            self._spawn(self._serve(message))
            return
        future = self._pending.get(message.get("id"))
        if future is None or future.done():
            return
        if error := message.get("error"):
            future.set_exception(ResponseError(error.get("code", 0), error.get("message", "")))
        else:
            future.set_result(message.get("result"))

    async def _serve(self, message: dict[str, Any]) -> None:
        is_request = "id" in message
        handler = self._on_request if is_request else self._on_notification
        result: Any = None
        error: dict[str, Any] | None = None
        try:
            if handler is not None:
                answer = handler(message["method"], message.get("params"))
                result = await answer if isinstance(answer, Awaitable) else answer
            elif is_request:
                error = {"code": METHOD_NOT_FOUND, "message": message["method"]}
        except ResponseError as failure:
            error = {"code": failure.code, "message": str(failure)}
        if is_request and self.alive:
            reply = {"jsonrpc": "2.0", "id": message["id"]}
            self._send({**reply, **({"error": error} if error else {"result": result})})


def is_cancelled(error: ResponseError) -> bool:
    """True when the server dropped the request because it was cancelled."""
    return error.code == REQUEST_CANCELLED
