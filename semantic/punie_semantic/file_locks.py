"""A lock on an open file, which other processes wait for. It goes with the process, however that ends."""

from __future__ import annotations

import time

PAUSE = 0.02


def lock_file(handle: int, seconds: float) -> bool:
    """Take the lock within a time; whether nobody else has it.

    On Windows, and where the file system knows no locks, everybody gets it: whoever needs more than courtesy must
    check what it is about to overwrite.
    """
    try:
        import fcntl
    except ImportError:
        return True
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if not isinstance(error, BlockingIOError | PermissionError):
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        else:
            return True
