"""The main job in figures: added latency on the bundled bookshop, and its fixes."""

from __future__ import annotations

from typing import Any

from tests.bench import fixes, latency, machine
from tests.bench.machine import sentence


def measure() -> dict[str, Any]:
    """Both measurements, and where they were made."""
    return {"machine": machine.describe(), "latency": latency.measure(), "fixes": fixes.measure()}


def page(result: dict[str, Any]) -> str:
    """The page for people."""
    machine, found = result["machine"], result["fixes"]
    lines = [
        "# The main job",
        "",
        f"Written by `make bench`. {sentence(machine)}.",
        "",
        "## Through the relay, side by side with bare ty",
        "",
        "The same requests to both servers, interleaved in one run, on the bundled bookshop.",
        "",
        "| request | n | ty p50 ms | punie-ls p50 ms | added p50 ms | ty p95 ms | punie-ls p95 ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r['what']} | {r['n']} | {r['ty_p50_ms']:.2f} | {r['punie_p50_ms']:.2f} | {r['added_p50_ms']:.2f} "
        f"| {r['ty_p95_ms']:.2f} | {r['punie_p95_ms']:.2f} |"
        for r in result["latency"]
    ]
    lines += [
        "",
        "## Fix with Punie on the demo project",
        "",
        "From choosing the action to the re-checked edit, declined problems included. The first fix after a start",
        "also starts the agent.",
        "",
        "| what | ms |",
        "|---|---:|",
        f"| action offered, p50 | {found['offer_p50_ms']:.1f} |",
        f"| first fix after the start, p50 | {found['first_p50_ms']:.0f} |",
        f"| every other fix, p50 | {found['warm_p50_ms']:.0f} |",
        f"| every other fix, p95 | {found['warm_p95_ms']:.0f} |",
        "",
        "| problem | outcome | p50 ms |",
        "|---|---|---:|",
        *_by_problem(found["problems"]),
        "",
    ]
    return "\n".join(lines)


def _by_problem(rows: list[dict[str, Any]]) -> list[str]:
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["file"], row["code"]), []).append(row)
    table = []
    for (file, code), same in grouped.items():
        times = sorted(r["fix_ms"] for r in same)
        outcome = "fixed" if all(r["fixed"] for r in same) else "declined"
        table.append(f"| {code} in {file} | {outcome} | {times[len(times) // 2]:.0f} |")
    return table
