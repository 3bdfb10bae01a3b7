"""What a tool call's events tell besides its name: where it looks, what it found, what it edited. All bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from punie_agent.events import FileDiff, Place, Plan, PlanEntry
from punie_semantic.overlay import Overlay, State
from punie_semantic.registry import Tool

MOST_PLACES = 20
MOST_DIFFS = 50
MOST_DIFF = 20_000
MOST_TITLE = 200
MOST_ERROR = 2_000
MOST_STEPS = 50


def title_of(tool: Tool, arguments: Mapping[str, Any]) -> str:
    """A human sentence in one line."""
    try:
        title = tool.title_for(dict(arguments))
    except (ValueError, TypeError, AttributeError):
        title = tool.name
    return cut(" ".join(title.split()), MOST_TITLE)


def plan_of(steps: Sequence[str], done: int) -> Plan:
    """The plan that `show_plan` shows. Of very many steps the ones around the step under way are kept."""
    first = min(max(done - MOST_STEPS // 2, 0), max(len(steps) - MOST_STEPS, 0))
    shown = enumerate(steps[first : first + MOST_STEPS], start=first)
    return Plan(
        entries=[
            PlanEntry(
                content=cut(" ".join(step.split()), MOST_TITLE),
                status="completed" if number < done else "in_progress" if number == done else "pending",
            )
            for number, step in shown
        ]
    )


def asked_places(arguments: Mapping[str, Any]) -> list[Place]:
    """The place that the arguments name."""
    path = arguments.get("path")
    if not isinstance(path, str) or path in ("", "."):
        return []
    line = arguments.get("line") or arguments.get("start_line") or 0
    places = [Place(file=cut(path, MOST_TITLE), line=line if isinstance(line, int) and line > 1 else max(line, 0))]
    new = arguments.get("new_path")
    return [*places, Place(file=cut(new, MOST_TITLE))] if isinstance(new, str) else places


def found_places(result: Any) -> list[Place]:  # noqa: ANN401 - any result
    """The places in a result, the first ones of them."""
    places: dict[tuple[str, int], Place] = {}
    for file, line in _places(result):
        places.setdefault((file, line), Place(file=file, line=line))
        if len(places) == MOST_PLACES:
            break
    return list(places.values())


def _places(result: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401
    if not isinstance(result, BaseModel):
        return
    for name in type(result).model_fields:
        value = getattr(result, name)
        for item in value if isinstance(value, list) else []:
            file, line = getattr(item, "file", None), getattr(item, "line", 0)
            if isinstance(file, str) and file and isinstance(line, int) and not getattr(item, "external", False):
                yield file, max(line, 0)
            elif name == "answers":
                yield from _places(item)


def edited_files(result: Any, overlay: Overlay, before: State | None) -> list[FileDiff]:  # noqa: ANN401
    """What a call edited: as its result says, else by the overlay's state before it."""
    edits = [*getattr(result, "edits", []), *([result] if isinstance(getattr(result, "file", None), str) else [])]
    if edits or hasattr(result, "edits"):
        found = [(edit.file, edit.diff) for edit in edits if getattr(edit, "diff", "")]
    elif before is not None:
        found = [(change.file, change.diff) for change in overlay.changes(before)[:MOST_DIFFS]]
    else:
        found = []
    return [FileDiff(file=file, diff=cut(diff, MOST_DIFF)) for file, diff in found[:MOST_DIFFS]]


def cut(text: str, most: int) -> str:
    """The beginning of a text, and a sign that there is more."""
    return text if len(text) <= most else f"{text[:most]}…"
