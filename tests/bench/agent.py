"""The agent in figures: how soon it answers, what code mode adds, how fast it stops, what it keeps in memory."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench import agent_cancel, agent_overhead, agent_server, agent_turns, machine
from tests.bench.agent_page import page as page

FIRST_EVENT_MS = 100
ANSWER_MS = 150
CALL_MS = 1
PROGRAM_MS = 10
SCHEMA_BYTES = 4_608
SERVER_MB = 220
CANCEL_MS = 1_000

Found = dict[str, Any]


def measure() -> Found:
    """Everything, one after the other."""
    versions = {name: version(name) for name in ("pydantic-ai-slim", "pydantic-monty")}
    found: Found = {"machine": machine.describe() | versions, "schemas": agent_overhead.schemas()}
    with tempfile.TemporaryDirectory() as scratch:
        root = agent_turns.make_project(Path(scratch).resolve())
        steps: dict[str, Callable[[], Any]] = {
            "session": lambda: asyncio.run(agent_turns.one_session(root)),
            "server": lambda: agent_server.measure(root),
            "overhead": lambda: asyncio.run(agent_overhead.overhead(root)),
            "cancelling": lambda: asyncio.run(agent_cancel.cancelling(root)),
            "together": lambda: asyncio.run(agent_turns.many_sessions(root)),
        }
        for name, step in steps.items():
            started = time.perf_counter()
            found[name] = step()
            sys.stderr.write(f"{name}: {time.perf_counter() - started:.0f} s\n")
    return {**found, "targets": judge(found)}


def judge(found: Found) -> list[Found]:
    """One row per target: what, the target in words, what was measured, whether it is met."""
    session, server, overhead = found["session"], found["server"], found["overhead"]
    kept = next(row for row in server["memory"] if row["name"] == "punie server")
    return [
        _at_most("prompt to first event, p50", session["first_event"]["p50_ms"], FIRST_EVENT_MS, "ms"),
        _at_most("prompt to first progress in the editor, p50", server["first_event"]["p50_ms"], FIRST_EVENT_MS, "ms"),
        _at_most("“find references” answered in a session, p50", session["done"]["p50_ms"], ANSWER_MS, "ms"),
        _at_most("“find references” answered by `punie.ask`, p50", server["done"]["p50_ms"], ANSWER_MS, "ms"),
        *(_at_most(f"code mode: {w}, p50", r["p50_ms"], CALL_MS, "ms") for w, r in overhead["per_call"].items()),
        *(_at_most(f"code mode: {w}, p50", r["p50_ms"], PROGRAM_MS, "ms") for w, r in overhead["per_program"].items()),
        _at_most("what a model is shown of the core tools", found["schemas"]["core"]["code"], SCHEMA_BYTES, "bytes"),
        _at_most("punie server with an idle agent, resident", kept["rss_mb"], SERVER_MB, "MB"),
        _none(f"{found['together']['sessions']} sessions at once", found["together"]),
        *(_at_most(f"to stop {row['what']}, at most", row["max_ms"], CANCEL_MS, "ms") for row in found["cancelling"]),
        _row(
            "left running after a stop",
            "nothing",
            f"{sum(row['left'] for row in found['cancelling'])} processes",
            met=not any(row["left"] or row["problems"] for row in found["cancelling"]),
        ),
        _row(
            "questions one after the other",
            "all are answered",
            f"{len(session['problems'] + server['problems'])} are not",
            met=not session["problems"] + server["problems"],
        ),
    ]


def _at_most(what: str, value: float, limit: float, unit: str) -> Found:
    shown = f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"
    return _row(what, f"at most {limit:,} {unit}", f"{shown} {unit}", met=value <= limit)


def _none(what: str, found: Found) -> Found:
    wrong = len(found["problems"])
    return _row(what, "no errors, every answer as it is alone", f"{wrong} wrong of {found['prompts']}", met=not wrong)


def _row(what: str, target: str, measured: str, *, met: bool) -> Found:
    return {"what": what, "target": target, "measured": measured, "met": met}
