"""A process that runs programs with one of `code_runners`, as told on stdin, one JSON object a line.

    python -P -m tests.bench.peers.sandbox_host Punie

`{"time": code, "fresh": true}` runs a program here. `{"attack": [code, ...], "folder": path}` runs programs in a
copy of this process with limits of its own, which says when it starts and when it has ended, if it does.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import signal
import sys
import time
from importlib import import_module
from typing import Any

from tests.bench.peers import code_runners
from tests.bench.peers.code_runners import NEEDED, OWNER, RUNNERS, SEEN

LIMIT_SECONDS = 1.0
LIMIT_MEMORY = 64 << 20
LIMIT_CALLS = 2_000
SPEED_LIMITS = (60.0, 256 << 20, 10_000)
HOST_MEMORY = 2 << 30
FILE_BYTES = 16 << 20
LAST_SECONDS = 60

# Programs may change the module's.
_dumps = json.dumps


class Host:
    """What is told, done with one kind of runner; answers go to a descriptor that programs are not given."""

    def __init__(self, kind: str, answers: int) -> None:
        self._make = RUNNERS[kind]
        self._answers = answers
        self._runner: code_runners.CodeRunner | None = None

    def say(self, **answer: Any) -> None:
        """One line of JSON."""
        os.write(self._answers, _dumps(answer).encode() + b"\n")

    def time(self, code: str, *, fresh: bool) -> None:
        """Run a program in the session so far, or in a new one, whose start counts."""
        if fresh:
            self.close()
        started = time.perf_counter()
        if self._runner is None:
            self._runner = self._make(*SPEED_LIMITS)
        text = self._runner.run(code)
        self.say(seconds=time.perf_counter() - started, text=text[-200:])

    def close(self) -> None:
        """End the session."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def attack(self, programs: list[str], folder: str) -> None:
        """Run programs one after the other in a process of its own."""
        assert self._runner is None, "a process with threads cannot be copied"
        pid = os.fork()
        if pid:
            _, status = os.waitpid(pid, 0)
            self.say(gone=os.waitstatus_to_exitcode(status))
            return
        try:
            self._attack(programs, folder)
        finally:
            os._exit(0)

    def _attack(self, programs: list[str], folder: str) -> None:
        os.setsid()
        _limit()
        os.chdir(folder)
        originals = (len, json.dumps, math.sqrt)
        runner = self._make(LIMIT_SECONDS, LIMIT_MEMORY, LIMIT_CALLS)
        runner.run("1 + 1")
        self.say(started=os.getpid())
        answers = [_answer(runner, program) for program in programs]
        # Only who can go on has come back.
        usable = _answer(runner, "20 + 3").endswith("23")
        same = (len, json.dumps, math.sqrt) == originals and OWNER.list == ["one", "two"] and code_runners.tool(3) == 3
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.say(
            ended=True, leaked=any(SEEN in answer for answer in answers), usable=usable, changed=not same, peak_kb=peak
        )


def _answer(runner: code_runners.CodeRunner, program: str) -> str:
    """What comes back, whatever happens, as long as there is this process."""
    try:
        return runner.run(program)
    except BaseException as error:
        return type(error).__name__


def _limit() -> None:
    for what, limit in (
        (resource.RLIMIT_AS, HOST_MEMORY),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, LAST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # not every system has each of them
            resource.setrlimit(what, (limit, limit))
    signal.alarm(LAST_SECONDS)  # nothing is left when whoever watches is gone


def main() -> None:
    """Do what is told until stdin ends."""
    kind = sys.argv[1]
    host = Host(kind, os.dup(1))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    import_module(NEEDED[kind])  # no start is to count it
    host.say(ready=True)
    for line in sys.stdin:
        told = json.loads(line)
        if "time" in told:
            host.time(told["time"], fresh=told["fresh"])
        else:
            host.attack(told["attack"], told["folder"])
    host.close()


if __name__ == "__main__":
    main()
