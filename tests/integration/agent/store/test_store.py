"""Sessions into the store and back."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, ToolReturnPart
from pydantic_ai.models.test import TestModel
from sqlalchemy import create_engine, text

from punie_agent.events import Done, Event, Text, ToolCallStarted, Usage
from punie_agent.exceptions import SessionBusy, SessionChanged, StoreError, UnknownSession
from punie_agent.store import RememberedPermission, SessionStore
from punie_agent.store.location import locate
from tests.integration.agent.store.conftest import OpenStore, answered, asked, called, texts

USAGE = Usage(requests=2, input_tokens=30, output_tokens=4, tool_calls=1, cost=0.01)
CALL = ToolCallStarted(id="1", tool="hover", kind="read", title="Look at app.py")
END = Done(reason="end_turn")
KEY = "sk-proj-" + "a1B2c3D4" * 4


async def one_turn(store: SessionStore, session: str, prompt: str, *events: Event) -> int:
    turn = await store.begin_turn(session, prompt)
    for event in events:
        await store.add_event(session, turn, event)
    await store.add_messages(session, turn, [asked(prompt), answered(f"Done: {prompt}")])
    await store.end_turn(session, turn, "end_turn", usage=USAGE)
    return turn


async def test_a_session_comes_back_as_it_was(store: SessionStore, open_store: OpenStore, tmp_path: Path) -> None:
    session = await store.create(tmp_path, model="builtin")
    await one_turn(store, session, "Add types to app.py\nplease", Text(text="I "), Text(text="did."), CALL, END)
    await one_turn(store, session, "Thanks 😀", Text(text="日本"))

    loaded = await open_store().load(session)

    summary = loaded.summary
    assert (summary.id, summary.project, summary.title) == (session, str(tmp_path), "Add types to app.py")
    assert (summary.model, summary.turns, summary.state, summary.parent) == ("builtin", 2, "idle", None)
    first, second = loaded.turns
    assert (first.number, first.prompt, first.reason) == (1, "Add types to app.py\nplease", "end_turn")
    assert (first.usage, first.events) == (USAGE, [Text(text="I did."), CALL, END])
    assert first.ended is not None
    assert first.started <= first.ended <= second.started
    assert (second.prompt, second.events) == ("Thanks 😀", [Text(text="日本")])
    assert texts(loaded.messages) == [
        "Add types to app.py\nplease",
        "Done: Add types to app.py\nplease",
        "Thanks 😀",
        "Done: Thanks 😀",
    ]
    assert loaded.problems == []


async def test_messages_and_the_end_of_a_turn_are_on_disk_when_the_call_returns(
    store: SessionStore, path: Path, tmp_path: Path
) -> None:
    session = await store.create(tmp_path)
    turn = await store.begin_turn(session, "Go")
    other = create_engine(f"sqlite:///{path}")

    def count(table: str) -> int:
        with other.connect() as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()

    await store.add_messages(session, turn, [asked("Go")])
    assert count("punie_messages") == 1
    await store.add_event(session, turn, END)
    await store.end_turn(session, turn, "cancelled", "Stopped by you.")
    assert (count("punie_events"), count("punie_turns WHERE ended IS NOT NULL")) == (1, 1)
    other.dispose()


async def test_a_history_with_an_interrupted_tool_call_can_go_on(
    store: SessionStore, open_store: OpenStore, tmp_path: Path
) -> None:
    session = await store.create(tmp_path)
    turn = await store.begin_turn(session, "Go")
    await store.add_messages(session, turn, [asked("Go"), called("read_file", "c1")])
    await store.end_turn(session, turn, "cancelled")

    messages = (await open_store().load(session)).messages

    [result] = messages[-1].parts
    assert isinstance(result, ToolReturnPart)
    assert (result.tool_call_id, result.outcome) == ("c1", "interrupted")
    assert "was interrupted" in str(result.content)
    answer = await Agent(TestModel(call_tools=[])).run("Go on", message_history=messages)
    assert isinstance(answer.all_messages()[-1], ModelResponse)


async def test_secrets_never_reach_the_disk(store: SessionStore, path: Path, tmp_path: Path) -> None:
    session = await store.create(tmp_path, title=f"Use {KEY}")
    turn = await store.begin_turn(session, f"My key is {KEY}")
    for piece in (KEY[:12], KEY[12:20], KEY[20:] + " ok"):
        await store.add_event(session, turn, Text(text=piece))
    await store.add_event(session, turn, ToolCallStarted(id="1", tool="x", kind="execute", title=f"curl {KEY}"))
    await store.add_messages(session, turn, [asked(KEY), called("run", "c1"), answered(f"{KEY}!")])
    await store.remember(tmp_path, f"command: curl {KEY}", "allow_project")
    await store.end_turn(session, turn, "error", f"Bad key {KEY}")
    loaded = await store.load(session)
    await store.rename(session, f"{KEY} again")
    await store.close()

    for file in path.parent.iterdir():
        assert KEY[12:30].encode() not in file.read_bytes()
    assert loaded.turns[0].prompt == "My key is [redacted:openai-key]"
    assert loaded.turns[0].events[0] == Text(text="[redacted:openai-key] ok")
    assert loaded.turns[0].message == "Bad key [redacted:openai-key]"
    assert texts(loaded.messages)[0] == "[redacted:openai-key]"


async def test_what_the_model_server_wants_back_stays_exact(store: SessionStore, tmp_path: Path) -> None:
    session = await store.create(tmp_path)
    turn = await store.begin_turn(session, "Go")
    await store.add_messages(session, turn, [asked("Go"), called("read_file", f"call_{KEY}")])

    [part] = (await store.load(session)).messages[1].parts
    assert getattr(part, "tool_call_id", "") == f"call_{KEY}"


async def test_odd_text_is_stored(store: SessionStore, tmp_path: Path) -> None:
    session = await store.create(tmp_path)
    odd = "NUL \0, half a pair \ud800, 😀, \u2028, %s, '; DROP TABLE punie_turns; --"
    kept = odd.replace("\0", "\ufffd").replace("\ud800", "\ufffd")

    await one_turn(store, session, odd, Text(text=odd))

    loaded = await store.load(session)
    assert loaded.turns[0].prompt == kept
    assert loaded.turns[0].events == [Text(text=kept)]
    assert texts(loaded.messages)[0] == kept


async def test_lists_are_newest_first_by_project_and_by_words(store: SessionStore, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    ids = []
    for folder, title in ((here, "Éclair types"), (here, "Rename things"), (there, "More types 100%")):
        ids.append(await store.create(folder, title=title))
        await one_turn(store, ids[-1], "Go")

    assert [s.id for s in await store.sessions()] == ids[::-1]
    assert [s.id for s in await store.sessions(here)] == [ids[1], ids[0]]
    assert [s.id for s in await store.sessions(here, limit=1)] == [ids[1]]
    assert [s.id for s in await store.sessions(here, limit=5, offset=1)] == [ids[0]]
    assert [s.id for s in await store.sessions(search="TYPES éclair")] == [ids[0]]
    assert [s.id for s in await store.sessions(search="types", limit=1, offset=1)] == [ids[0]]
    assert [s.id for s in await store.sessions(search="100%")] == [ids[2]]
    assert await store.sessions(search="%") == [(await store.sessions())[0]]
    assert await store.sessions(tmp_path) == []


async def test_a_project_is_the_same_through_a_link(store: SessionStore, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    session = await store.create(tmp_path / "link")

    assert [s.id for s in await store.sessions(tmp_path / "real")] == [session]


async def test_a_folder_whose_name_is_no_unicode(store: SessionStore, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    session = await store.create(folder)

    [summary] = await store.sessions(folder)
    assert (summary.id, summary.project) == (session, f"{tmp_path}/caf\\xe9")


async def test_a_title_is_the_first_line_cut_at_a_word(store: SessionStore, tmp_path: Path) -> None:
    session = await store.create(tmp_path)

    await one_turn(store, session, "\n\n  Find   every " + "function " * 20 + "\nand more")
    await one_turn(store, session, "Something else")

    [summary] = await store.sessions()
    assert summary.title == "Find every function function function function function function function…"


async def test_renamed_found_and_deleted(store: SessionStore, path: Path, tmp_path: Path) -> None:
    session = await store.create(tmp_path)
    await one_turn(store, session, "Go", END)
    await store.rename(session, "Better")

    assert await store.find(session[:6]) == session
    assert [s.title for s in await store.sessions()] == ["Better"]
    await store.delete(session)

    assert await store.sessions() == []
    with pytest.raises(UnknownSession, match=f"There is no session {session}"):
        await store.load(session)
    with pytest.raises(UnknownSession):
        await store.delete(session)
    with pytest.raises(UnknownSession):
        await store.rename(session, "x")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for table in ("sessions", "turns", "events", "messages"):
            assert connection.execute(text(f"SELECT count(*) FROM punie_{table}")).scalar_one() == 0
    engine.dispose()


async def test_an_id_must_be_told_apart(store: SessionStore, tmp_path: Path) -> None:
    for _ in range(17):
        await store.create(tmp_path)

    with pytest.raises(UnknownSession, match="Several sessions begin with ''"):
        await store.find("")
    with pytest.raises(UnknownSession, match="There is no session xyz"):
        await store.find("xyz")


async def test_pruning_deletes_what_is_old(
    store: SessionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await store.create(tmp_path)
    await one_turn(store, old, "Old")
    other = await store.create(tmp_path / "other")
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + 86400 * 10)
    new = await store.create(tmp_path)

    assert await store.prune(30) == 0
    assert await store.prune(7, tmp_path) == 1
    assert {s.id for s in await store.sessions()} == {other, new}
    assert await store.prune(7) == 1
    assert {s.id for s in await store.sessions()} == {new}


async def test_a_fork_goes_its_own_way(store: SessionStore, tmp_path: Path) -> None:
    session = await store.create(tmp_path)
    for prompt in ("One", "Two", "Three"):
        await one_turn(store, session, prompt, END)

    fork = await store.fork(session, turns=2)
    await store.load(fork)
    await one_turn(store, fork, "Another")

    assert [t.prompt for t in (await store.load(session)).turns] == ["One", "Two", "Three"]
    loaded = await store.load(fork)
    assert [t.prompt for t in loaded.turns] == ["One", "Two", "Another"]
    assert loaded.turns[1].events == [END]
    assert texts(loaded.messages) == ["One", "Done: One", "Two", "Done: Two", "Another", "Done: Another"]
    assert loaded.summary.parent == session


async def test_a_session_that_went_on_elsewhere_must_be_loaded_again(
    store: SessionStore, open_store: OpenStore
) -> None:
    session = await store.create("/p")
    await one_turn(store, session, "One")
    other = open_store()
    await one_turn(other, session, "Two")

    with pytest.raises(SessionChanged, match="went on in another Punie, to turn 2"):
        await store.begin_turn(session, "Three")

    await store.load(session)
    assert await one_turn(store, session, "Three") == 3


async def test_only_one_turn_at_a_time(store: SessionStore, open_store: OpenStore) -> None:
    session = await store.create("/p")
    turn = await store.begin_turn(session, "One")
    other = open_store()

    for second in (store, other):
        with pytest.raises(SessionBusy, match=rf"A turn runs in session {session} already \(process {os.getpid()}\)"):
            await second.begin_turn(session, "Two")
        with pytest.raises(SessionBusy):
            await second.delete(session)
    assert (await other.sessions())[0].state == "running"
    assert await other.prune(-1) == 0
    await store.end_turn(session, turn, "end_turn")
    await other.load(session)
    assert await other.begin_turn(session, "Two") == 2


async def test_a_closed_store_lets_go_of_its_sessions(open_store: OpenStore) -> None:
    first, second = open_store(), open_store()
    session = await first.create("/p")
    turn = await first.begin_turn(session, "One")
    await first.add_event(session, turn, Text(text="Half an ans"))
    await first.close()

    loaded = await second.load(session)
    assert (loaded.summary.state, loaded.turns[0].ended) == ("interrupted", None)
    assert loaded.turns[0].events == [Text(text="Half an ans")]
    assert await one_turn(second, session, "Two") == 2
    assert (await second.load(session)).summary.state == "idle"
    with pytest.raises(StoreError, match="was closed"):
        await first.create("/p")


async def test_a_turn_that_does_not_run_is_refused(store: SessionStore) -> None:
    session = await store.create("/p")
    turn = await one_turn(store, session, "One")

    with pytest.raises(StoreError, match=r"Turn 1 of session .* does not run here"):
        await store.add_event(session, turn, END)
    with pytest.raises(UnknownSession):
        await store.begin_turn("nowhere", "Go")


async def test_a_session_that_was_deleted_elsewhere_goes_on_with_what_is_new(
    store: SessionStore, open_store: OpenStore
) -> None:
    session = await store.create("/p", title="Mine")
    await one_turn(store, session, "One")
    await open_store().delete(session)

    assert await one_turn(store, session, "Two", END) == 2

    loaded = await open_store().load(session)
    assert [(t.number, t.prompt, t.reason) for t in loaded.turns] == [(2, "Two", "end_turn")]
    assert loaded.summary.title == "Mine"


async def test_answers_are_remembered_by_project(store: SessionStore, open_store: OpenStore, tmp_path: Path) -> None:
    await store.remember(tmp_path, "tests", "allow_project")
    await store.remember(tmp_path, "command: make docs", "reject_once")
    await store.remember(tmp_path, "command: make docs", "allow_project")
    await store.remember(tmp_path / "other", "tests", "allow_project")
    other = open_store()

    found = await other.remembered(tmp_path)

    assert [(p.rule, p.choice) for p in found] == [("tests", "allow_project"), ("command: make docs", "allow_project")]
    assert isinstance(found[0], RememberedPermission)
    assert await other.forget(tmp_path, "tests") == 1
    assert [p.rule for p in await store.remembered(tmp_path)] == ["command: make docs"]
    assert await store.forget(tmp_path) == 1
    assert await store.remembered(tmp_path) == []


async def test_reading_makes_no_file(store: SessionStore, path: Path) -> None:
    assert await store.sessions() == []
    assert await store.remembered("/p") == []
    with pytest.raises(UnknownSession):
        await store.load("x")

    assert not path.parent.exists()


async def test_the_files_are_for_the_user_alone(store: SessionStore, path: Path, tmp_path: Path) -> None:
    await one_turn(store, await store.create(tmp_path), "Go")

    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        "punie.db": 0o600,
        "punie.db-wal": 0o600,
        "punie.db-shm": 0o600,
    }


async def test_events_that_this_version_does_not_know_are_left_out(store: SessionStore, path: Path) -> None:
    session = await store.create("/p")
    await one_turn(store, session, "Go", CALL, END)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text('UPDATE punie_events SET json = \'{"type": "hologram"}\' WHERE number = 1'))
        connection.execute(text('UPDATE punie_messages SET json = \'{"kind": "whisper"}\' WHERE number = 2'))
    engine.dispose()

    loaded = await store.load(session)

    assert loaded.turns[0].events == [END]
    assert texts(loaded.messages) == ["Go"]
    assert loaded.problems == [
        "Events of turn 1 that this version of Punie cannot read: 1.",
        "Messages of the history that this version of Punie cannot read: 1.",
    ]


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("/data/punie.db", "/data/punie.db"),
        ("sqlite:////data/punie.db", "/data/punie.db"),
        ("postgresql://me:secret@db/app", "postgresql+psycopg://me:***@db/app"),
        ("postgresql+asyncpg://db/app", "postgresql+psycopg://db/app"),
        ("postgresql+pg8000://db/app", "postgresql+pg8000://db/app"),
    ],
)
def test_the_setting_is_a_path_or_a_url(setting: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    assert str(locate(setting)) == place

    monkeypatch.setenv("PUNIE_STORE", setting)
    assert str(locate("sqlite:////other.db")) == place


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("mysql://db/app", "names mysql; sessions are kept in SQLite or PostgreSQL"),
        ("://", "is no SQLAlchemy URL"),
    ],
)
def test_a_setting_that_names_no_place_is_refused(setting: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNIE_STORE", raising=False)

    with pytest.raises(StoreError, match=why):
        locate(setting)
