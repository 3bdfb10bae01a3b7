"""The store of sessions: what happens in a turn goes in as it happens, and comes back after any kind of end.

store = SessionStore(settings.store, on_notice=show)
session = await store.create(root, model="builtin")
turn = await store.begin_turn(session, "Add types")
await store.add_event(session, turn, event)
await store.add_messages(session, turn, result.new_messages())
await store.end_turn(session, turn, "end_turn", usage=usage)
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_ai.messages import ModelMessage
from sqlalchemy import Connection

from punie_agent.events import Event, Notice, StopReason, Usage
from punie_agent.exceptions import StoreError, StoreUnavailable, UnknownSession
from punie_agent.redaction import Redactor
from punie_agent.store import interchange, reading, writing
from punie_agent.store.access import done
from punie_agent.store.database import Apply
from punie_agent.store.encoding import event_json, message_json
from punie_agent.store.leases import new_owner
from punie_agent.store.project_store import ProjectStore, project_key
from punie_agent.store.records import SessionSummary, StoredSession
from punie_agent.store.streams import Stream
from punie_agent.store.writer import Write
from punie_agent.store.writing import Beginning, Numbers, Turn

CLOSE_SECONDS = 10.0


@dataclass
class _Live:
    """A session that goes on in this process."""

    beginning: Beginning
    numbers: Numbers
    turn: Turn | None = None
    event: int = 0
    stream: Stream = field(default_factory=Stream)


class SessionStore(ProjectStore):
    """Sessions at rest. Safe to use from several processes at once; each object belongs to one event loop.

    What a turn writes never fails for the state of the disk: when it cannot be written it is kept in memory, in order
    and within bounds, and written as soon as it can be. `on_notice` gets one sentence when that begins, and one when it
    ends. All other methods raise StoreError, with a sentence for people.

    Args:
        setting: an SQLAlchemy URL or a path, as in `Settings.store`; the variable PUNIE_STORE wins over it.
        on_notice: gets what the user should know, in the event loop.
        redactor: what takes secrets out of all that is stored.

    Raises StoreError when the setting names no place.
    """

    def __init__(
        self,
        setting: str | None = None,
        *,
        on_notice: Callable[[Notice], None] = lambda notice: None,
        redactor: Redactor | None = None,
    ) -> None:
        # The writer's thread asks for them as soon as it runs.
        self._owner = new_owner()
        self._live: dict[str, _Live] = {}
        super().__init__(setting, on_notice=on_notice, redactor=redactor)

    async def create(self, project: Path | str, title: str = "", model: str = "", *, parent: str | None = None) -> str:
        """Begin a session. Gives its id.

        Args:
            project: the workspace's folder.
            title: empty for the first line of the first prompt.
            model: which one answers.
            parent: the session that it continues.
        """
        session = secrets.token_hex(8)
        title, model = self._redactor.text(title), self._redactor.text(model)
        beginning = Beginning(session, project_key(project), title, model, parent, time.time())
        self._live[session] = _Live(beginning, Numbers(0, 0))
        await self._write(session, lambda connection: None, lambda c: writing.insert_session(c, beginning))
        return session

    async def begin_turn(self, session: str, prompt: str) -> int:
        """Begin a turn, and hold the session against other processes until it ends. Gives the turn's number.

        Raises:
            UnknownSession: there is none with that id.
            SessionBusy: a turn runs in it, here or elsewhere.
            SessionChanged: another process went on with it since it was loaded here.
            StoreUnavailable: nothing is known of the session, and the store cannot be read.
        """
        live = self._live.get(session)
        if live is not None and live.turn is not None:
            raise writing.busy(session, self._owner)
        prompt, started = self._redactor.text(prompt), time.time()

        def action(connection: Connection) -> tuple[Beginning, Numbers, Turn]:
            try:
                beginning, numbers = writing.progress(connection, session, live.numbers if live else None)
            except UnknownSession:
                if live is None:
                    raise
                beginning, numbers = live.beginning, live.numbers  # it was deleted meanwhile, but goes on
            if live is not None:
                numbers = _later(numbers, live.numbers)
            turn = Turn(numbers.turn + 1, prompt, started)
            writing.begin_turn(connection, beginning, turn, self._owner)
            return beginning, numbers, turn

        try:
            beginning, numbers, turn = await self._call(action, patient=False)
        except StoreUnavailable:
            if live is None:
                raise
            beginning, numbers = live.beginning, live.numbers
            turn = Turn(numbers.turn + 1, prompt, started)
            self._go_on(session, beginning, numbers, turn)
            late = turn
            await self._write(
                session,
                lambda connection: None,
                lambda c: writing.begin_turn(c, beginning, late, self._owner),
            )
        else:
            self._go_on(session, beginning, numbers, turn)
        return turn.number

    async def add_event(self, session: str, turn: int, event: Event) -> None:
        """Write an event, within a moment; pieces of a text when it is whole."""
        live = self._running(session, turn)
        for whole in live.stream.add(event):
            self._add_event(live, whole)

    async def add_messages(self, session: str, turn: int, messages: Sequence[ModelMessage]) -> None:
        """Write messages that were added to the history; they are on disk when this returns."""
        live = self._running(session, turn)
        if not messages:
            return
        first = live.numbers.message + 1
        live.numbers = Numbers(live.numbers.turn, live.numbers.message + len(messages))
        kept = list(messages)

        def make() -> tuple[int, Apply]:
            texts = [message_json(message, self._redactor) for message in kept]
            size = sum(len(text) for text in texts)
            return size, lambda c: writing.insert_messages(c, session, turn, first, texts, self._owner)

        await done(self._writer.write(Write(session, make, self._anchor(live))))

    async def end_turn(
        self, session: str, turn: int, reason: StopReason, message: str = "", usage: Usage | None = None
    ) -> None:
        """Write how a turn ended, and let go of the session; it is on disk when this returns."""
        live = self._running(session, turn)
        for event in live.stream.flush():
            self._add_event(live, event)
        anchor, ended = self._anchor(live), time.time()
        live.turn = None
        message = self._redactor.text(message)
        used = None if usage is None else usage.model_dump_json()

        def apply(connection: Connection) -> None:
            anchor(connection)
            writing.end_turn(connection, session, turn, reason, message, used, ended)

        await self._write(session, anchor, apply)

    async def load(self, session: str) -> StoredSession:
        """A session as it was left, ready to go on: see `StoredSession`. Raises UnknownSession."""
        await self._catch_up(session)
        stored, numbers = await self._read(
            lambda connection: reading.load_session(connection, session), lambda: _unknown(session)
        )
        live = self._live.get(session)
        if live is None or live.turn is None:
            s = stored.summary
            beginning = Beginning(s.id, s.project, s.title, s.model, s.parent, s.created)
            self._live[session] = _Live(beginning, numbers)
        return stored

    async def sessions(
        self,
        project: Path | str | None = None,
        *,
        search: str = "",
        limit: int | None = 50,
        offset: int = 0,
    ) -> list[SessionSummary]:
        """Sessions, newest first; of one project or of all, with all of some words in the title."""
        key = None if project is None else project_key(project)
        return await self._read(lambda c: reading.list_sessions(c, key, search, limit, max(offset, 0)), list)

    async def find(self, beginning: str) -> str:
        """The session whose id begins like this. Raises UnknownSession for none, and for several."""
        return await self._read(lambda c: reading.find_session(c, beginning), lambda: _unknown(beginning))

    async def rename(self, session: str, title: str) -> None:
        """Give a session another title. Raises UnknownSession."""
        title = self._redactor.text(title)
        await self._call(lambda c: writing.rename_session(c, session, title))

    async def delete(self, session: str) -> None:
        """Delete all that is stored of a session. Raises UnknownSession, and SessionBusy while a turn runs in it."""
        await self._call(lambda c: writing.delete_session(c, session))
        self._live.pop(session, None)

    async def prune(self, days: float, project: Path | str | None = None) -> int:
        """Delete the sessions in which nothing happened for so many days. Gives their number."""
        key = None if project is None else project_key(project)
        before = time.time() - days * 86400
        return await self._call(lambda c: writing.prune_sessions(c, before, key))

    async def fork(self, session: str, turns: int | None = None) -> str:
        """Copy a session, or its first turns. Gives the copy's id. Raises UnknownSession."""
        await self._catch_up(session)
        new = secrets.token_hex(8)

        def action(connection: Connection) -> None:
            summary = reading.load_summary(connection, session)
            beginning = Beginning(new, summary.project, summary.title, summary.model, session, time.time())
            writing.fork_session(connection, session, beginning, min(summary.turns, turns or summary.turns))

        await self._call(action)
        return new

    async def export_session(self, session: str) -> str:
        """All of a session as JSON, which `import_session` reads. Raises UnknownSession."""
        await self._catch_up(session)
        return await self._read(lambda c: interchange.write_session(c, session), lambda: _unknown(session))

    async def import_session(self, text: str) -> str:
        """Store a session that was exported. Gives its id: another one when there is one with the same id already.

        Raises StoreError for what is no exported session.
        """
        exported = interchange.parse_session(text, self._redactor)
        return await self._call(lambda c: interchange.insert_exported(c, exported, secrets.token_hex(8)))

    async def close(self) -> None:
        """Write what is left, and end. Turns that still run will be listed as interrupted."""
        for live in self._live.values():
            if live.turn is not None:
                for event in live.stream.flush():
                    self._add_event(live, event)
        if any(live.turn is not None for live in self._live.values()):
            with contextlib.suppress(StoreError):  # the end of the process says the same
                await self._call(lambda c: writing.release_leases(c, self._owner), patient=False)
        self._live.clear()
        lost = await asyncio.to_thread(self._writer.close, CLOSE_SECONDS)
        self._reader.close()
        if lost:
            self._on_notice(Notice(text=f"{lost} parts of sessions could not be stored. {self.problem}", level="error"))

    def _running(self, session: str, turn: int) -> _Live:
        live = self._live.get(session)
        if live is None or live.turn is None or live.turn.number != turn:
            raise StoreError(f"Turn {turn} of session {session} does not run here.")
        return live

    def _go_on(self, session: str, beginning: Beginning, numbers: Numbers, turn: Turn) -> None:
        self._live[session] = _Live(beginning, Numbers(turn.number, numbers.message), turn)

    def _add_event(self, live: _Live, event: Event) -> None:
        assert live.turn is not None
        live.event += 1
        session, turn, number = live.beginning.id, live.turn.number, live.event

        def make() -> tuple[int, Apply]:
            text = event_json(event, self._redactor)
            return len(text), lambda c: writing.insert_event(c, session, turn, number, text)

        self._take_loop()
        self._writer.write(Write(session, make, self._anchor(live), soon=False))

    def _anchor(self, live: _Live) -> Apply:
        beginning, turn = live.beginning, live.turn
        assert turn is not None
        return lambda connection: writing.ensure_turn(connection, beginning, turn)

    async def _write(self, session: str, anchor: Apply, apply: Apply) -> None:
        self._take_loop()
        await done(self._writer.write(Write(session, lambda: (200, apply), anchor)))

    async def _catch_up(self, session: str) -> None:
        """Let what was added to a session be written before it is read."""
        if session in self._live:
            with contextlib.suppress(StoreError):  # what there is, is read
                await self._call(lambda connection: None, patient=False)

    def _beat(self) -> Apply | None:
        if not any(live.turn is not None for live in list(self._live.values())):
            return None
        return lambda connection: writing.keep_leases(connection, self._owner)


def _later(a: Numbers, b: Numbers) -> Numbers:
    return Numbers(max(a.turn, b.turn), max(a.message, b.message))


def _unknown(session: str) -> Any:  # noqa: ANN401 - it never returns
    raise UnknownSession(f"There is no session {session}.")
