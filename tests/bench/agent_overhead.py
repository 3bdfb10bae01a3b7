"""What code mode costs beyond the tools: programs whose tools do nothing; and how much of the tools a model sees."""

from __future__ import annotations

import functools
import json
import random
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from punie_agent.codemode.json_tools import json_toolset
from punie_agent.codemode.runner import CodeRunner, open_runner
from punie_agent.codemode.schema import CORE, describe_code_mode
from punie_agent.codemode.tools import tool_caller
from punie_agent.events import Event
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.bench.timing import summary

ROUNDS = 20
CALLS = 100
PLACES = 100
SHORT, LONG = 'hover("rich/text.py", 20, 7)', 'find_references(symbol="rich.text.Text", limit=100)'
PROGRAMS = {
    "no call": "for number in range(0):\n    seen = {short}\n1",
    "100 calls": "for number in range(100):\n    seen = {short}\n1",
    "no long call": "for number in range(0):\n    found = {long}\n1",
    "100 long calls": "for number in range(100):\n    found = {long}\n1",
    "no awaited call": "import asyncio\nseveral = await asyncio.gather(*[{short} for number in range(0)])\n1",
    "100 awaited calls": "import asyncio\nseveral = await asyncio.gather(*[{short} for number in range(100)])\n1",
    "one call": "{short}.text",
    "twenty lines": """\
found = {long}
by_file: dict[str, list[int]] = {{}}
for place in found.locations:
    if place.external:
        continue
    by_file.setdefault(place.file, []).append(place.line)
names = sorted(by_file)
report = []
for name in names[:3]:
    lines = by_file[name]
    seen = {short}
    report.append(f"{{name}}: {{len(lines)}} places, first {{lines[0]}}, {{len(seen.text)}}")
if found.state == "partial":
    report.append("and more")
checked = {short}
if checked.state != "clean":
    raise ValueError(checked.reason)
for line in report:
    print(line)
{{"files": len(names), "report": report}}""",
}

Found = dict[str, Any]


async def overhead(root: Path) -> Found:
    """Milliseconds per call and per program."""
    async with Workspace.open(root) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        await workspace.warm()
        results = {
            "hover": await TOOLS["hover"].call(workspace, "rich/text.py", 20, 7),
            "find_references": await TOOLS["find_references"].call(workspace, symbol="rich.text.Text", limit=100),
        }
        if len(results["find_references"].locations) != PLACES:
            raise RuntimeError(f"find_references does not give {PLACES} places: {results['find_references']}")
        with _idle_tools(results):
            runs = _Runs(workspace, runner)
            later = await runs.later()
            first = await runs.first(warmed=False)
            warmed = await runs.first(warmed=True)
    per_call = {
        "a call with a short result": _per_call(later, "100 calls", "no call"),
        "a call with 100 places": _per_call(later, "100 long calls", "no long call"),
        "one of 100 awaited calls": _per_call(later, "100 awaited calls", "no awaited call"),
    }
    per_program = {
        "a program of one call, later in a turn": later["one call"],
        "a program of twenty lines and five calls, later in a turn": later["twenty lines"],
        "a turn's first program of one call, the sandbox warmed while the model thought": warmed,
        "a turn's first program of one call, the sandbox not warmed": first,
    }
    return {"per_call": per_call, "per_program": {what: summary(seconds) for what, seconds in per_program.items()}}


class _Runs:
    def __init__(self, workspace: Workspace, runner: CodeRunner) -> None:
        self._workspace = workspace
        self._runner = runner
        self._number = 0

    async def later(self) -> dict[str, list[float]]:
        """Every program in turn, in a sandbox that has run another; a fresh one for each round, as for each turn."""
        order, times = random.Random(0), {what: [] for what in PROGRAMS}
        for number in range(ROUNDS + 1):
            await self._runner.reset()
            await self._timed("one call")
            for what in order.sample(sorted(PROGRAMS), len(PROGRAMS)):
                seconds = await self._timed(what)
                if number:
                    times[what].append(seconds)
        return times

    async def first(self, *, warmed: bool) -> list[float]:
        """Each in a fresh sandbox."""
        times = []
        for _ in range(ROUNDS):
            await self._runner.reset()
            if warmed:
                await self._runner.warm()
            times.append(await self._timed("one call"))
        return times

    async def _timed(self, what: str) -> float:
        self._number += 1
        program = PROGRAMS[what].format(short=SHORT, long=LONG)
        events: list[Event] = []
        caller = tool_caller(self._workspace, events.append, f"program-{self._number}")
        started = time.perf_counter()
        await self._runner.run(f"{program}  # {self._number}", caller)  # nothing remembers this text
        return time.perf_counter() - started


def _per_call(times: dict[str, list[float]], many: str, none: str) -> Found:
    """The summary of what each round's calls added."""
    return summary([(a - b) / CALLS for a, b in zip(times[many], times[none], strict=True)])


@contextmanager
def _idle_tools(results: dict[str, Any]) -> Generator[None]:
    """Let tools give at once what they gave before."""
    originals = {name: TOOLS[name] for name in results}

    def idle(name: str) -> Any:
        @functools.wraps(originals[name].function)
        async def nothing(*_args: Any, **_kwargs: Any) -> Any:
            return results[name]

        return nothing

    try:
        for name, tool in originals.items():
            TOOLS[name] = replace(tool, function=idle(name))
        yield
    finally:
        TOOLS.update(originals)


def schemas() -> Found:
    """Bytes of what a model is shown of the core tools, and of all."""
    return {
        "core": {"tools": len(CORE), "code": _code_bytes(CORE), "json": _json_bytes(CORE)},
        "all": {"tools": len(TOOLS), "code": _code_bytes(tuple(TOOLS)), "json": _json_bytes(tuple(TOOLS))},
    }


def _code_bytes(names: tuple[str, ...]) -> int:
    return len(describe_code_mode(names).encode())


def _json_bytes(names: tuple[str, ...]) -> int:
    """As they go over the wire to an OpenAI-compatible server."""
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.function_schema.json_schema,
            },
        }
        for tool in json_toolset(names).tools.values()
    ]
    return len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False).encode())
