"""A turn on a terminal: Markdown as it is written, a line for each step, edits as coloured diffs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar

from rich.console import Console, RenderableType
from rich.text import Text

from punie_ls.terminal.blocks import MarkdownStream
from punie_ls.terminal.cleaning import CleanStream, clean, one_line
from punie_ls.terminal.diffs import MOST_LINES, FileEdit, diff_text, edits_of, summary
from punie_ls.terminal.markdown import AnswerMarkdown
from punie_ls.terminal.screen import Screen
from punie_ls.terminal.sentences import checked, count, decision, ending, problems, repeats, used
from punie_ls.terminal.steps import Steps
from punie_ls.terminal.view import Json, Level

WAITING = "Waiting for the model…"
MOST_THOUGHTS = 4
_LEVELS = {"info": "cyan", "warning": "yellow", "error": "red"}


class RichView:
    """See `View`.

    Args:
        console: the terminal's.
        verbose: show programs, what they print, and all thoughts.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self.verbose = verbose
        self._screen = Screen(console, self._tail)
        self._status = ""
        self._reset("", "")

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Draw until the end."""
        try:
            async with self._screen.shown():
                yield
        except asyncio.CancelledError:
            self._screen.print(Text("Stopped.", style="yellow"))
            raise

    @contextmanager
    def still(self) -> Generator[None]:
        """Draw nothing, while somebody is asked."""
        with self._screen.still():
            yield

    def begin(self, session: str, model: str, prompt: str) -> None:
        """A turn begins."""
        self._reset(session, model)
        self._status = WAITING

    def status(self, sentence: str) -> None:
        """What is going on."""
        self._status = sentence
        if sentence and not self._screen.animated:
            self._screen.print(Text(sentence, style="dim"))

    def take(self, event: Json) -> None:
        """An event of the turn."""
        handle = self._HANDLERS.get(event["type"])
        if event["type"] not in ("text", "program_output", "usage"):
            self._close_text()
        if event["type"] not in ("thought", "usage"):
            self._close_thought()
        if handle is not None:
            handle(self, event)

    def say(self, text: str, level: Level = "info") -> None:
        """Something that the user should know."""
        line = Text.assemble(("!" if level != "info" else "·", _LEVELS[level]), " ", clean(text).strip())
        self._screen.print(line)

    def edits(self, edits: Sequence[FileEdit]) -> None:
        """Edits that re-checked clean."""
        self._screen.print(Text(f"Proposed: {summary(edits)}", style="bold"), apart=True)
        for edit in edits:
            self._screen.print(diff_text(edit.diff, MOST_LINES))

    def answered(self, *, applied: bool, sentence: str, transaction: str = "") -> None:
        """What became of the edits."""
        mark, style = ("✓", "green") if applied else ("·", "yellow")
        self._screen.print(Text.assemble((mark, style), " ", clean(sentence)))
        if transaction:
            self._screen.print(Text(f"  Take it back with: punie-ls undo {transaction}", style="dim"))

    def end(self) -> None:
        """The turn, and what became of its edits, is over."""
        parts = [one_line(self._model), used(self._usage, calls=self._steps.calls, seconds=self._seconds)]
        parts += [f"session {self._session}"] if self._session else []
        self._screen.print(Text(" · ".join(filter(None, parts)), style="dim"))
        self._status = ""

    def _reset(self, session: str, model: str) -> None:
        self._session, self._model = session, model
        self._steps = Steps(self.verbose)
        self._usage: Json | None = None
        self._began, self._seconds = time.monotonic(), 0.0
        self._markdown, self._cleaner = MarkdownStream(), CleanStream()
        self._message: Any = None
        self._thought, self._thinking = "", False
        self._request: Json = {}

    def _tail(self) -> Sequence[RenderableType]:
        frame = self._screen.frame
        if self._thinking:
            last = clean(self._thought).strip().splitlines()[-MOST_THOUGHTS:]
            return [*(Text(line, style="dim italic") for line in last), Text(f"{frame} Thinking…", style="cyan")]
        if self._markdown.tail.strip():
            more = [] if self._status in ("", WAITING) else [Text.assemble((frame, "cyan"), " ", clean(self._status))]
            return [AnswerMarkdown(self._markdown.tail), *more]
        parts: list[RenderableType] = [*self._steps.live(frame)]
        if not parts and self._status:
            seconds = time.monotonic() - self._began
            shown = f"{self._status} {seconds:.0f} s" if self._status == WAITING and seconds >= 3 else self._status
            parts = [Text.assemble((frame, "cyan"), " ", clean(shown))]
        if self._steps.plan:
            parts = [Text("Plan", style="bold"), *self._steps.checklist(), *parts]
        return parts

    def _text(self, event: Json) -> None:
        if self._message is not None and event["message"] != self._message:
            self._close_text()
        self._message = event["message"]
        self._print_markdown(self._markdown.add(self._cleaner.add(event["text"])))

    def _close_text(self) -> None:
        if self._message is not None:
            self._message = None
            self._print_markdown(self._markdown.add(self._cleaner.finish()) + self._markdown.finish())

    def _print_markdown(self, markup: str) -> None:
        if markup.strip():
            self._screen.print(AnswerMarkdown(markup), apart=True)

    def _take_thought(self, event: Json) -> None:
        self._thinking = True
        self._thought += event["text"]

    def _close_thought(self) -> None:
        thought, self._thought, self._thinking = clean(self._thought).strip(), "", False
        lines = thought.splitlines() if thought else []
        shown = lines if self.verbose else lines[:MOST_THOUGHTS]
        for line in shown:
            self._screen.print(Text(line, style="dim italic"))
        if len(shown) < len(lines):
            hidden = count(len(lines) - len(shown), "more line")
            self._screen.print(Text(f"… {hidden} of thoughts (--verbose shows them)", style="dim"))

    def _take_plan(self, event: Json) -> None:
        self._steps.plan = event["entries"]

    def _lines(self, lines: Sequence[Text]) -> None:
        for line in lines:
            self._screen.print(line)

    def _started(self, event: Json) -> None:
        self._steps.started(event)

    def _ended(self, event: Json) -> None:
        self._lines(self._steps.ended(event))
        self._status = WAITING

    def _requested(self, event: Json) -> None:
        self._request = event
        if event["choices"]:
            self._status = "Waiting for you…"

    def _was_answered(self, event: Json) -> None:
        """Only what nobody was asked about: the question itself is on the screen."""
        self._status = WAITING
        if not self._request.get("choices"):
            style = "dim" if event["allowed"] else "yellow"
            self._screen.print(Text(f"· {decision(self._request, event)}", style=style))

    def _verifying(self, event: Json) -> None:
        self._status = f"Re-checking {count(len(event['files']), 'edited file')} and what depends on it…"

    def _proposed(self, event: Json) -> None:
        self._screen.print(Text.assemble(("✓", "green"), " ", checked(event["report"])))

    def _declined(self, event: Json) -> None:
        names = summary(edits_of(event["files"]))
        self._screen.print(Text.assemble(("✗", "red"), " Dropped, because it does not re-check clean: ", names))
        self._lines([Text(f"    {line}", style="red") for line in problems(event["report"])])

    def _take_usage(self, event: Json) -> None:
        self._usage = event

    def _notice(self, event: Json) -> None:
        if not repeats(event):
            self.say(event["text"], event["level"])

    def _done(self, event: Json) -> None:
        self._seconds = time.monotonic() - self._began
        if self._steps.plan:
            self._lines([Text("Plan", style="bold"), *self._steps.checklist()])
            self._steps.plan = ()
        if why := ending(event):
            stopped = event["reason"] == "cancelled"
            self._screen.print(Text(why, style="yellow" if stopped else "red"))
        self._status = ""

    _HANDLERS: ClassVar[dict[str, Callable[[RichView, Json], None]]] = {
        "text": _text,
        "thought": _take_thought,
        "plan": _take_plan,
        "program": lambda view, event: view._lines(view._steps.program(event)),
        "program_output": lambda view, event: view._lines(view._steps.program_output(event)),
        "program_ended": lambda view, event: view._lines(view._steps.program_ended(event)),
        "tool_call_started": _started,
        "tool_call_updated": lambda view, event: view._steps.updated(event),
        "tool_call_ended": _ended,
        "permission_requested": _requested,
        "permission_answered": _was_answered,
        "verifying": _verifying,
        "edit_proposed": _proposed,
        "edit_declined": _declined,
        "usage": _take_usage,
        "notice": _notice,
        "done": _done,
    }
