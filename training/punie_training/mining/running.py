"""Programs of questions are run on the project, and ty has to agree with what the syntax tree says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_training.execution import Outcome, open_programs
from punie_training.mining.questions import Candidate

MOST_RESULT = 4000
AT_ONCE = 2


@dataclass(frozen=True)
class Ran:
    """What running a question's program came to: its value as JSON, or why it is not taken."""

    candidate: Candidate
    result: str
    problem: str
    tools: tuple[str, ...] = ()


async def run_programs(
    root: Path, candidates: Sequence[Candidate], on_progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Ran]:
    """Run the programs of questions on a folder, whose own code is not run, and nothing is written there.

    Args:
        root: the project.
        candidates: questions with programs.
        on_progress: gets the number of programs that have run, and of all.

    Raises:
        DatasetError: there is no such folder.
    """
    waiting = list(enumerate(candidates))
    waiting.reverse()
    found: dict[int, Ran] = {}
    async with open_programs(root) as programs:

        async def work() -> None:
            while waiting:
                number, candidate = waiting.pop()
                found[number] = _judge(candidate, await programs.run(candidate.program))
                on_progress(len(found), len(candidates))

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    return [found[number] for number in range(len(candidates))]


def _judge(candidate: Candidate, outcome: Outcome) -> Ran:
    tools = tuple(dict.fromkeys(call.name for call in outcome.calls))
    if not outcome.ok:
        return Ran(candidate, "", "failed", tools)
    states = [call.result.get("state") for call in outcome.calls if isinstance(call.result, dict)]
    if any(state == "unknown" for state in states):
        return Ran(candidate, "", "not known", tools)
    if not outcome.value:
        return Ran(candidate, "", "nothing found", tools)
    said = " ".join(_texts(outcome.value))
    if any(" ".join(text.split()) not in " ".join(said.split()) for text in candidate.expects):
        return Ran(candidate, "", "ty disagrees", tools)
    return Ran(candidate, json.dumps(outcome.value, ensure_ascii=False)[:MOST_RESULT], "", tools)


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - plain data
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [str(value)]
