"""Requests to several servers, interleaved, and what comes of their times."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bench.client import BenchClient
from tests.bench.contenders import BARE
from tests.bench.processes import cpu_seconds

Row = dict[str, Any]
Ask = Callable[[BenchClient, str, int], object]


def interleave(clients: Mapping[str, BenchClient], ask: Ask, *, rounds: int, warm_up: int) -> dict[str, Row]:
    """Let every client ask once per round, in a new order each time; gives a row for each.

    Args:
        clients: by the name of what they talk to.
        ask: does the request with a client; gets its name and the round's number.
        rounds: how many count.
        warm_up: how many go before, uncounted.
    """
    order = random.Random(0)
    for number in range(warm_up):
        for name, client in clients.items():
            ask(client, name, number)
    times: dict[str, list[float]] = {name: [] for name in clients}
    before = {name: cpu_seconds(client.process.pid) for name, client in clients.items()}
    for number in range(rounds):
        for name in order.sample(sorted(clients), len(clients)):
            ask(clients[name], name, number)
            times[name].append(clients[name].seconds)
    rows: dict[str, Row] = {}
    for name, client in clients.items():
        cpu = (cpu_seconds(client.process.pid) - before[name]) / rounds * 1000
        rows[name] = {**summary(times[name]), "cpu_ms": None if name == BARE else cpu}
    for row in rows.values():
        row["added_p50_ms"] = row["p50_ms"] - rows[BARE]["p50_ms"] if BARE in rows else None
        row["added_min_ms"] = row["min_ms"] - rows[BARE]["min_ms"] if BARE in rows else None
    return rows


def summary(seconds: Sequence[float]) -> Row:
    """n, min, p50 and p95, in milliseconds."""
    ordered = sorted(seconds)
    return {
        "n": len(ordered),
        "min_ms": ordered[0] * 1000,
        "p50_ms": statistics.median(ordered) * 1000,
        "p95_ms": ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] * 1000,
        "max_ms": ordered[-1] * 1000,
    }
