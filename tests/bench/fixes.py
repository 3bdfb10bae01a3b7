"""Latency of “Fix with Punie” on the demo project, problem by problem, through the real server."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any

from punie_ls.demo.editor import start_editor
from punie_ls.demo.seeds import copy_bookshop

RUNS = 3


def measure() -> dict[str, Any]:
    """Every problem of the project is chosen once per run; the first fix of a run also starts the agent."""
    rows: list[dict[str, Any]] = []
    for run in range(RUNS):
        with tempfile.TemporaryDirectory() as scratch:
            rows += asyncio.run(_run(copy_bookshop(Path(scratch).resolve() / "bookshop"), run))
    warm = [r["fix_ms"] for r in rows if not r["first"]]
    return {
        "problems": rows,
        "first_p50_ms": statistics.median(r["fix_ms"] for r in rows if r["first"]),
        "warm_p50_ms": statistics.median(warm),
        "warm_p95_ms": sorted(warm)[int(len(warm) * 0.95)],
        "offer_p50_ms": statistics.median(r["offer_ms"] for r in rows),
    }


async def _run(root: Path, run: int) -> list[dict[str, Any]]:
    rows = []
    async with start_editor(root) as (editor, _):
        files = sorted((root / "src").rglob("*.py"))
        for file in files:
            editor.open(file)
        for file in files:
            for problem in await editor.problems(file):
                attempt = await editor.fix(file, problem)
                if attempt is None:
                    continue
                rows.append(
                    {
                        "run": run,
                        "file": file.relative_to(root).as_posix(),
                        "code": problem["code"],
                        "fixed": attempt.after != attempt.before,
                        "first": not rows,
                        "offer_ms": attempt.offer_seconds * 1000,
                        "fix_ms": attempt.fix_seconds * 1000,
                    }
                )
                if attempt.after != attempt.before:
                    break
    return rows
