"""`punie-ls serve` and `punie-ls bridge`, measured; PUNIE_SERVE_BENCH=full takes the amounts of the targets."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from tests.bench import machine
from tests.bench.serve_load import FULL, Amounts, drops, initialize, kills, load

INITIALIZE_MS = 20.0
IDLE_MB = 150.0

Found = dict[str, Any]


def measure() -> Found:
    """All of it: some minutes, or twenty with the full amounts."""
    full = os.environ.get("PUNIE_SERVE_BENCH") == "full"
    return asyncio.run(_measure(FULL if full else Amounts()))


async def _measure(amounts: Amounts) -> Found:
    return {
        "machine": machine.describe(),
        "initialize": await initialize(amounts),
        "drops": await drops(amounts),
        "kills": await kills(amounts),
        "load": await load(amounts),
    }


def page(found: Found) -> str:
    """The page for people."""
    first, cut, killed, many = found["initialize"], found["drops"], found["kills"], found["load"]
    idle, before = many["rested_mb"], many["worker_mb"]
    rows = [
        _row(
            "`initialize` of a running server, p50",
            f"≤ {INITIALIZE_MS:.0f} ms",
            f"{first['answer']['p50_ms']:.1f} ms (p95 {first['answer']['p95_ms']:.1f} ms)",
            met=first["answer"]["p50_ms"] <= INITIALIZE_MS,
        ),
        _row(
            f"{many['sessions']} sessions over {many['projects']} projects for {many['seconds']:.0f} s",
            "no error",
            f"{many['prompts']} turns, {len(many['problems'])} errors",
            met=not many["problems"],
        ),
        _row(
            "memory of a project in which nothing has happened for two minutes",
            f"≤ {IDLE_MB:.0f} MB",
            f"{_mean(idle):.0f} MB (most {idle[-1]:.0f} MB); before, with its ty, {_mean(before):.0f} MB"
            if idle
            else "none left",
            met=bool(idle) and idle[-1] <= IDLE_MB,
        ),
        _row(
            f"{cut['cuts']} connections cut during turns",
            "0 lost, 0 doubled",
            f"{cut['turns']} turns, {cut['wrong']} of them wrong, {cut['doubled_answers']} answers doubled",
            met=not (cut["wrong"] or cut["doubled_answers"]),
        ),
        _row(
            f"a worker killed {killed['kills']} times",
            "every session goes on",
            f"{killed['resumed']} went on; {killed['sent_again']} requests had to be sent once more",
            met=killed["resumed"] == killed["kills"] and not killed["problems"],
        ),
    ]
    problems = [f"- {problem}".replace("\n", " ") for problem in (*many["problems"][:20], *killed["problems"][:20])]
    lines = [
        "# The server and the bridge",
        "",
        f"Written by `make bench` (`python -P -m tests.bench serve`, with `PUNIE_SERVE_BENCH=full` for the amounts of "
        f"the targets). {machine.sentence(found['machine'])}.",
        "",
        "| what | target | measured | |",
        "|---|---|---|---|",
        *rows,
        "",
        "Sessions ask the builtin planner one question after the other, with a pause of about a second; an error is "
        "any error, or an answer that does not name the file. Memory is proportional: pages that processes share count "
        "in parts. A worker with nothing to do is ended after `--idle-seconds`, and then costs nothing. A request "
        "that is sent in the instant in which its worker is killed fails with the advice to send it once more: nobody "
        "knows what the worker had done of it.",
        "",
        "| | n | min ms | p50 ms | p95 ms | most ms |",
        "|---|---:|---:|---:|---:|---:|",
        _times("`initialize` on an open connection", first["answer"]),
        _times("connecting and `initialize`", first["with_connection"]),
        _times("from the start of `punie-ls bridge` to its `initialize`", first["bridge"]),
        _times("a turn under the load above", many["turn"]),
        *(
            [_times("a turn after the worker was killed: start, resume, answer", killed["back"])]
            if killed["back"]
            else []
        ),
        "",
        f"The server itself takes {first['server_mb']:.0f} MB, and {many['server_mb']:.0f} MB after the load.",
        "",
        *(["## What went wrong", "", *problems, ""] if problems else []),
    ]
    return "\n".join(lines)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _row(what: str, target: str, measured: str, *, met: bool) -> str:
    return f"| {what} | {target} | {measured} | {'met' if met else '**missed**'} |"


def _times(what: str, row: Found) -> str:
    cells = [f"{row[name]:,.1f}" for name in ("min_ms", "p50_ms", "p95_ms", "max_ms")]
    return f"| {what} | {row['n']} | {' | '.join(cells)} |"
