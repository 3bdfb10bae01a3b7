"""A turn's events as an editor can show them: a sentence for the progress bar, and what the turn came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from punie_ls.server.markdown import first_sentence

WAITING = "Waiting for the model…"
MAX_OUTPUT = 100_000


@dataclass
class Turn:
    """What is known of a turn so far.

    Attributes:
        prompt: as the user asked, for people.
        answer: Markdown.
        notices: what the user should know.
        output: what its programs printed.
        files: diffs by file, of edits that were proposed or declined.
        proposed: whether the edits re-checked clean.
        outcome: what became of the edits, in a sentence.
        reason: why it ended: end_turn, cancelled, budget or error; empty while it runs.
        message: why it ended otherwise than by itself.
    """

    prompt: str
    answer: str = ""
    notices: list[str] = field(default_factory=list)
    output: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)
    proposed: bool = False
    outcome: str = ""
    reason: str = ""
    message: str = ""
    tool_calls: int = 0
    usage: Any = None

    @property
    def ending(self) -> str:
        """How it ended, when not by itself."""
        match self.reason:
            case "end_turn":
                return ""
            case "cancelled":
                return "Cancelled." if not self.message else f"Cancelled: {self.message}"
            case "budget":
                return self.message or "The turn's budget is used up."
            case "error":
                return f"Failed: {self.message}"
            case _:
                return "Cancelled."

    @property
    def used(self) -> str:
        """What it used, in a line."""
        if self.usage is None:
            return ""
        tokens = self.usage.input_tokens + self.usage.output_tokens
        parts = [_count(self.usage.requests, "request")]
        if tokens:
            parts.append(f"{tokens:,} tokens")
        parts.append(_count(self.tool_calls, "tool call"))
        if self.usage.cost:
            parts.append(f"${self.usage.cost:.4f}")
        return ", ".join(parts)

    @property
    def sentence(self) -> str:
        """The turn in one sentence."""
        return self.ending or first_sentence(self.answer) or self.outcome or "The model gave no answer."


class Projection:
    """Takes events in order, fills a `Turn`, and reports a sentence for each step."""

    def __init__(self, turn: Turn, report: Callable[[str], None]) -> None:
        self.turn = turn
        self._report = report
        self._message = 0

    def begin(self) -> None:
        """The prompt is on its way."""
        self._report(WAITING)

    def take(self, event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
        """One event of the turn."""
        handle = _HANDLERS.get(event.type)
        if handle is not None:
            handle(self, event)

    def _text(self, event: Any) -> None:  # noqa: ANN401
        if self.turn.answer and event.message != self._message:
            self.turn.answer = self.turn.answer.rstrip() + "\n\n"
        self._message = event.message
        self.turn.answer += event.text
        self._report("Writing the answer…")

    def _thought(self, event: Any) -> None:  # noqa: ANN401
        self._report("Thinking…")

    def _plan(self, event: Any) -> None:  # noqa: ANN401
        step = next((e.content for e in event.entries if e.status == "in_progress"), "")
        if step:
            self._report(step)

    def _program(self, event: Any) -> None:  # noqa: ANN401
        self._report("Running a program…")

    def _program_output(self, event: Any) -> None:  # noqa: ANN401
        self.turn.output = (self.turn.output + event.text)[-MAX_OUTPUT:]

    def _program_ended(self, event: Any) -> None:  # noqa: ANN401
        self._report(WAITING)

    def _tool_call_started(self, event: Any) -> None:  # noqa: ANN401
        self.turn.tool_calls += 1
        self._report(event.title)

    def _tool_call_updated(self, event: Any) -> None:  # noqa: ANN401
        if event.message:
            self._report(event.message)

    def _permission_requested(self, event: Any) -> None:  # noqa: ANN401
        if event.choices:  # else a rule has decided already
            self._report(f"Waiting for your answer: {event.title}")

    def _permission_answered(self, event: Any) -> None:  # noqa: ANN401
        self._report("Going on…" if event.allowed else "Going on without…")

    def _verifying(self, event: Any) -> None:  # noqa: ANN401
        self._report(f"Re-checking {_count(len(event.files), 'edited file')} and what depends on it…")

    def _edit_proposed(self, event: Any) -> None:  # noqa: ANN401
        self.turn.files, self.turn.proposed = [(f.file, f.diff) for f in event.files], True
        self._report(f"Re-checked {_count(len(event.report.files_checked), 'file')}")

    def _edit_declined(self, event: Any) -> None:  # noqa: ANN401
        self.turn.files = [(f.file, f.diff) for f in event.files]
        self.turn.proposed = False
        self.turn.outcome = "Dropped, because it does not re-check clean"

    def _usage(self, event: Any) -> None:  # noqa: ANN401
        self.turn.usage = event

    def _notice(self, event: Any) -> None:  # noqa: ANN401
        self.turn.notices.append(event.text)

    def _done(self, event: Any) -> None:  # noqa: ANN401
        self.turn.reason, self.turn.message = event.reason, event.message


_HANDLERS: dict[str, Callable[[Projection, Any], None]] = {
    "text": Projection._text,
    "thought": Projection._thought,
    "plan": Projection._plan,
    "program": Projection._program,
    "program_output": Projection._program_output,
    "program_ended": Projection._program_ended,
    "tool_call_started": Projection._tool_call_started,
    "tool_call_updated": Projection._tool_call_updated,
    "permission_requested": Projection._permission_requested,
    "permission_answered": Projection._permission_answered,
    "verifying": Projection._verifying,
    "edit_proposed": Projection._edit_proposed,
    "edit_declined": Projection._edit_declined,
    "usage": Projection._usage,
    "notice": Projection._notice,
    "done": Projection._done,
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
