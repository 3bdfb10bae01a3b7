"""`--trace FILE`: every message of both sides, as JSON lines. Imported only when a trace is wanted.

Messages are spliced in as they are, by a thread: the event loop neither decodes them nor waits for a disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import queue
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from punie_ls import __version__
from punie_ls.relay.child_process import ChildProcess, OnChildMessage
from punie_ls.relay.exceptions import TraceError
from punie_ls.relay.messages import encode
from punie_ls.relay.routing import Name
from punie_ls.relay.supervisor import Launch

# The file and its one older part together.
MAX_FILES_BYTES = 200 << 20
MAX_WAITING_BYTES = 64 << 20
ENTRY_BYTES = 256
CLOSE_SECONDS = 5.0

Entry = tuple[float, str, str, bytes] | tuple[float, dict[str, Any]]

log = logging.getLogger(__name__)
_check_json = msgspec.json.Decoder(msgspec.Raw).decode


class Trace:
    """A trace in writing.

    Args:
        path: the file; one that is there becomes `FILE.1`. Raises TraceError when it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._start = time.monotonic()
        self._file = TraceFile(path.expanduser())
        self._entries: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._lost = 0
        self._runs: dict[str, int] = {}
        self._thread = threading.Thread(target=self._write_entries, name="punie-trace", daemon=True)
        self._thread.start()
        self.event(
            "trace",
            version=__version__,
            python=sys.version.split()[0],
            pid=os.getpid(),
            arguments=sys.argv[1:],
            time=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        )

    def message(self, sender: str, receiver: str, body: bytes) -> None:
        """A message on its way."""
        self._put((time.monotonic() - self._start, sender, receiver, body), len(body))

    def event(self, name: str, **details: object) -> None:
        """Something that is no message."""
        self._put((time.monotonic() - self._start, {"event": name, **details}), 0)

    def close(self) -> None:
        """Write what waits."""
        self._entries.put((time.monotonic() - self._start, {"event": "end"}))
        self._entries.put(None)
        self._thread.join(CLOSE_SECONDS)

    def tap(self, pass_on: Callable[[bytes], None], sender: str, receiver: str) -> Callable[[bytes], None]:
        """`pass_on` as it is, with each message noted first."""

        def note(body: bytes) -> None:
            self.message(sender, receiver, body)
            pass_on(body)

        return note

    def launches(self, launches: Mapping[Name, Launch]) -> dict[Name, Launch]:
        """The children, each run of them with its messages, its start and its end noted."""
        return {name: self.launch(launch) for name, launch in launches.items()}

    def launch(self, launch: Launch) -> Launch:
        """A process that speaks in LSP's frames, noted likewise."""
        return replace(launch, process=self._maker(launch))

    def run_of(self, name: str) -> int:
        """The how-manieth start of a child this is."""
        self._runs[name] = self._runs.get(name, 0) + 1
        return self._runs[name]

    def _maker(self, launch: Launch) -> Callable[..., ChildProcess]:
        return lambda name, on_message, on_exit: TracedProcess(self, launch, name, on_message, on_exit)

    def _put(self, entry: Entry, size: int) -> None:
        with self._lock:
            if self._waiting and self._waiting + size > MAX_WAITING_BYTES:
                self._lost += 1
                return
            self._waiting += size + ENTRY_BYTES
        self._entries.put(entry)

    def _write_entries(self) -> None:
        try:
            while entry := self._entries.get():
                body = entry[3] if len(entry) == 4 else b""
                line = _line(entry)
                with self._lock:
                    self._waiting -= len(body) + ENTRY_BYTES
                    lost, self._lost = self._lost, 0
                self._file.write(line)
                if lost:
                    self._file.write(_line((entry[0], {"event": "lost", "messages": lost})))
        except OSError as error:
            self._waiting = sys.maxsize
            log.error("the trace ends here: %s", error.strerror)
        finally:
            self._file.close()


class TraceFile:
    """The file on disk: readable for its owner only, bounded, of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = self._take()
        except OSError as error:
            raise TraceError(f"cannot write the trace to {path}: {error.strerror}") from error
        self._size = 0

    def write(self, line: bytes) -> None:
        """Write through to the system, so that a killed relay loses nothing. Raises OSError."""
        if self._size and self._size + len(line) > MAX_FILES_BYTES // 2:
            self._rotate()
        self._size += len(line)
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)

    def _take(self) -> int:
        """A fresh file. What an earlier run wrote is kept, and what another relay writes is left alone."""
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(self._path.lstat().st_mode):
                raise TraceError(f"cannot write the trace to {self._path}: it is no regular file")
            if _in_use(self._path):
                self._path = self._own_path()
            elif self._path.stat().st_size:
                self._path.replace(f"{self._path}.1")
            else:
                self._path.unlink()
        try:
            return self._create()
        except FileExistsError:
            # Another relay that starts right now was faster.
            self._path = self._own_path()
            return self._create()

    def _own_path(self) -> Path:
        return self._path.with_name(f"{self._path.stem}.{os.getpid()}{self._path.suffix}")

    def _create(self) -> int:
        """Raises FileExistsError when the file is, or has become, another relay's."""
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _is_there(self._path, file):
            os.close(file)
            raise FileExistsError(errno.EEXIST, "another relay has taken its place", str(self._path))
        return file

    def _rotate(self) -> None:
        self._path.replace(f"{self._path}.1")
        fresh = self._create()
        os.close(self._file)
        self._file, self._size = fresh, 0


def _is_there(path: Path, file: int) -> bool:
    """Whether the path still leads to the open file: one who saw it empty and not yet locked may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


class TracedProcess(ChildProcess):
    """A run of a child, with everything noted."""

    def __init__(
        self,
        trace: Trace,
        launch: Launch,
        name: str,
        on_message: OnChildMessage,
        on_exit: Callable[[ChildProcess], None],
    ) -> None:
        def received(process: ChildProcess, body: bytes) -> None:
            trace.message(name, "relay", body)
            on_message(process, body)

        def exited(process: ChildProcess) -> None:
            trace.event("exited", child=name, pid=process.pid, code=process.returncode)
            on_exit(process)

        super().__init__(name, received, exited)
        self._trace = trace
        self._launch = launch

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        super().connection_made(transport)
        command = list(self._launch.command)
        run = self._trace.run_of(self.name)
        self._trace.event("started", child=self.name, pid=self.pid, run=run, command=command)

    def write(self, body: bytes) -> None:
        """Send one message."""
        self._trace.message("relay", self.name, body)
        super().write(body)


class TraceLog(logging.Handler):
    """The log's records between the messages: they say why a child ended, and what the relay made of it."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record."""
        self._trace.event("log", level=record.levelname, logger=record.name, text=self.format(record))


def _line(entry: Entry) -> bytes:
    if len(entry) == 2:
        seconds, event = entry
        return encode({"t": round(seconds, 6), **event}) + b"\n"
    seconds, sender, receiver, body = entry
    head = b'{"t":%.6f,"from":%b,"to":%b,' % (seconds, encode(sender), encode(receiver))
    try:
        body.decode()
        _check_json(body)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return head + b'"text":%b}\n' % encode(body.decode(errors="replace"))
    # JSON has line ends only between its tokens.
    return head + b'"message":%b}\n' % body.replace(b"\r", b" ").replace(b"\n", b" ")


def _in_use(path: Path) -> bool:
    """Whether another process holds it as its trace."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
