"""What questions about a symbol share: the words, the variables, the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from punie_agent.planner.programs import PLACE, POINT, program
from punie_agent.planner.recipe import Answer, Program, Results, Slots, Step
from punie_agent.planner.telling import trouble

FIND = (
    "(find|show|list|get|give|search [for]|look [up|for]|display|print|see|what are|which are|where are)"
    " [me] [all] [of] [the]"
)


def where(slots: Slots) -> dict[str, Any]:
    """The variables that say which symbol is meant."""
    return {
        "symbol": slots.get("symbol", ""),
        "path": slots.get("path", ""),
        "line": slots.get("line", 0),
        "column": slots.get("column", 0),
    }


def asking(slots: Slots, body: str, *, narrowed: bool = True, **values: Any) -> Program:  # noqa: ANN401 - literals
    """A program about a symbol. With `narrowed` a file behind "in" is where it is defined."""
    steps = PLACE if slots.get("path") and (narrowed or slots.get("line")) else ""
    steps += POINT if slots.get("line") and not slots.get("column") and not slots.get("symbol") else ""
    return program(steps + body, **where(slots), **values)


def name_of(slots: Slots) -> str:
    """What the user called the symbol."""
    if slots.get("symbol"):
        return str(slots["symbol"])
    at = f"{slots.get('path')}:{slots.get('line')}"
    return f"{at}:{slots['column']}" if slots.get("column") else at


def simple(
    body: str,
    tell: Callable[[Slots, Mapping[str, Any]], str],
    *,
    narrowed: bool = True,
    **values: Any,  # noqa: ANN401
) -> Callable[[Slots, Results], Step]:
    """The steps of a question that takes one program: ask, then tell."""

    def step(slots: Slots, results: Results) -> Step:
        if not results:
            chosen = {name: slots.get(name, value) for name, value in values.items()}
            return asking(slots, body, narrowed=narrowed, **chosen)
        return trouble(results[-1], name_of(slots)) or Answer(tell(slots, results[-1]))

    return step
