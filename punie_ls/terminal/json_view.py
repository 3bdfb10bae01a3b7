"""A turn as JSON lines on stdout, for other programs: its events as they are stored. See docs/ask.md."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TextIO

from punie_ls.terminal.diffs import FileEdit
from punie_ls.terminal.sentences import STOPPED
from punie_ls.terminal.view import Json, Level


class JsonView:
    """See `View`. The last line is always the event `done`, so it is kept until the edits are decided about."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._done: Json = {"type": "done", "reason": "error", "message": "The turn never began."}

    @asynccontextmanager
    async def shown(self) -> AsyncGenerator[None]:
        """Whatever happens, `done` is the last line."""
        try:
            yield
        except asyncio.CancelledError:
            self._done = {"type": "done", "reason": "cancelled", "message": STOPPED}
            raise
        finally:
            self._write(self._done)

    @contextmanager
    def still(self) -> Generator[None]:
        """Nothing is drawn."""
        yield

    def begin(self, session: str, model: str, prompt: str) -> None:
        """A turn begins."""
        self._write({"type": "turn_started", "session": session, "model": model, "prompt": prompt})

    def status(self, sentence: str) -> None:
        """Nothing."""

    def take(self, event: Json) -> None:
        """An event of the turn."""
        if event["type"] == "done":
            self._done = event
        else:
            self._write(event)

    def say(self, text: str, level: Level = "info") -> None:
        """An error is what the end will say; all else is a notice."""
        if level == "error":
            self._done = {"type": "done", "reason": "error", "message": text}
        else:
            self._write({"type": "notice", "text": text, "level": level})

    def edits(self, edits: Sequence[FileEdit]) -> None:
        """They came in an event."""

    def answered(self, *, applied: bool, sentence: str, transaction: str = "") -> None:
        """What became of the edits."""
        told = {"type": "edit_answered", "applied": applied, "message": sentence, "transaction": transaction}
        self._write(told)

    def end(self) -> None:
        """The end comes last."""

    def _write(self, value: Json | dict[str, Any]) -> None:
        self._out.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._out.flush()
