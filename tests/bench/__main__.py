"""`make bench`: measure, and write a JSON and a table under docs/benchmarks/."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from punie_semantic.environment import find_tool
from tests.bench import fixes, latency

TARGET = Path("docs/benchmarks")


def main() -> None:
    """Run both benchmarks and write the results."""
    result = {"machine": _machine(), "latency": latency.measure(), "fixes": fixes.measure()}
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "main-job.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    page = _page(result)
    (TARGET / "main-job.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


def _machine() -> dict[str, Any]:
    versions = {
        tool: subprocess.run([str(find_tool(tool)), "--version"], capture_output=True, text=True, check=True).stdout
        for tool in ("ty", "ruff")
    }
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.system(),
        **{tool: text.split()[1] for tool, text in versions.items()},
    }


def _page(result: dict[str, Any]) -> str:
    machine, found = result["machine"], result["fixes"]
    lines = [
        "# The main job",
        "",
        "Written by `make bench`. "
        f"{machine['system']}, {machine['cores']} cores, load {machine['load']:.1f} at the start, "
        f"Python {machine['python']}, ty {machine['ty']}, ruff {machine['ruff']}.",
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


if __name__ == "__main__":
    main()
