"""What a store does with sessions, in PostgreSQL: kept, listed, resumed, copied, deleted; several at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

import pytest

from punie_agent.events import Done, Event, Text, ToolCallEnded, Usage
from punie_agent.exceptions import SessionBusy, SessionChanged, UnknownSession
from punie_agent.store import SessionStore
from tests.integration.agent.store.conftest import answered, asked, called, texts
from tests.integration.agent.store.test_processes import go, line, process
from tests.integration.store_postgres.conftest import OpenStore
from tests.integration.store_postgres.server import PostgresServer

USAGE = Usage(requests=1, input_tokens=2, output_tokens=3, tool_calls=0)
ODD = "🚀 naïve 世界 \r\n\t \u2028 \\x00 '; DROP TABLE punie_sessions; -- %s %(x)s :x \U0010ffff"


async def a_turn(store: SessionStore, session: str, prompt: str, answer: str = "Done.") -> None:
    turn = await store.begin_turn(session, prompt)
    await store.add_event(session, turn, Text(text=answer))
    await store.add_messages(session, turn, [asked(prompt), answered(answer)])
    await store.end_turn(session, turn, "end_turn", usage=USAGE)


async def test_a_session_comes_back_as_it_was(store: SessionStore, open_store: OpenStore) -> None:
    session = await store.create("/p", model="builtin")
    turn = await store.begin_turn(session, f"Say {ODD}")
    events: list[Event] = [
        Text(text=ODD, message=1),
        ToolCallEnded(id="1", tool="read_file", error=ODD),
        Done(reason="end_turn"),
    ]
    for event in events:
        await store.add_event(session, turn, event)
    await store.add_messages(session, turn, [asked(ODD), called("read_file", "c1")])
    await store.end_turn(session, turn, "end_turn", ODD, USAGE)

    stored = await open_store().load(session)
    [kept] = stored.turns
    assert (kept.prompt, kept.message, kept.reason, kept.usage) == (f"Say {ODD}", ODD, "end_turn", USAGE)
    assert kept.events == events
    assert texts(stored.messages)[0] == ODD
    assert stored.problems == []
    assert (stored.summary.state, stored.summary.turns, stored.summary.model) == ("idle", 1, "builtin")


async def test_what_no_text_can_hold_is_left_out(store: SessionStore) -> None:
    session = await store.create("/p", title="a\0b\ud800c")
    turn = await store.begin_turn(session, "x\0y\udfffz")
    await store.add_event(session, turn, Text(text="\0\0nul\0"))
    await store.add_messages(session, turn, [asked("q\0r\ud83d")])
    await store.end_turn(session, turn, "error", "e\0f")

    stored = await store.load(session)
    everything = repr((stored.summary.title, stored.turns, texts(stored.messages)))
    assert "\\x00" not in everything
    assert "\\u0000" not in everything
    assert "\\ud8" not in everything
    assert stored.turns[0].prompt.startswith("x")
    assert "nul" in everything


async def test_sessions_are_listed_found_renamed_copied_and_deleted(
    store: SessionStore, server: PostgresServer, database: str
) -> None:
    first = await store.create("/p")
    await a_turn(store, first, "Fix the Größe of the cart")
    await a_turn(store, first, "And again")
    second = await store.create("/q", "Other")
    await a_turn(store, second, "Something else")

    assert [s.id for s in await store.sessions()] == [second, first]
    assert [s.title for s in await store.sessions("/p")] == ["Fix the Größe of the cart"]
    assert [s.id for s in await store.sessions(search="GRÖSSE cart")] == [first]
    assert [s.id for s in await store.sessions(limit=1, offset=1)] == [first]
    assert await store.find(first[:6]) == first
    await store.rename(second, "100% new_title")
    assert [s.title for s in await store.sessions("/q")] == ["100% new_title"]

    copy = await store.fork(first, turns=1)
    assert texts((await store.load(copy)).messages) == ["Fix the Größe of the cart", "Done."]
    again = await store.import_session(await store.export_session(first))
    assert len((await store.load(again)).turns) == 2

    await store.delete(first)
    with pytest.raises(UnknownSession):
        await store.load(first)
    left = server.execute(database, "SELECT count(*) FROM punie_events WHERE session = %s", first)
    assert left == [(0,)]
    assert await store.prune(-1) == 3
    assert await store.sessions() == []


async def test_answers_hold_for_a_project(store: SessionStore, open_store: OpenStore) -> None:
    await store.remember("/p", f"command in .: {ODD} #1", "allow_project")
    await store.remember("/p", f"command in .: {ODD} #1", "reject_session")

    [answer] = await open_store().remembered("/p")
    assert (answer.rule, answer.choice) == (f"command in .: {ODD} #1", "reject_session")
    assert await store.remembered("/q") == []


async def test_a_session_that_went_on_elsewhere_is_loaded_again(store: SessionStore, open_store: OpenStore) -> None:
    session = await store.create("/p")
    await a_turn(store, session, "One")
    other = open_store()
    await other.load(session)
    await a_turn(other, session, "Two")

    with pytest.raises(SessionChanged):
        await store.begin_turn(session, "Three")
    await store.load(session)
    await a_turn(store, session, "Three")
    assert texts((await other.load(session)).messages)[::2] == ["One", "Two", "Three"]


async def test_twenty_sessions_at_once(store: SessionStore, open_store: OpenStore) -> None:
    async def one(number: int) -> str:
        of = store if number % 2 else open_store()
        session = await of.create("/p", f"Session {number}")
        for turn in range(5):
            await a_turn(of, session, f"{number}.{turn}", ODD)
        return session

    sessions = await asyncio.gather(*(one(number) for number in range(20)))

    assert {s.id for s in await store.sessions()} == set(sessions)
    for number, session in enumerate(sessions):
        loaded = await store.load(session)
        assert texts(loaded.messages)[::2] == [f"{number}.{turn}" for turn in range(5)]
        assert [turn.events for turn in loaded.turns] == [[Text(text=ODD)]] * 5


async def test_a_turn_holds_its_session_until_its_process_is_killed(store: SessionStore, url: str) -> None:
    with process("half_a_turn", url) as other:
        session = await line(other)
        assert [s.state for s in await store.sessions()] == ["running"]
        with pytest.raises(SessionBusy, match=rf"already \(process {other.pid}\)"):
            await store.begin_turn(session, "Mine")
        await asyncio.sleep(0.3)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()

    assert [s.state for s in await store.sessions()] == ["interrupted"]
    loaded = await store.load(session)
    assert loaded.turns[0].events[0] == Text(text="I look.")
    assert len(loaded.turns[0].events) > 2
    assert [getattr(part, "part_kind", "") for m in loaded.messages for part in m.parts] == [
        "user-prompt",
        "tool-call",
        "tool-return",
    ]
    await a_turn(store, session, "Go on", "Gladly.")
    assert texts((await store.load(session)).messages)[-1] == "Gladly."


async def test_processes_begin_with_an_empty_database_at_once(store: SessionStore, url: str) -> None:
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(process("many_turns", url, "8")) for _ in range(4)]
        for other in others:
            assert await line(other) == "ready"
        for other in others:
            go(other)
        sessions = [await line(other) for other in others]
        assert [other.wait(60) for other in others] == [0, 0, 0, 0]

    assert {s.id for s in await store.sessions()} == set(sessions)
    for session in sessions:
        assert texts((await store.load(session)).messages) == [f"Answer {number}" for number in range(8)]


async def test_processes_take_turns_in_one_session(store: SessionStore, url: str) -> None:
    session = await store.create("/p")
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(process("own_turns", url, session, "6")) for _ in range(3)]
        for other in others:
            assert await line(other) == "ready"
        for other in others:
            go(other)
        assert [await line(other) for other in others] == ["done", "done", "done"]

    loaded = await store.load(session)
    assert [turn.number for turn in loaded.turns] == list(range(1, 19))
    assert "".join(str(text) for text in texts(loaded.messages)) == "".join(f"{number}ab" for number in range(1, 19))
