"""Tries programs: each is executed once on the project, and kept only if it ran and gave something true."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from punie_semantic.templates import Template, fill
from punie_training.building.syntax_rows import Row
from punie_training.building.verdict_cache import VerdictCache
from punie_training.execution import Outcome, Programs

logger = logging.getLogger(__name__)

AT_ONCE = 2
# How many rows are tried for each that is wanted, before a template is given up.
PATIENCE = 3
MOST_RESULT = 400

TYPES, RAISED, UNKNOWN, NOTHING, UNEXPECTED, NO_CALL = (
    "does not type-check",
    "raised",
    "a tool could not answer",
    "gave nothing",
    "gave something else than was expected",
    "called no tool",
)
_RAISED = re.compile(r"(?P<kind>[A-Z]\w+): (?P<message>.*)")


@dataclass(frozen=True)
class Verdict:
    """What came of a program.

    Attributes:
        reason: why it is left out; empty when it is kept.
        tools: the tools that it called, each once, in order.
        result: its value as JSON, cut where it is long.
        detail: what was wrong, in a line.
    """

    reason: str
    tools: tuple[str, ...] = ()
    result: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Tried:
    """A template's program about one thing, with its verdict; `reused` when the verdict was known."""

    template: Template
    row: Row
    program: str
    verdict: Verdict
    reused: bool

    @property
    def kept(self) -> bool:
        """Whether it may be learned from."""
        return not self.verdict.reason


async def try_templates(
    programs: Programs,
    wanted: Mapping[Template, int],
    rows: Callable[[Template], Sequence[Row]],
    cache: VerdictCache,
    on_tried: Callable[[Tried], None],
) -> dict[Template, list[Tried]]:
    """Execute each template's program about as many things as are wanted of it, two at once.

    Args:
        programs: where they are executed.
        wanted: how many programs of each template should be kept.
        rows: the things of a template, in the order in which they are tried.
        cache: verdicts that are known; new ones are put into it.
        on_tried: hears of each.

    Returns:
        All that were tried of each template, in the order of the rows.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(template: Template) -> list[Tried]:
        tried: list[Tried] = []
        limit = template.most or len(rows(template))
        for row in rows(template)[: min(limit, wanted[template] * PATIENCE)]:
            async with gate:
                tried.append(await _try(programs, template, row, cache))
            on_tried(tried[-1])
            if sum(t.kept for t in tried) >= wanted[template]:
                break
        return tried

    async with asyncio.TaskGroup() as group:
        tasks = {template: group.create_task(one(template)) for template in wanted}
    return {template: task.result() for template, task in tasks.items()}


async def _try(programs: Programs, template: Template, row: Row, cache: VerdictCache) -> Tried:
    program = fill(template.program, row, literals=True)
    key = json.dumps([program, template.expect, template.empty])
    known = cache.get(key)
    if known is not None:
        return Tried(template, row, program, _known(known), reused=True)
    verdict = judged(template, await programs.run(program))
    if verdict.reason:
        logger.info("%s about %s: %s %s", template.name, row, verdict.reason, verdict.detail)
    if verdict.reason != UNKNOWN:  # a tool that was busy may answer next time
        cache.put(key, asdict(verdict))
    return Tried(template, row, program, verdict, reused=False)


def _known(known: Mapping[str, Any]) -> Verdict:
    return Verdict(known["reason"], tuple(known["tools"]), known["result"], known["detail"])


def judged(template: Template, outcome: Outcome) -> Verdict:
    """Whether a program's outcome makes an example."""
    tools = tuple(dict.fromkeys(call.name for call in outcome.calls))
    reason, detail = _fault(template, outcome)
    return Verdict(reason, tools, "" if reason else _cut(outcome.value), detail)


def _fault(template: Template, outcome: Outcome) -> tuple[str, str]:
    if unsure := _unsure(outcome):
        return UNKNOWN, unsure
    if outcome.error:
        return _error(outcome.error)
    if not outcome.calls:
        return NO_CALL, ""
    if template.expect and outcome.value != template.expect:
        return UNEXPECTED, f"{outcome.value!r}"
    if _is_empty(outcome.value) and not template.empty:
        return NOTHING, ""
    return "", ""


def _unsure(outcome: Outcome) -> str:
    """What a tool says that could not answer, or only in part, where nothing came of that; a busy one may next time."""
    nothing = bool(outcome.error) or _is_empty(outcome.value)
    states = ("unknown", "partial") if nothing else ("unknown",)
    for call in outcome.calls:
        if isinstance(call.result, dict) and call.result.get("state") in states:
            return f"{call.name}: {call.result.get('reason', '')}"
    return ""


def _error(text: str) -> tuple[str, str]:
    """Whether it was the type check or the run, and the error in a line."""
    lines = text.strip().splitlines()
    if "so it was not run" in lines[0]:
        return TYPES, lines[-1].strip()
    found = _RAISED.fullmatch(lines[-1])
    return (f"{RAISED} {found['kind']}", found["message"]) if found else (RAISED, lines[-1])


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - a program's value
    """None and empty collections tell a model nothing; 0 and False are answers."""
    return value is None or (isinstance(value, str | list | dict | tuple) and not value)


def _cut(value: Any) -> str:  # noqa: ANN401 - a program's value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MOST_RESULT else f"{text[:MOST_RESULT]}..."
