"""Code mode's sandbox beside smolagents' local executor and plain `exec`: speed, escapes, denial of service."""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from tests.bench import machine
from tests.bench.peers.code_runners import EXEC, PUNIE, SMOLAGENTS
from tests.bench.peers.sandbox_host import LIMIT_MEMORY, LIMIT_SECONDS
from tests.bench.sandbox_attacks import ESCAPES, Attack
from tests.bench.sandbox_denials import DENIALS
from tests.bench.sandbox_hosts import DENIAL_SECONDS, PEAK_MB, Outcome, SandboxHost, sandbox_host
from tests.bench.sandbox_page import page as page
from tests.bench.timing import summary

KINDS = (PUNIE, SMOLAGENTS, EXEC)
ROUNDS = 15
ROW_SECONDS = 6.0

Found = dict[str, Any]


@dataclass(frozen=True)
class Speed:
    """A program to be timed, and the end of what it gives."""

    what: str
    code: str
    answer: str
    fresh: bool = False


_CALLS = "total = 0\nfor number in range({n}):\n    total += tool(number)\ntotal"
_LOOP = "total = 0\nfor number in range(30000):\n    total = (total + number * 3) % 1000003\ntotal"
_FIB = "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(15)"
SPEEDS = (
    Speed("start and `1 + 1`", "1 + 1", "2", fresh=True),
    Speed("`1 + 1`", "1 + 1", "2"),
    Speed("1 tool call", _CALLS.format(n=1), "0"),
    Speed("100 tool calls", _CALLS.format(n=100), "4950"),
    Speed("10,000 tool calls", _CALLS.format(n=10_000), "49995000"),
    Speed("a loop of 30,000 steps", _LOOP, "950953"),
    Speed("fib(15)", _FIB, "610"),
)


def measure() -> Found:
    """Speed first, when nothing else runs; then the attacks, Punie's alone and the others' side by side."""
    if importlib.util.find_spec("smolagents") is None:
        raise SystemExit("there is no smolagents to compare with; `make bench` installs it")
    versions = {name: version(name) for name in ("pydantic-monty", "smolagents")}
    found: Found = {"machine": machine.describe() | versions, "kinds": list(KINDS), "speed": _speed()}
    with ThreadPoolExecutor() as threads:
        ours = _attack_all(PUNIE)
        others = threads.map(_attack_all, (SMOLAGENTS, EXEC))
        attacked = dict(zip(KINDS, [ours, *others], strict=True))
    limits = {"seconds": LIMIT_SECONDS, "memory_mb": LIMIT_MEMORY >> 20, "deadline": DENIAL_SECONDS, "peak_mb": PEAK_MB}
    return {
        **found,
        "limits": limits,
        "escapes": _table(ESCAPES, {kind: outcomes[0] for kind, outcomes in attacked.items()}),
        "denials": _table(DENIALS, {kind: outcomes[1] for kind, outcomes in attacked.items()}),
    }


def _speed() -> list[Found]:
    with ExitStack() as stack:
        hosts = {kind: stack.enter_context(sandbox_host(kind)) for kind in KINDS}
        return [_time(speed, hosts) for speed in SPEEDS]


def _time(speed: Speed, hosts: dict[str, SandboxHost]) -> Found:
    """The contenders in turn, in a new order each round; one that takes long has fewer rounds."""
    order, started = random.Random(0), time.perf_counter()
    times: dict[str, list[float]] = {kind: [] for kind in hosts}
    for number in range(ROUNDS + 1):
        for kind in order.sample(sorted(hosts), len(hosts)):
            seconds, text = hosts[kind].time(speed.code, fresh=speed.fresh)
            if not text.endswith(speed.answer):
                raise RuntimeError(f"{speed.what} with {kind}: {text}")
            if number:
                times[kind].append(seconds)
        if number and time.perf_counter() > started + ROW_SECONDS:
            break
    return {"what": speed.what, **{kind: summary(seconds) for kind, seconds in times.items()}}


def _attack_all(kind: str) -> tuple[list[Outcome], list[Outcome]]:
    with sandbox_host(kind) as host:
        escapes = [host.attack(attack, hidden=True) for attack in ESCAPES]
        return escapes, [host.attack(attack, hidden=False) for attack in DENIALS]


def _table(attacks: Sequence[Attack], outcomes: dict[str, list[Outcome]]) -> list[Found]:
    """One row per attack, with what came of it for each kind."""
    return [
        {"name": attack.name, **{kind: asdict(outcomes[kind][number]) for kind in KINDS}}
        for number, attack in enumerate(attacks)
    ]
