"""Turns of the builtin model, timed: many in a row, and twenty sessions at once; and the project they are about."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from punie_agent.events import Choice, Event, PermissionRequested
from punie_agent.session import Session
from punie_agent.sessions import SessionManager, open_agent
from punie_semantic.workspace import Workspace
from tests.bench import workspace
from tests.bench.questions import QUESTIONS
from tests.bench.timing import summary

SESSIONS = 20
WARM_UP = 3
SYMBOLS = [question.symbol for question in QUESTIONS if question.kind == "uses"]

# Renames that re-check clean in the package.
RENAMED = (
    *("rich.inspect", "rich.markup.escape", "rich.traceback.install", "rich._unicode_data.load"),
    *("rich.errors.ConsoleError", "rich.layout.Layout", "rich.progress.track", "rich.control.Control"),
    *("rich._loop.loop_last", "rich.progress.open"),
)
_QUESTIONS = (
    "where is {symbol} defined",
    "what does {symbol} do",
    "who calls {symbol}",
    "find references to {symbol}",
)
_UNTIDY = """\
import sys
import os
from rich.text import Text

def shown_{number}( value:int )->str:
    return os.path.join(str(Text(str(value))),  "{number}")
"""
_EDITS = ("organise imports in untidy_{number}.py", "format untidy_{number}.py")

Found = dict[str, Any]


@dataclass(frozen=True)
class TimedTurn:
    """A turn's events, each with the seconds since it was asked for; looking at the disk anew is in them."""

    prompt: str
    events: Sequence[tuple[float, Event]]

    @property
    def seconds(self) -> float:
        """Until it was done."""
        return self.events[-1][0]

    @property
    def first_seconds(self) -> float:
        """Until the first event."""
        return self.events[0][0]

    @property
    def answer(self) -> str:
        """What was said."""
        return "".join(event.text for _, event in self.events if event.type == "text")

    def at(self, kind: str) -> float:
        """Seconds until the first event of a kind."""
        return next(seconds for seconds, event in self.events if event.type == kind)

    def problem(self, *, edits: bool) -> str:
        """Why it does not count as answered; empty when it does."""
        _, last = self.events[-1]
        if last.type != "done" or last.reason != "end_turn":
            return f"{self.prompt}: {last}"
        proposed = any(event.type == "edit_proposed" for _, event in self.events)
        if not self.answer or edits != proposed:
            return f"{self.prompt}: {'edits' if proposed else 'no edits'}, {self.answer[:200]!r}"
        return ""


async def take_turn(session: Session, prompt: str) -> TimedTurn:
    """One turn on the texts as they are now."""
    started = time.perf_counter()
    await session.begin()
    events = [(time.perf_counter() - started, event) async for event in session.prompt(prompt)]
    return TimedTurn(prompt, events)


def make_project(folder: Path) -> Path:
    """The package, modules that want tidying, and a place for sessions beside it."""
    root = workspace.copy_package(folder / "project")
    for number in range(SESSIONS):
        (root / f"untidy_{number}.py").write_text(_UNTIDY.format(number=number), encoding="utf-8")
    os.environ["PUNIE_STORE"] = str(folder / "sessions" / "punie.db")
    return root


@asynccontextmanager
async def agent_on(root: Path, model: str = "builtin") -> AsyncGenerator[SessionManager]:
    """The agent of a project, warm."""
    async with Workspace.open(root, trusted=True) as opened:
        await opened.warm()
        async with open_agent(opened, msgspec.structs.replace(opened.settings, model=model)) as manager:
            yield manager


async def one_session(root: Path) -> Found:
    """The same question about one symbol after the other, in one session."""
    async with agent_on(root) as manager:
        session = await manager.new()
        turns = [await take_turn(session, f"find references to {symbol}") for symbol in SYMBOLS[:WARM_UP]]
        cold = turns[0]
        turns = [await take_turn(session, f"find references to {symbol}") for symbol in SYMBOLS]
    problems = [problem for turn in turns if (problem := turn.problem(edits=False))]
    steps: dict[str, Callable[[TimedTurn], float]] = {
        "until the first event": lambda turn: turn.first_seconds,
        "from the program to its first tool call": lambda turn: turn.at("tool_call_started") - turn.at("program"),
        "in the tool": lambda turn: turn.at("tool_call_ended") - turn.at("tool_call_started"),
        "from the tool to the answer's first words": lambda turn: turn.at("text") - turn.at("tool_call_ended"),
        "from there to the end": lambda turn: turn.seconds - turn.at("text"),
    }
    return {
        "first": {"first_event_ms": cold.first_seconds * 1000, "done_ms": cold.seconds * 1000},
        "first_event": summary([turn.first_seconds for turn in turns]),
        "done": summary([turn.seconds for turn in turns]),
        "steps": [{"what": what, **summary([step(turn) for turn in turns])} for what, step in steps.items()],
        "problems": problems,
    }


async def many_sessions(root: Path) -> Found:
    """Twenty sessions at once, each with requests of its own; the answers must be those that are given alone."""
    async with agent_on(root) as manager:
        before = await manager.new()
        await take_turn(before, _mix(0)[0][0])
        started = time.perf_counter()
        found = await asyncio.gather(*(_session(manager, number) for number in range(SESSIONS)))
        wall = time.perf_counter() - started
        together = [turn for turns, _ in found for turn in turns]
        problems = [problem for _, said in found for problem in said]
        for turn in together:
            alone = await take_turn(before, turn.prompt)
            if alone.answer != turn.answer:
                problems.append(f"{turn.prompt}: alone {alone.answer[:200]!r}, together {turn.answer[:200]!r}")
    return {
        "sessions": SESSIONS,
        "prompts": len(together),
        "edits": sum(event.type == "edit_proposed" for turn in together for _, event in turn.events),
        "wall_seconds": wall,
        "first_event": summary([turn.first_seconds for turn in together]),
        "done": summary([turn.seconds for turn in together]),
        "problems": problems,
    }


def _mix(number: int) -> list[tuple[str, bool]]:
    """A session's requests, and whether each must come to edits."""
    symbol, other = SYMBOLS[number], SYMBOLS[number - 7]
    if number < len(RENAMED):
        name = RENAMED[number]
        edit = (
            f"rename {name} to {name.rpartition('.')[2]}{'Anew' if name.rpartition('.')[2][0].isupper() else '_anew'}"
        )
    else:
        edit = _EDITS[number % len(_EDITS)].format(number=number)
    return [
        (_QUESTIONS[number % len(_QUESTIONS)].format(symbol=symbol), False),
        (edit, True),
        (f"find references to {other}", False),
    ]


async def _session(manager: SessionManager, number: int) -> tuple[list[TimedTurn], list[str]]:
    session = await manager.new(decide=_nobody_is_asked)
    turns, problems = [], []
    for prompt, edits in _mix(number):
        turn = await take_turn(session, prompt)
        turns.append(turn)
        problems.append(turn.problem(edits=edits))
    return turns, [problem for problem in problems if problem]


async def _nobody_is_asked(request: PermissionRequested) -> Choice:
    raise AssertionError(f"nothing here needs a permission: {request}")
