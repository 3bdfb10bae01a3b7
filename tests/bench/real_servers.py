"""The same with the real ty behind all contenders, and ruff where they can have it: requests, start-up, memory."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from punie_semantic.environment import find_tool
from tests.bench.client import BenchClient
from tests.bench.contenders import BARE, over, running
from tests.bench.processes import memory_mb
from tests.bench.timing import Row, interleave, summary
from tests.bench.workspace import CAPABILITIES

HOVERS = 300
COMPLETIONS = 30
STARTS = 20
SETTLE_SECONDS = 3.0


def measure(root: Path) -> dict[str, Any]:
    """Requests and memory with everything running, then start-up alone."""
    contenders = over([str(find_tool("ty")), "server"], ruff=True)
    with running(contenders, root, CAPABILITIES) as clients:
        time.sleep(SETTLE_SECONDS)  # the punie server starts meanwhile, as in an editor
        rows = [_hover(clients, root), _completion(clients, root)]
        memory = {name: memory_mb(c.process.pid) for name, c in clients.items() if name != BARE}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(STARTS):
        for name, contender in contenders.items():
            with running({name: contender}, root, CAPABILITIES) as started:
                times[name].append(started[name].start_seconds)
    return {"requests": rows, "memory_mb": memory, "start": {name: summary(t) for name, t in times.items()}}


def _hover(clients: dict[str, BenchClient], root: Path) -> Row:
    path = root / "rich" / "console.py"
    for client in clients.values():
        client.open(path)
    lines = path.read_text("utf-8").split("\n")
    order = random.Random(0)
    places = [(n, m) for n, line in enumerate(lines) for m in range(0, len(line), 7)]
    chosen = order.sample(places, HOVERS)

    def ask(client: BenchClient, _name: str, number: int) -> None:
        line, character = chosen[number]
        position = {"position": {"line": line, "character": character}}
        client.exchange("textDocument/hover", {"textDocument": {"uri": path.as_uri()}, **position})

    # The places of the warm-up come again, so that ty has computed most of the file before any time counts.
    return {"what": "hover", "contenders": interleave(clients, ask, rounds=HOVERS, warm_up=HOVERS)}


def _completion(clients: dict[str, BenchClient], root: Path) -> Row:
    path = root / "bare.py"
    path.write_text("Con\n", encoding="utf-8")
    for client in clients.values():
        client.open(path)
    params = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 0, "character": 3}}
    sizes: dict[str, int] = {}

    def ask(client: BenchClient, name: str, _number: int) -> None:
        sizes[name] = len(client.exchange("textDocument/completion", params))

    rows = interleave(clients, ask, rounds=COMPLETIONS, warm_up=3)
    return {"what": "completion with auto-import", "bytes": sizes[BARE], "contenders": rows}
