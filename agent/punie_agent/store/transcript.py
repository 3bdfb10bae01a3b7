"""A session as Markdown that people read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

from punie_agent.events import (
    EditDeclined,
    EditProposed,
    Event,
    FileDiff,
    Notice,
    PermissionAnswered,
    PermissionRequested,
    Plan,
    Program,
    ProgramEnded,
    ProgramOutput,
    Text,
    Thought,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallUpdated,
    Usage,
)
from punie_agent.store.records import StoredSession, StoredTurn
from punie_semantic.results import VerificationReport

_FENCE = re.compile(r"`{3,}")
_STEPS = {"pending": "[ ]", "in_progress": "[~]", "completed": "[x]"}


def transcript(session: StoredSession) -> str:
    """The whole session: prompts, answers, programs folded away, tool calls, diffs, permissions, usage."""
    s = session.summary
    head = [
        f"# {s.title or 'Untitled session'}",
        f"{s.project} · {s.model or 'no model'} · begun {_when(s.created)} · {s.turns} turns · session {s.id}",
    ]
    parts = [*head, *(f"> {problem}" for problem in session.problems)]
    for turn in session.turns:
        parts += _turn(turn, running=s.state == "running" and turn is session.turns[-1])
    return "\n\n".join(parts) + "\n"


def _turn(turn: StoredTurn, *, running: bool) -> Iterator[str]:
    yield f"## Turn {turn.number}"
    yield "\n".join(f"> {line}".rstrip() for line in turn.prompt.splitlines() or [""])
    answer: list[str] = []
    for event in turn.events:
        if isinstance(event, Text):
            answer.append(event.text)
            continue
        if answer:
            yield "".join(answer).strip()
            answer = []
        if part := _part(event):
            yield part
    if answer:
        yield "".join(answer).strip()
    yield _end(turn, running=running)


def _part(event: Event) -> str:
    """One event; empty for what another one tells."""
    match event:
        case Thought(text=text):
            return _folded("Thought", text.strip())
        case Plan(entries=entries):
            return "\n".join(f"- {_STEPS[entry.status]} {entry.content}" for entry in entries)
        case Program(code=code):
            return _folded("Program", _fenced(code, "python"))
        case ProgramOutput(text=text):
            return _folded("Output", _fenced(text, "text"))
        case ProgramEnded(error=error):
            return f"The program failed:\n\n{_fenced(error, 'text')}" if error else ""
        case Notice(text=text, level=level):
            return f"**{level.capitalize()}:** {text}"
        case _:
            return _tool_part(event)


def _tool_part(event: Event) -> str:
    match event:
        case ToolCallStarted(title=title, tool=tool):
            return f"- `{tool}`: {title}"
        case ToolCallUpdated(message=message):
            return f"  {message}" if message else ""
        case ToolCallEnded(tool=tool, error=error, diffs=diffs):
            failed = [f"- `{tool}` failed: {error}"] if error else []
            return "\n\n".join([*failed, *_diffs(diffs)])
        case PermissionRequested(title=title, detail=detail):
            return f"**Permission asked:** {title}\n\n{_fenced(detail, 'text')}"
        case PermissionAnswered(allowed=allowed, by=by):
            return f"**{'Allowed' if allowed else 'Refused'}** by {by}."
        case EditProposed(files=files, report=report):
            return "\n\n".join([f"**Edit proposed**, {_checked(report)}:", *_diffs(files)])
        case EditDeclined(files=files, report=report):
            return "\n\n".join([f"**Edit dropped**, {_checked(report)}:", *_diffs(files)])
        case _:
            return ""


def _end(turn: StoredTurn, *, running: bool) -> str:
    if running:
        return "*The turn is running.*"
    if turn.ended is None:
        return "*The turn was interrupted.*"
    why = {"end_turn": "", "cancelled": "cancelled, ", "budget": "stopped by its budget, ", "error": "failed, "}
    sentence = f" {turn.message}" if turn.message else ""
    seconds = max(turn.ended - turn.started, 0.0)
    return f"*{why.get(turn.reason or '', '')}{seconds:.1f} s{_usage(turn.usage)}*{sentence}"


def _usage(usage: Usage | None) -> str:
    if usage is None:
        return ""
    cost = "" if usage.cost is None else f", ${usage.cost:.4f}"
    tokens = f"{usage.input_tokens} + {usage.output_tokens} tokens"
    return f", {usage.requests} requests, {tokens}, {usage.tool_calls} tool calls{cost}"


def _checked(report: VerificationReport) -> str:
    return f"re-checked {report.state}" + (f" ({report.reason})" if report.reason else "")


def _diffs(files: Iterable[FileDiff]) -> list[str]:
    return [_fenced(file.diff, "diff") for file in files]


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(fence[0]) for fence in _FENCE.finditer(text)), default=2)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
