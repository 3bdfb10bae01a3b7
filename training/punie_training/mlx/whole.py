"""Folders that are there whole or not at all: written beside their place under another name, and renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from punie_training.exceptions import RunError

MARK = ".partial-"


@contextmanager
def whole_folder(out: Path) -> Generator[Path]:
    """A name for a folder that becomes `out` at the end, and is removed when that is not reached.

    What a process that was killed left behind there is removed first. The folder itself is not made.

    Raises:
        RunError: `out` is there already.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"{out} is there already: name another folder, or delete it.")
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    partial = out.with_name(f".{out.name}{MARK}{os.getpid()}")
    try:
        yield partial
        if out.exists():
            out.rmdir()
        partial.replace(out)
    finally:
        remove(partial)


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_leftovers(out: Path) -> None:
    """Those of processes that run are not touched."""
    for path in out.parent.glob(f".{out.name}{MARK}*"):
        number = path.name.rpartition("-")[2]
        if number.isdecimal() and not _runs(int(number)):
            remove(path)


def _runs(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
