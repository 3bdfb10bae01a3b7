"""What a relay adds: the same answers of several sizes, through all contenders, interleaved in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.bench.client import BenchClient
from tests.bench.contenders import BARE, OURS, PUMP, RAW, over, running
from tests.bench.payloads import CASES, Case
from tests.bench.timing import interleave
from tests.bench.workspace import CAPABILITIES

WARM_UP = 5


def measure(mock: Path, root: Path) -> list[dict[str, Any]]:
    """One row per kind of request, with all contenders in it."""
    rows = []
    with running(over([str(mock), "server"], ruff=False), root, CAPABILITIES) as clients:
        document = {"uri": "file:///x.py", "languageId": "python", "version": 1, "text": "x = 1\n"}
        for client in clients.values():
            client.notify("textDocument/didOpen", {"textDocument": document})
        for case in CASES:
            size = _same_answers(clients, case)
            measured = interleave(clients, _asker(case), rounds=case.repeats, warm_up=WARM_UP)
            rows.append({"what": case.name, "bytes": size, "contenders": measured})
    return rows


def _asker(case: Case) -> Any:
    def ask(client: BenchClient, _name: str, _number: int) -> None:
        client.exchange(case.method, case.params)

    return ask


def _same_answers(clients: dict[str, BenchClient], case: Case) -> int:
    """All must give the same answer, and who passes bytes on the same bytes; gives its size."""
    bodies = {name: client.exchange(case.method, case.params) for name, client in clients.items()}
    results = {name: msgspec.json.decode(body)["result"] for name, body in bodies.items()}
    for name, result in results.items():
        assert _count(result) == _count(results[BARE]), f"{name} gives another answer to {case.name}"
    for name in (PUMP, RAW, OURS):
        body = bodies[name].partition(b'"result":')[2]
        assert body == bodies[BARE].partition(b'"result":')[2], f"{name} changes the answer to {case.name}"
    return len(bodies[BARE])


def _count(result: Any) -> int:
    if isinstance(result, dict):
        result = result.get("items") or result.get("data") or result.get("contents")
    return len(result)
