"""A process that watches folders for the relay, when the editor does not.

A process of its own: while watchfiles looks through a large folder for the first time, it keeps Python's global lock
for more than a second. It speaks in LSP messages: `watch` with the paths comes in, `changed` and `failed` go out.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from watchfiles import Change, watch

from punie_semantic.wire.framing import Framer, frame

WATCH = "watch"
CHANGED = "changed"
FAILED = "failed"

# A burst is collected for at most this long; one change alone is reported after STEP_MS.
DEBOUNCE_MS = 400
STEP_MS = 50
WAKE_MS = 200

CREATED, MODIFIED, DELETED = 1, 2, 3  # LSP's FileChangeType

# What tools write and no type checker reads.
_NOISE = frozenset(
    {".git", ".hg", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox"}
)


def main() -> int:
    """Serve until standard input ends."""
    watcher = Watcher()
    framer = Framer(lambda body: watcher.watch(**json.loads(body)["params"]))
    while data := os.read(sys.stdin.fileno(), 1 << 16):
        framer.feed(data)
    # The threads are in native code and hold nothing that must be saved.
    os._exit(0)


class Watcher:
    """One set of watched paths at a time, in a thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._writing = threading.Lock()

    def watch(self, paths: list[str], since: float) -> None:
        """Watch these folders instead of the earlier ones, and report what has changed since a point in time."""
        self._stop.set()
        self._stop = threading.Event()
        threading.Thread(target=self._run, args=(paths, since, self._stop), daemon=True).start()

    def _run(self, paths: list[str], since: float, stop: threading.Event) -> None:
        there = [path for path in paths if Path(path).is_dir()]
        missed: set[tuple[Change, str]] | None = None
        try:
            for changes in watch(
                *there,
                watch_filter=_is_wanted,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                rust_timeout=WAKE_MS,
                stop_event=stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
                yield_on_timeout=True,
            ):
                if missed is None:
                    missed = {(Change.added, path) for folder in there for path in _newer(folder, since)}
                    changes |= missed
                if changes:
                    self._write(CHANGED, {"changes": _file_events(changes)})
        except OSError as error:
            self._write(FAILED, {"message": str(error)})

    def _write(self, method: str, params: dict[str, Any]) -> None:
        data = memoryview(frame(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()))
        with self._writing:
            while data:
                data = data[os.write(sys.stdout.fileno(), data) :]


def _is_wanted(change: Change, path: str) -> bool:
    return _NOISE.isdisjoint(Path(path).parts)


def _newer(folder: str, since: float) -> Iterator[str]:
    """Files that changed between the start of the servers and that of the watching."""
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOISE]
        for name in files:
            path = os.path.join(parent, name)  # noqa: PTH118 - a Path for each file of a large tree is slow
            with contextlib.suppress(OSError):
                if os.lstat(path).st_ctime >= since:
                    yield path


def _file_events(changes: Iterable[tuple[Change, str]]) -> list[dict[str, Any]]:
    """One event a path. Saving by renaming gives several changes at once; what is there now decides."""
    kinds: dict[str, set[Change]] = {}
    for change, path in changes:
        kinds.setdefault(path, set()).add(change)
    return [{"path": path, "type": _kind(path, seen)} for path, seen in sorted(kinds.items())]


def _kind(path: str, seen: set[Change]) -> int:
    if not os.path.lexists(path):
        return DELETED
    return CREATED if seen == {Change.added} else MODIFIED


if __name__ == "__main__":
    main()
