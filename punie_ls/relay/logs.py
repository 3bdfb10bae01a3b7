"""The log: a file for each run of the relay in the user's log directory, written by a thread. Knows no LSP.

A file of its own, because relays that share one would have to rotate it under each other. Records wait in memory until
`open`, so that neither a thread nor a disk is waited for while the editor starts.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

DIRECTORY_VARIABLE = "PUNIE_LOG_DIR"
DEFAULT_LEVEL = "info"
PART_BYTES = 2 << 20
OLD_PARTS = 2
KEPT_RUNS = 10
MAX_WAITING_LINES = 2_000
OPEN_AFTER_SECONDS = 2.0
CLOSE_SECONDS = 2.0

PREFIX = "punie-ls-"
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def start(level: str | None) -> LogFile:
    """Log into memory from now on; `level` is the user's explicit choice, and then stderr is told as well."""
    root = logging.getLogger()
    log_file = LogFile(fixed=level is not None)
    root.addHandler(log_file)
    if level is not None:
        stderr = logging.StreamHandler(sys.stderr)
        stderr.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        root.addHandler(stderr)
    root.setLevel((level or DEFAULT_LEVEL).upper())
    threading.excepthook = _thread_failed
    return log_file


def set_level(level: str) -> None:
    """The `log-level` setting is known, or has changed. A level on the command line stays what it is."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, LogFile) and not handler.fixed:
            root.setLevel(level.upper())
            handler.setLevel(level.upper())


def directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the log files are: PUNIE_LOG_DIR, or the user's log directory."""
    if named := environ.get(DIRECTORY_VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_log_path("punie")


def log_files(folder: Path) -> list[Path]:
    """The log files without their older parts, the one last written to first."""
    with contextlib.suppress(OSError):
        return sorted(folder.glob(f"{PREFIX}*.log"), key=_written, reverse=True)
    return []


class LogFile(logging.Handler):
    """Keeps lines in memory, and from `open` on hands them to a thread that writes them."""

    def __init__(self, *, fixed: bool = False) -> None:
        super().__init__()
        self.fixed = fixed
        self.setFormatter(_Formatter(_FORMAT))
        self._lines: queue.SimpleQueue[tuple[int, str] | None] = queue.SimpleQueue()
        self._lost = 0
        self._failed = False
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line; when the disk is too slow to take them all, count what is lost."""
        if self._failed:
            return
        if self._lines.qsize() >= MAX_WAITING_LINES:
            self._lost += 1
            return
        try:
            self._lines.put((record.levelno, self.format(record)))
        except Exception:  # noqa: BLE001 - logging must never hurt whoever logs
            self.handleError(record)

    def open(self) -> None:
        """Begin to write."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_lines, name="punie-log", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what waits; a disk that hangs is not waited for."""
        if not self._failed:
            self.open()
            self._lines.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        self._failed = True
        super().close()

    def _write_lines(self) -> None:
        try:
            parts = _Parts(directory())
        except (OSError, RuntimeError) as error:  # RuntimeError: there is no home directory
            self._failed = True
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"punie-ls: there will be no log file: {error}\n")
            return
        while entry := self._lines.get():
            level, line = entry
            # The level may have become known after the line was kept.
            if level < self.level:
                continue
            if self._lost:
                lost, self._lost = self._lost, 0
                parts.write(f"    ({lost} lines are missing here)")
            parts.write(line)
        parts.close()


class _Formatter(logging.Formatter):
    """One line for a record; a traceback follows indented."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).rstrip().replace("\r", "").replace("\n", "\n    ")


class _Parts:
    """The file of this run and its older parts. A full disk loses lines, and nothing else."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clean(folder)
        started = time.strftime("%Y%m%d-%H%M%S")
        self._path = folder / f"{PREFIX}{started}-{os.getpid()}.log"
        self._file = self._open()
        self._size = 0

    def write(self, line: str) -> None:
        data = f"{line}\n".encode(errors="backslashreplace")
        with contextlib.suppress(OSError):
            if self._size + len(data) > PART_BYTES:
                self._rotate()
            self._size += os.write(self._file, data)

    def close(self) -> None:
        os.close(self._file)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _rotate(self) -> None:
        names = [self._path, *(Path(f"{self._path}.{number}") for number in range(1, OLD_PARTS + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            with contextlib.suppress(FileNotFoundError):
                newer.replace(older)
        fresh = self._open()
        os.close(self._file)
        self._file, self._size = fresh, 0


def _clean(folder: Path) -> None:
    """Delete the files of old runs, but none of a relay that still runs."""
    for path in log_files(folder)[KEPT_RUNS - 1 :]:
        pid = path.stem.rpartition("-")[2]
        if pid.isdigit() and _alive(int(pid)):
            continue
        for part in (path, *folder.glob(f"{path.name}.*")):
            with contextlib.suppress(OSError):
                part.unlink()


def _written(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        error = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger(__name__).critical("a thread of the relay has failed", exc_info=error)
