"""From kill -9 of a server to the first right answer about text that was never saved."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.client import BenchClient
from tests.bench.contenders import OURS, PUNIE, Contender, running
from tests.bench.processes import child_pid
from tests.bench.robustness import stub
from tests.bench.timing import Row, summary
from tests.bench.workspace import CAPABILITIES

KILLS = 50
RETRY_SECONDS = 0.002
GIVE_UP_SECONDS = 20.0

SAVED = "value = 1\n"
UNSAVED = "value =  'never saved'\n"
FORMATTED = 'value = "never saved"\n'

Right = Callable[[BenchClient, dict[str, Any]], bool]


def measure(root: Path) -> dict[str, Row]:
    """A fresh relay each time: ty is killed, then ruff, then ty once more."""
    times: dict[str, list[float]] = {"ty": [], "ruff": [], "ty, the second time": []}
    rights: dict[str, Right] = {"ty": _hovers, "ruff": _formats, "ty, the second time": _hovers}
    path = root / "unsaved.py"
    path.write_text(SAVED, encoding="utf-8")
    document = {"uri": path.as_uri()}
    for _ in range(KILLS):
        with running({OURS: Contender(PUNIE, stub())}, root, CAPABILITIES) as clients:
            client = clients[OURS]
            client.open(path)
            change = {"textDocument": {**document, "version": 2}, "contentChanges": [{"text": UNSAVED}]}
            client.notify("textDocument/didChange", change)
            for right in (_hovers, _formats):
                _until(client, document, right)
            for name, right in rights.items():
                os.kill(child_pid(client.process.pid, name.split(",")[0]), signal.SIGKILL)
                times[name].append(_until(client, document, right))
    return {name: summary(values) for name, values in times.items()}


def _until(client: BenchClient, document: dict[str, Any], right: Right) -> float:
    """Ask until the answer is right; gives the seconds that took."""
    started = time.perf_counter()
    while not right(client, document):
        if time.perf_counter() > started + GIVE_UP_SECONDS:
            raise TimeoutError("the server did not come back")
        time.sleep(RETRY_SECONDS)
    return time.perf_counter() - started


def _hovers(client: BenchClient, document: dict[str, Any]) -> bool:
    position = {"line": 0, "character": 1}
    body = client.exchange("textDocument/hover", {"textDocument": document, "position": position})
    return b"never saved" in body


def _formats(client: BenchClient, document: dict[str, Any]) -> bool:
    options = {"tabSize": 4, "insertSpaces": True}
    body = client.exchange("textDocument/formatting", {"textDocument": document, "options": options})
    edits = msgspec.json.decode(body).get("result") or []
    return [edit["newText"] for edit in edits] == [FORMATTED]
