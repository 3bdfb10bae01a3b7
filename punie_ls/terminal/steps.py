"""What the agent does in a turn, a line for each step: programs, tool calls, the plan. From events as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.text import Text

from punie_ls.terminal.cleaning import clean, one_line
from punie_ls.terminal.sentences import count, lines_changed

Json = Mapping[str, Any]

# Of one program; the others are counted.
MOST_CALLS = 8
MOST_ERROR = 300
# An event tells no more.
MOST_PLACES = 20
_MARKS = {"pending": "☐", "in_progress": "▶", "completed": "✓"}
_PLAN_STYLES = {"pending": "", "in_progress": "bold", "completed": "dim"}


@dataclass
class _Program:
    indent: str
    lines: int
    calls: int = 0
    hidden: int = 0


@dataclass
class Steps:
    """The steps of one turn.

    Attributes:
        calls: how many tool calls began.
        plan: the plan as it is now.
    """

    verbose: bool = False
    calls: int = 0
    plan: Sequence[Json] = ()
    _running: dict[str, Json] = field(default_factory=dict)
    _programs: dict[str, _Program] = field(default_factory=dict)

    def program(self, event: Json) -> list[Text]:
        """A program begins."""
        code = clean(event["code"]).rstrip()
        number = code.count("\n") + 1
        self._programs[event["id"]] = _Program("  ", number)
        lines = [_line("▸", f"Program, {count(number, 'line')}", style="cyan")]
        if self.verbose:
            lines += [Text(f"    {line}", style="dim") for line in code.split("\n")]
        return lines

    def program_output(self, event: Json) -> list[Text]:
        """What it prints is for the model; people see it when they ask for all."""
        if not self.verbose:
            return []
        return [Text(f"  │ {line}", style="dim") for line in clean(event["text"]).rstrip("\n").split("\n")]

    def program_ended(self, event: Json) -> list[Text]:
        """It ended; one that failed is told to the model, which tries again."""
        program = self._programs.pop(event["id"], None)
        lines = []
        if program is not None and program.hidden:
            lines.append(Text(f"  … and {count(program.hidden, 'tool call')} more", style="dim"))
        if event["error"]:
            said = _last_line(event["error"])
            lines.append(
                _line("✗", said if said.startswith("The program") else f"The program failed: {said}", style="yellow")
            )
        return lines

    def started(self, event: Json) -> None:
        """A tool call begins."""
        self.calls += 1
        self._running[event["id"]] = event

    def updated(self, event: Json) -> None:
        """News of a tool call."""
        if event["id"] in self._running and event.get("message"):
            self._running[event["id"]] = {**self._running[event["id"]], "news": event["message"]}

    def ended(self, event: Json) -> list[Text]:
        """A tool call ended."""
        started = self._running.pop(event["id"], event)
        program = self._programs.get(started.get("program", ""))
        title = one_line(started.get("title") or event.get("tool", ""))
        failed = bool(event["error"])
        if program is not None:
            program.calls += 1
            if program.calls > MOST_CALLS and not failed and not self.verbose and not event.get("diffs"):
                program.hidden += 1
                return []
        indent = program.indent if program is not None else ""
        if failed:
            return [_line("✗", f"{title}: {_last_line(event['error'])}", style="yellow", indent=indent)]
        line = _line("✓", title, style="green", indent=indent)
        if found := _found(event):
            line.append(f" · {found}", style="dim")
        return [line]

    def live(self, frame: str) -> list[Text]:
        """What is going on."""
        lines = []
        for event in list(self._running.values())[-3:]:
            indent = "  " if event.get("program") in self._programs else ""
            news = one_line(event.get("news", ""))
            title = one_line(event["title"])
            lines.append(_line(frame, f"{title}: {news}" if news else title, style="cyan", indent=indent))
        return lines

    def checklist(self) -> list[Text]:
        """The plan."""
        lines = []
        for entry in self.plan:
            status = entry.get("status", "pending")
            mark, style = _MARKS.get(status, "☐"), _PLAN_STYLES.get(status, "")
            line = _line(mark, "", style="green" if status == "completed" else "cyan")
            lines.append(line.append(one_line(entry["content"]), style=style))
        return lines


def _line(mark: str, text: str, *, style: str, indent: str = "") -> Text:
    return Text.assemble(indent, (mark, style), " ", text, no_wrap=False, overflow="fold")


def _found(event: Json) -> str:
    diffs = event.get("diffs", ())
    if diffs:
        changed = ", ".join(lines_changed(diff["diff"]) for diff in diffs[:1])
        return changed if len(diffs) == 1 else f"edits {count(len(diffs), 'file')}"
    places = len(event.get("places", ()))
    if places >= MOST_PLACES:
        return f"{places} or more places"
    return count(places, "place") if places > 1 else ""


def _last_line(error: str) -> str:
    """The line of an error that says what it was: a traceback's last, any other text's first."""
    lines = [line for line in error.strip().splitlines() if line.strip()] or [""]
    said = one_line(lines[-1] if lines[0].startswith("Traceback") else lines[0])
    said = f"{said} {one_line(lines[1])}" if said.endswith(":") and len(lines) > 1 else said
    return said if len(said) <= MOST_ERROR else f"{said[:MOST_ERROR]}…"
