"""`punie-ls acp` beside the least agent that the official SDK can make: starts, the first event, whole turns."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench import machine
from tests.bench.serve_load import user_of
from tests.bench.timing import summary
from tests.e2e.acp.client import AcpClient
from tests.e2e.conftest import make_project

COLD_MS = 1500.0
FIRST_EVENT_MS = 150.0
STARTS = 10
TURNS = 40
PROMPTS = ("find references to price", "where is total defined", "what does price do", "who calls price")
AGENTS = {
    "punie-ls acp": ("-P", "-m", "punie_ls", "acp"),
    "the SDK's bare agent": ("-P", "-m", "tests.bench.peers.bare_acp_agent"),
}

Found = dict[str, Any]


def measure() -> Found:
    """About a minute."""
    return {"machine": machine.describe(), "agents": asyncio.run(_measure())}


async def _measure() -> dict[str, Found]:
    found: dict[str, Found] = {name: {"initialize": [], "session": [], "first": [], "turn": []} for name in AGENTS}
    with tempfile.TemporaryDirectory(prefix="punie-bench-") as scratch:
        folder = Path(scratch).resolve()
        root = folder / "shop"
        root.mkdir()
        make_project(root)
        for _ in range(STARTS):
            for name, arguments in AGENTS.items():
                await _start(arguments, folder, root, found[name])
        for name, arguments in AGENTS.items():
            await _turns(arguments, folder, root, found[name])
    return {name: {what: summary(times) for what, times in rows.items()} for name, rows in found.items()}


async def _start(arguments: Sequence[str], folder: Path, root: Path, found: Found) -> None:
    """A fresh process: the time to the answer to `initialize`, and from there to a session."""
    started = time.perf_counter()
    async with _agent(arguments, folder) as client:
        await client.initialize()
        initialized = time.perf_counter()
        await client.new(root)
        found["initialize"].append(initialized - started)
        found["session"].append(time.perf_counter() - initialized)


async def _turns(arguments: Sequence[str], folder: Path, root: Path, found: Found) -> None:
    """Prompts to a process that has answered one: the time to the first update and to the end of the turn."""
    async with _agent(arguments, folder) as client:
        await client.initialize()
        session = await client.new(root)
        await client.prompt(session, PROMPTS[0])
        for number in range(TURNS):
            client.clear()
            started = time.perf_counter()
            answer = client.say(session, PROMPTS[number % len(PROMPTS)])
            await client.until(lambda: client.updates)
            found["first"].append(time.perf_counter() - started)
            await answer
            found["turn"].append(time.perf_counter() - started)
            assert "shop.py" in client.text, client.text


@asynccontextmanager
async def _agent(arguments: Sequence[str], folder: Path) -> AsyncGenerator[AcpClient]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=user_of(folder),
        limit=64 << 20,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    client = AcpClient(process.stdout, process.stdin)
    try:
        yield client
    finally:
        client.close()
        await process.wait()
        await client.ended()


def page(found: Found) -> str:
    """The page for people."""
    ours, bare = found["agents"].values()
    rows = [
        ("from the start of the process to the answer to `initialize`", "initialize", f"≤ {COLD_MS:,.0f} ms", COLD_MS),
        ("`session/new` right after it", "session", "", None),
        ("from a prompt to its first update", "first", f"≤ {FIRST_EVENT_MS:.0f} ms", FIRST_EVENT_MS),
        ("from a prompt to the end of its turn", "turn", "", None),
    ]
    lines = [
        "# The agent over ACP",
        "",
        f"Written by `make bench` (`python -P -m tests.bench acp`). {machine.sentence(found['machine'])}.",
        "",
        "Side by side with the least agent that the official Python SDK can make, which answers every prompt with one "
        "message and knows no project. Ours asks the builtin planner about a small project: each answer comes from ty.",
        "",
        "| what | target | p50 ms | p95 ms | most ms | bare p50 ms | |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for what, key, target, most in rows:
        row = ours[key]
        verdict = "" if most is None else "met" if row["p95_ms"] <= most else "**missed**"
        cells = " | ".join(
            f"{value:,.1f}" for value in (row["p50_ms"], row["p95_ms"], row["max_ms"], bare[key]["p50_ms"])
        )
        lines.append(f"| {what} | {target} | {cells} | {verdict} |")
    starts, turns = ours["initialize"]["n"], ours["turn"]["n"]
    lines += ["", f"{starts} starts and {turns} turns of each. A target counts as met when the 95th percentile is.", ""]
    return "\n".join(lines)
