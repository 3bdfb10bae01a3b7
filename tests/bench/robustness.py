"""Hard days: a busy punie server, an editor that does not read, very many documents, a very large one, much typing."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from punie_semantic.environment import find_tool
from tests.bench.client import BenchClient
from tests.bench.contenders import BARE, OURS, PUNIE, Contender, running
from tests.bench.payloads import CASES
from tests.bench.processes import child_pid, cpu_seconds, memory_mb, peak_memory_mb
from tests.bench.timing import Row, interleave, summary
from tests.bench.workspace import CAPABILITIES

STUB = str(Path(__file__).with_name("stub_server.py"))
BLOCKS = 10
HOVERS_PER_BLOCK = 40
UNREAD = 60
DOCUMENTS = 1_000
FUNCTIONS = 18_500
LARGE_EDITS = 10
LARGE_WARM_UP = 1
CHANGES = 50_000
WARM_CHANGES = 5_000
BURST = 100
QUIET_CPU = 0.05
FUNCTION = """def function_{number:05}(value: int, other: str = "") -> int:
    total = value * {number}
    return total + len(other)


"""
SETTLE_SECONDS = 2.0


def measure(mock: Path, root: Path) -> dict[str, Any]:
    """All rows, by name."""
    return {
        "busy": busy_server(mock, root),
        "unread": unread_answers(mock, root),
        "documents": many_documents(root),
        "large": large_file(root),
        "changes": many_changes(root),
    }


def stub(*options: str) -> dict[str, str]:
    """The environment in which the relay starts a stand-in for the punie server."""
    return {"PUNIE_SERVER_COMMAND": json.dumps([sys.executable, "-I", STUB, *options])}


def busy_server(mock: Path, root: Path) -> Row:
    """Hovers while the punie server burns a processor, against hovers while it is stopped, in turns."""
    hover = CASES[0]
    times: dict[str, list[float]] = {"stopped": [], "spinning": []}
    contender = Contender(PUNIE, {"PUNIE_TY": str(mock), **stub("--spin")})
    with running({OURS: contender}, root, CAPABILITIES) as clients:
        client = clients[OURS]
        time.sleep(SETTLE_SECONDS)
        server = child_pid(client.process.pid, STUB)
        for block in range(BLOCKS * 2):
            spinning = bool(block % 2)
            os.kill(server, signal.SIGCONT if spinning else signal.SIGSTOP)
            for number in range(HOVERS_PER_BLOCK + 5):
                client.exchange(hover.method, hover.params)
                if number >= 5:
                    times["spinning" if spinning else "stopped"].append(client.seconds)
    rows = {name: summary(values) for name, values in times.items()}
    return {**rows, "grown_p50_ms": rows["spinning"]["p50_ms"] - rows["stopped"]["p50_ms"]}


def unread_answers(mock: Path, root: Path) -> Row:
    """The editor asks and asks for the largest answer, and only then begins to read."""
    largest = CASES[-1]
    with running({OURS: Contender(PUNIE, {"PUNIE_TY": str(mock), **stub()})}, root, CAPABILITIES) as clients:
        client = clients[OURS]
        pid = client.process.pid
        size = len(client.exchange(largest.method, largest.params))
        before = memory_mb(pid)
        asked = [client.ask(largest.method, largest.params) for _ in range(UNREAD)]
        time.sleep(SETTLE_SECONDS)
        unread = memory_mb(pid)
        delivered = sum(len(client.collect(identifier)[0]) >= size for identifier in asked)
        return {
            "bytes": size,
            "asked": UNREAD,
            "delivered": delivered,
            "before_mb": before,
            "unread_mb": unread,
            "peak_mb": peak_memory_mb(pid),
        }


def many_documents(root: Path) -> Row:
    """Open a thousand files at once; how long until the last one is answered, and what is kept."""
    source = (root / "rich" / "panel.py").read_text("utf-8")
    folder = root / "many"
    folder.mkdir()
    paths = [folder / f"panel_{number:04}.py" for number in range(DOCUMENTS)]
    for path in paths:
        path.write_text(source, encoding="utf-8")
    row: Row = {"documents": DOCUMENTS, "bytes": len(source), "contenders": {}}
    with running(_real(), root, CAPABILITIES) as clients:
        time.sleep(SETTLE_SECONDS)
        for name, client in clients.items():
            before = memory_mb(client.process.pid)
            started = time.perf_counter()
            for path in paths:
                client.open(path)
            place = {"line": source[: source.index("class Panel")].count("\n"), "character": 6}
            last = {"textDocument": {"uri": paths[-1].as_uri()}, "position": place}
            answer = client.request("textDocument/hover", last)
            taken = time.perf_counter() - started
            _quiet(client.process.pid)
            after = memory_mb(client.process.pid)
            answered = "Panel" in str(answer)
            row["contenders"][name] = {
                "seconds": taken,
                "answered": answered,
                "before_mb": before,
                "after_mb": after,
            }
    return row


def large_file(root: Path) -> Row:
    """Edit and hover in a source file of 2 MB, by turns."""
    path = root / "large.py"
    path.write_text("".join(FUNCTION.format(number=number) for number in range(FUNCTIONS)), "utf-8")
    document = {"uri": path.as_uri()}
    right: dict[str, int] = dict.fromkeys(_real(), 0)

    def ask(client: BenchClient, name: str, number: int) -> None:
        place = {"line": FUNCTIONS * 5 // 2 // 5 * 5, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": f"# {number}\n"}
        client.notify(
            "textDocument/didChange",
            {"textDocument": {**document, "version": number + 2}, "contentChanges": [change]},
        )
        hover = {"textDocument": document, "position": {"line": 0, "character": 6}}
        right[name] += "function_00000" in str(client.request("textDocument/hover", hover))

    with running(_real(), root, CAPABILITIES) as clients:
        time.sleep(SETTLE_SECONDS)
        for client in clients.values():
            client.open(path)
        rows = interleave(clients, ask, rounds=LARGE_EDITS, warm_up=LARGE_WARM_UP)
        memory = memory_mb(clients[OURS].process.pid)
    asked = LARGE_EDITS + LARGE_WARM_UP
    return {"bytes": path.stat().st_size, "asked": asked, "right": right, "memory_mb": memory, "contenders": rows}


def many_changes(root: Path) -> Row:
    """Type and delete a letter very often, no faster than the servers follow, and as often again without a pause."""
    path = root / "rich" / "panel.py"
    with running({OURS: _real()[OURS]}, root, CAPABILITIES) as clients:
        client = clients[OURS]
        pid = client.process.pid
        client.open(path)
        time.sleep(SETTLE_SECONDS)
        started = time.perf_counter()
        _type(client, path, range(WARM_CHANGES), paced=True)
        early = memory_mb(pid)
        _type(client, path, range(WARM_CHANGES, WARM_CHANGES + CHANGES), paced=True)
        row: Row = {"changes": CHANGES, "seconds": time.perf_counter() - started}
        row.update(early_mb=early, late_mb=memory_mb(pid), peak_mb=peak_memory_mb(pid))
        _type(client, path, range(WARM_CHANGES + CHANGES, WARM_CHANGES + 2 * CHANGES), paced=False)
        for child in ("ty", "ruff", "punie_ls"):
            _quiet(child_pid(pid, child))
        row.update(unpaced_late_mb=memory_mb(pid), unpaced_peak_mb=peak_memory_mb(pid))
    return row


def _type(client: BenchClient, path: Path, numbers: range, *, paced: bool) -> None:
    document = {"uri": path.as_uri()}
    place = {"line": 3, "character": 0}
    for number in numbers:
        change = {"range": {"start": place, "end": {"line": 3, "character": number % 2}}, "text": "x"[number % 2 :]}
        client.notify(
            "textDocument/didChange",
            {"textDocument": {**document, "version": number + 2}, "contentChanges": [change]},
        )
        if paced and number % BURST == 0:
            # All three servers answer this one.
            params = {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
            client.exchange("textDocument/codeAction", {"textDocument": document, **params})


def _real() -> dict[str, Contender]:
    return {BARE: Contender([str(find_tool("ty")), "server"]), OURS: Contender(PUNIE)}


def _quiet(pid: int) -> None:
    """Wait until a process has nothing more to do."""
    last = -1.0
    while (now := cpu_seconds(pid)) - last > QUIET_CPU:
        last = now
        time.sleep(1)
