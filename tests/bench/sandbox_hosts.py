"""The processes of `peers/sandbox_host`, one per way to run programs; attacks on them, and what comes of those."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.bench.peers.code_runners import NAME
from tests.bench.peers.sandbox_host import LIMIT_SECONDS
from tests.bench.processes import peak_memory_mb
from tests.bench.sandbox_attacks import Attack

ESCAPE_SECONDS = 8.0
DENIAL_SECONDS = LIMIT_SECONDS + 2
PEAK_MB = 500.0
START_SECONDS = 60.0
LOOK_SECONDS = 0.05
_SECRET = f"secret{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Outcome:
    """What came of an attack.

    Attributes:
        effects: what it did outside of its sandbox, in words.
        seconds: until the host could run the next program; None when it was not back in time.
        peak_mb: the most memory of the host's process.
        beside_mb: the most memory of a process that the host has started.
        ended: whether the host's process ended.
    """

    effects: list[str]
    seconds: float | None
    peak_mb: float
    beside_mb: float
    ended: bool


class SandboxHost:
    """One process that runs programs; told and asked line by line."""

    def __init__(self, kind: str) -> None:
        command = [sys.executable, "-P", "-m", "tests.bench.peers.sandbox_host", kind]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, NAME: _SECRET},
        )
        self._rest = b""
        if not self._read(START_SECONDS):
            raise RuntimeError(f"{kind} did not start")

    def time(self, code: str, *, fresh: bool = False) -> tuple[float, str]:
        """Seconds that a program took, in the session so far or in a new one, and the end of its answer."""
        self._tell({"time": code, "fresh": fresh})
        answer = self._read(START_SECONDS) or {"seconds": START_SECONDS, "text": "no answer"}
        return answer["seconds"], answer["text"]

    def attack(self, attack: Attack, *, hidden: bool) -> Outcome:
        """Try to get out, or to make the host hang; decided by what happened, not by what was raised.

        Args:
            attack: the program.
            hidden: try it once more inside `exec`, and give it the longer time of escapes.
        """
        with tempfile.TemporaryDirectory() as scratch, socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            places = _places(Path(scratch), listener.getsockname()[1])
            program = attack.program(places)
            programs = [program, f"exec({program!r})"] if hidden else [program]
            self._tell({"attack": programs, "folder": f"{scratch}/work"})
            answers, seconds, peaks = self._watch(ESCAPE_SECONDS if hidden else DENIAL_SECONDS)
            effects = _effects(answers, places, listener)
        ended = "ended" not in answers and seconds is not None
        if ended:
            effects.append("ended the host")
        back = seconds if answers.get("usable") else None
        return Outcome(effects, back, *peaks, ended)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(START_SECONDS)
        self._process.stdout.close()

    def _watch(self, limit: float) -> tuple[dict[str, Any], float | None, tuple[float, float]]:
        """All that the host said, the seconds it took (None: it was killed), and the peaks of its memory."""
        answers = self._read(START_SECONDS) or {}
        if "started" not in answers:
            raise RuntimeError(f"the host did not start: {answers}")
        pid, started, peak, beside = answers["started"], time.perf_counter(), 0.0, 0.0
        seconds = None
        while seconds is None and time.perf_counter() < started + limit:
            if (answer := self._read(LOOK_SECONDS)) is not None:
                seconds = time.perf_counter() - started
                answers |= answer
            peak = max(peak, *_peaks([pid]), 0.0)
            beside = max(beside, *_peaks(_children(pid)), 0.0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # what it started, too
        while "gone" not in answers:
            answers |= self._read(START_SECONDS) or {"gone": None}
        return answers, seconds, (max(peak, answers.get("peak_kb", 0) * 1024 / 1e6), beside)

    def _tell(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def _read(self, seconds: float) -> dict[str, Any] | None:
        """The next line; None when there is none in time."""
        assert self._process.stdout
        deadline = time.perf_counter() + seconds
        while b"\n" not in self._rest:
            left = deadline - time.perf_counter()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                return None
            data = os.read(self._process.stdout.fileno(), 65536)
            if not data:
                raise RuntimeError("the process that runs programs has ended")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)


def _children(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def _peaks(pids: list[int]) -> list[float]:
    """The most memory of each that there still is."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.Error, OSError, StopIteration):
            found.append(peak_memory_mb(pid))
    return found


def _places(scratch: Path, port: int) -> dict[str, Any]:
    """The places that attacks go for: a file with the secret in its text, and one with it in its name."""
    for name in ("work", "private"):
        (scratch / name).mkdir()
    secret = scratch / "private" / "text"
    secret.write_text(_SECRET)
    secret.with_name(_SECRET).touch()
    return {
        "OUT": str(scratch / "out"),
        "SECRET": str(secret),
        "FOLDER": str(secret.parent),
        "PORT": port,
        "NAME": NAME,
    }


def _effects(answers: dict[str, Any], places: dict[str, Any], listener: socket.socket) -> list[str]:
    found = {
        "read a secret": answers.get("leaked", False),
        "changed the host": answers.get("changed", False),
        "wrote a file": Path(places["OUT"]).exists(),
        "reached the network": _called(listener),
    }
    return [effect for effect, happened in found.items() if happened]


def _called(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@contextmanager
def sandbox_host(kind: str) -> Generator[SandboxHost]:
    """A host; its process is gone afterwards."""
    host = SandboxHost(kind)
    try:
        yield host
    finally:
        host.close()
