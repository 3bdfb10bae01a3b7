"""One turn of `ask` and `chat`: its events are shown, and then it is decided about its edits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from punie_agent.redaction import Redactor
from punie_ls.cli.ask_input import Asked
from punie_ls.cli.ask_source import AskError, Json, NotApplied, TurnSource
from punie_ls.terminal.cleaning import clean
from punie_ls.terminal.diffs import FileEdit, chosen_all, edits_of, summary
from punie_ls.terminal.questions import Questions
from punie_ls.terminal.view import View

DONE, NOT_DONE, INTERRUPTED = 0, 1, 130
MOST_TITLE = 80


@dataclass
class TurnRun:
    """A turn that can be stopped.

    Attributes:
        source: where it comes from.
        view: where it is shown.
        questions: who is asked about its edits; None where nobody can be.
        apply: write verified edits without asking.
        edits: what the turn proposed, as long as it is not decided about.
    """

    source: TurnSource
    view: View
    questions: Questions | None
    apply: bool = False
    edits: Sequence[FileEdit] = ()
    title: str = ""
    _running: bool = False
    _asking: asyncio.Task[Mapping[str, set[int]] | None] | None = None
    _stopping: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: bool = False

    async def run(self, asked: Asked) -> int:
        """Take the turn. Gives the exit status: 0 done, 1 failed, dropped or not applied, 130 stopped."""
        self._begin(asked)
        for note in asked.notes:
            self.view.say(note, "warning")
        self.view.begin(self.source.session, self.source.model, Redactor().text(asked.shown))
        self._running = True
        try:
            status = await self._listen(asked.prompt)
        except AskError as error:
            self.view.say(str(error), "error")
            return error.status
        finally:
            self._running = False
        if status == DONE and self.edits:
            status = await self._decide()
        self.view.end()
        return INTERRUPTED if self._stopped else status

    def interrupt(self) -> bool:
        """Stop what is going on; False when nothing is. Called in the loop."""
        self._stopped = True
        if self._asking is not None:
            self._asking.cancel()
            return True
        if self._running:
            self.view.status("Stopping… Ctrl-C again leaves at once.")
            task = asyncio.create_task(self.source.cancel())
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)
        return self._running

    async def write(self, hunks: Mapping[str, set[int]] | None = None) -> int:
        """Write the turn's edits, or these hunks of them. Gives the exit status."""
        try:
            written = await self.source.accept(self.title, hunks)
        except NotApplied as error:
            self.view.answered(applied=False, sentence=str(error))
            return NOT_DONE
        sentence = f"Written: {_written(self.edits, hunks)}."
        self.edits = ()
        self.view.answered(applied=True, sentence=sentence, transaction=written.transaction)
        return DONE

    def _begin(self, asked: Asked) -> None:
        self.edits, self._stopped = (), False
        self.title = _title(Redactor().text(asked.shown))

    async def _listen(self, prompt: str) -> int:
        status, dropped = NOT_DONE, False
        async for event in self.source.turn(prompt):
            self.view.take(event)
            match event["type"]:
                case "edit_proposed":
                    self.edits, dropped = edits_of(event["files"]), False
                case "edit_declined":
                    self.edits, dropped = (), True
                case "done":
                    status = self._status(event)
        return NOT_DONE if dropped and status == DONE else status

    def _status(self, done: Json) -> int:
        match done["reason"]:
            case "end_turn":
                return DONE
            case "cancelled":
                self._stopped = True
                self.edits = ()
                return INTERRUPTED
            case _:
                self.edits = ()
                return NOT_DONE

    async def _decide(self) -> int:
        self.view.edits(self.edits)
        if self.apply:
            return await self.write()
        if self.questions is None:
            self.view.answered(applied=False, sentence="Not written: nobody can be asked here. --apply writes it.")
            return NOT_DONE
        asking = self.questions.edits(self.edits, hunks=self.source.picks_hunks)
        self._asking = asyncio.ensure_future(asking)
        try:
            hunks = await self._asking
        except asyncio.CancelledError:
            if not self._stopped:
                raise
            hunks = None
        finally:
            self._asking = None
        if hunks is None:
            await self.source.reject()
            self.view.answered(applied=False, sentence="Not written; nothing was changed.")
            return NOT_DONE
        return await self.write(None if chosen_all(self.edits, hunks) else hunks)


def _written(edits: Sequence[FileEdit], hunks: Mapping[str, set[int]] | None) -> str:
    if hunks is None:
        return summary(edits)
    names = ", ".join(clean(edit.file) for edit in edits if hunks.get(edit.file))
    return f"{sum(map(len, hunks.values()))} of {sum(len(edit.hunks) for edit in edits)} hunks, in {names}"


def _title(shown: str) -> str:
    first = next((line.strip() for line in shown.splitlines() if line.strip()), "")
    return first if len(first) <= MOST_TITLE else f"{first[: MOST_TITLE - 1]}…"
