"""Runs one program and ends it when the process that asked for it is gone, however that ended.

A program of its own that knows nothing of Punie: `python -I keeper.py COMMAND...`. The end of its stdin is the sign,
so it works after a crash and after SIGKILL too. It passes the program's output on, and its exit status.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading

TERMINATE_SECONDS = 5.0


def main(command: list[str]) -> int:
    """Run a command until it ends or stdin does. Gives its exit status; of one ended by a signal, 128 and more."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 127
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _end(process))
    threading.Thread(target=_watch, args=(process,), daemon=True).start()
    status = process.wait()
    # What it started itself must not stay behind either.
    _signal(process, signal.SIGKILL)
    return status if status >= 0 else 128 - status


def _watch(process: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        pass
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program's whole group, by force when it does not listen."""
    _signal(process, signal.SIGTERM)
    timer = threading.Timer(TERMINATE_SECONDS, _signal, (process, signal.SIGKILL))
    timer.daemon = True
    timer.start()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
