"""Added latency of the relay: the same requests to bare ty and through `punie-ls`, interleaved in one run."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from punie_ls.demo.editor import CAPABILITIES
from punie_ls.demo.seeds import BOOKSHOP
from punie_semantic.environment import find_tool
from tests.bench.client import BenchClient

HOVERS = 400
COMPLETIONS = 40
STARTS = 15
SETTLE_SECONDS = 3

Row = dict[str, Any]


def measure() -> list[Row]:
    """Hover, completion and start-up, in milliseconds."""
    ty = [str(find_tool("ty")), "server"]
    punie = [sys.executable, "-P", "-m", "punie_ls"]
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(shutil.copytree(BOOKSHOP, Path(scratch).resolve() / "bookshop"))
        _own_environment(root)
        big = root / "src" / "bookshop" / "everything.py"
        big.write_text("import os\nos.\n\nPat\n", encoding="utf-8")
        clients = {"ty": BenchClient(ty, root), "punie-ls": BenchClient(punie, root)}
        for client in clients.values():
            client.initialize(CAPABILITIES)
        time.sleep(SETTLE_SECONDS)  # the punie server and the agent start meanwhile, as in an editor
        rows = [_hover(clients, root), *_completions(clients, big)]
        for client in clients.values():
            client.close()
        rows.append(_starts({"ty": ty, "punie-ls": punie}, root))
    return rows


def _own_environment(root: Path) -> None:
    """An empty environment for the project, or the two servers would index different packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    os.environ["VIRTUAL_ENV"] = str(root / ".venv")


def _hover(clients: dict[str, BenchClient], root: Path) -> Row:
    path = root / "src" / "bookshop" / "pricing.py"
    documents = {name: client.open(path) for name, client in clients.items()}
    text = path.read_text("utf-8").split("\n")
    places = [(n, m) for n, line in enumerate(text) for m in range(0, len(line), 7)]
    order = random.Random(0)
    asked = [order.choice(places) for _ in range(HOVERS)]
    times: dict[str, list[float]] = {name: [] for name in clients}
    for line, character in [*asked[:30], *asked]:
        position = {"position": {"line": line, "character": character}}
        for name in order.sample(sorted(clients), len(clients)):
            clients[name].request("textDocument/hover", {**documents[name], **position})
            times[name].append(clients[name].seconds)
    return _row("hover", {name: values[30:] for name, values in times.items()})


def _completions(clients: dict[str, BenchClient], path: Path) -> list[Row]:
    documents = {name: client.open(path) for name, client in clients.items()}
    rows = []
    for title, line, character in (("completion of `os.`", 1, 3), ("completion with auto-import", 3, 3)):
        times: dict[str, list[float]] = {name: [] for name in clients}
        size = 0
        for _ in range(COMPLETIONS + 3):
            for name in clients:
                position = {"position": {"line": line, "character": character}}
                answer = clients[name].request("textDocument/completion", {**documents[name], **position})
                size = len(answer["items"])
                times[name].append(clients[name].seconds)
        rows.append(_row(f"{title} ({size} items)", {name: values[3:] for name, values in times.items()}))
    return rows


def _starts(commands: dict[str, list[str]], root: Path) -> Row:
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, command in commands.items():
            client = BenchClient(command, root)
            times[name].append(client.initialize(CAPABILITIES))
            client.close()
    return _row("spawn to initialize reply", times)


def _row(title: str, times: dict[str, list[float]]) -> Row:
    bare, ours = (sorted(times[name]) for name in ("ty", "punie-ls"))
    return {
        "what": title,
        "n": len(bare),
        "ty_p50_ms": statistics.median(bare) * 1000,
        "punie_p50_ms": statistics.median(ours) * 1000,
        "added_p50_ms": (statistics.median(ours) - statistics.median(bare)) * 1000,
        "ty_p95_ms": bare[int(len(bare) * 0.95)] * 1000,
        "punie_p95_ms": ours[int(len(ours) * 0.95)] * 1000,
    }
