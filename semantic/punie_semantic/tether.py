"""A program of its own: runs another one, and ends it with all that it started when whoever started this is gone.

    python -I -S tether.py FD program argument...

FD is the reading end of a pipe, which is at its end when nobody holds the other one any more, however Punie ended.
Then, and when the program has ended, everything that it left running is killed. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CANNOT_RUN = 127
_POLL_SECONDS = 0.2


def main(arguments: list[str]) -> None:
    """Run it, and end as it ends."""
    pipe, command = int(arguments[0]), arguments[1:]
    os.set_inheritable(pipe, False)
    _prctl(_PR_SET_CHILD_SUBREAPER)
    ended, signalled = os.pipe()
    os.set_blocking(signalled, False)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = os.fork()
    if not child:
        _become(command)
    status = _wait(child, pipe, ended)
    _kill_descendants()
    if status is None:
        os.killpg(0, signal.SIGKILL)
    elif os.WIFSIGNALED(status):
        _end_by(os.WTERMSIG(status))
    os._exit(os.waitstatus_to_exitcode(status or 0))


def _become(command: list[str]) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for name in ("SIGCHLD", "SIGPIPE", "SIGXFSZ"):  # Python changes these, and a program takes over what is ignored
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        os.write(2, f"{command[0]} could not be started: {error.strerror}\n".encode(errors="replace"))
        os._exit(_CANNOT_RUN)


def _wait(child: int, pipe: int, ended: int) -> int | None:
    """The program's status; None when the pipe's other end is gone."""
    while True:
        with contextlib.suppress(ChildProcessError):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return status
        readable, _, _ = select.select([pipe, ended], [], [], _POLL_SECONDS)
        if pipe in readable:
            return None
        if ended in readable:
            os.read(ended, 4096)


def _kill_descendants() -> None:
    """Those that left the process group were given to us when their parents ended."""
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for _ in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)


def _children() -> list[int]:
    """Empty where the system does not tell."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as stream:  # noqa: PTH123 - quick to start
            return [int(pid) for pid in stream.read().split()]
    except OSError:
        return []


def _end_by(number: int) -> None:
    """Whoever waits for us sees the signal that ended the program."""
    with contextlib.suppress(OSError):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def _prctl(option: int, value: int = 1) -> None:
    """Linux only; elsewhere the pipe has to do."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, int(value), 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
