"""A turn for a pipe: the answer on stdout, as Markdown, and all else on stderr."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar, TextIO

from rich.console import Console
from rich.text import Text

from punie_ls.terminal.cleaning import CleanStream, clean
from punie_ls.terminal.diffs import FileEdit, diff_text, edits_of, summary
from punie_ls.terminal.sentences import checked, decision, ending, problems, repeats, used
from punie_ls.terminal.steps import Steps
from punie_ls.terminal.view import Json, Level


class PlainView:
    """See `View`.

    Args:
        errors: the console of stderr.
        out: where the answer goes.
        verbose: show programs and what they print, too.
    """

    def __init__(self, errors: Console, out: TextIO | None = None, *, verbose: bool = False) -> None:
        self.verbose = verbose
        self._errors = errors
        self._out = out or sys.stdout
        self._reset("", "")

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Nothing is drawn."""
        try:
            yield
        except asyncio.CancelledError:
            self._say(Text("Stopped."))
            raise

    @contextmanager
    def still(self) -> Generator[None]:
        """Nothing is drawn."""
        yield

    def begin(self, session: str, model: str, prompt: str) -> None:
        """A turn begins."""
        self._reset(session, model)

    def status(self, sentence: str) -> None:
        """What is going on."""
        if sentence:
            self._say(Text(sentence, style="dim"))

    def take(self, event: Json) -> None:
        """An event of the turn."""
        if event["type"] not in ("text", "usage", "thought"):
            self._close_text()
        handle = self._HANDLERS.get(event["type"])
        if handle is not None:
            handle(self, event)

    def say(self, text: str, level: Level = "info") -> None:
        """Something that the user should know."""
        self._say(Text(f"punie-ls: {clean(text).strip()}", style="" if level == "info" else "red"))

    def edits(self, edits: Sequence[FileEdit]) -> None:
        """Edits that re-checked clean."""
        self._say(Text(f"Proposed: {summary(edits)}"))
        for edit in edits:
            self._say(diff_text(edit.diff))

    def answered(self, *, applied: bool, sentence: str, transaction: str = "") -> None:
        """What became of the edits."""
        self._say(Text(clean(sentence)))
        if transaction:
            self._say(Text(f"Take it back with: punie-ls undo {transaction}"))

    def end(self) -> None:
        """The turn is over."""
        parts = [clean(self._model), used(self._usage, calls=self._steps.calls, seconds=self._seconds)]
        parts += [f"session {self._session}"] if self._session else []
        self._say(Text(" · ".join(filter(None, parts)), style="dim"))

    def _reset(self, session: str, model: str) -> None:
        self._session, self._model = session, model
        self._steps = Steps(self.verbose)
        self._usage: Json | None = None
        self._began, self._seconds = time.monotonic(), 0.0
        self._cleaner, self._message, self._ended = CleanStream(), None, True
        self._wrote = False
        self._request: Json = {}

    def _say(self, line: Text) -> None:
        self._errors.print(line)

    def _lines(self, lines: Sequence[Text]) -> None:
        for line in lines:
            self._say(line)

    def _write(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._out.flush()
            self._wrote, self._ended = True, text.endswith("\n")

    def _text(self, event: Json) -> None:
        if self._message is not None and event["message"] != self._message:
            self._close_text()
        if self._message is None and self._wrote:
            self._write("\n")
        self._message: Any = event["message"]
        self._write(self._cleaner.add(event["text"]))

    def _close_text(self) -> None:
        if self._message is not None:
            self._message = None
            self._write(self._cleaner.finish())
            if not self._ended:
                self._write("\n")

    def _started(self, event: Json) -> None:
        self._steps.started(event)

    def _proposed(self, event: Json) -> None:
        self._say(Text(checked(event["report"])))

    def _declined(self, event: Json) -> None:
        self._say(Text(f"Dropped, because it does not re-check clean: {summary(edits_of(event['files']))}"))
        self._lines([Text(f"    {line}") for line in problems(event["report"])])

    def _answered(self, event: Json) -> None:
        if not self._request.get("choices"):
            self._say(Text(decision(self._request, event)))

    def _requested(self, event: Json) -> None:
        self._request = event

    def _take_usage(self, event: Json) -> None:
        self._usage = event

    def _notice(self, event: Json) -> None:
        if not repeats(event):
            self.say(event["text"], event["level"])

    def _done(self, event: Json) -> None:
        self._seconds = time.monotonic() - self._began
        if why := ending(event):
            self.say(why, "error")

    _HANDLERS: ClassVar[dict[str, Callable[[PlainView, Json], None]]] = {
        "text": _text,
        "program": lambda view, event: view._lines(view._steps.program(event)),
        "program_output": lambda view, event: view._lines(view._steps.program_output(event)),
        "program_ended": lambda view, event: view._lines(view._steps.program_ended(event)),
        "tool_call_started": _started,
        "tool_call_ended": lambda view, event: view._lines(view._steps.ended(event)),
        "permission_requested": _requested,
        "permission_answered": _answered,
        "edit_proposed": _proposed,
        "edit_declined": _declined,
        "usage": _take_usage,
        "notice": _notice,
        "done": _done,
    }
