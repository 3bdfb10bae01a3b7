"""What goes wrong with a store: the turn goes on, the user gets one sentence, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from punie_agent.events import Notice, Text
from punie_agent.exceptions import StoreError, StoreUnavailable
from punie_agent.store import SessionStore, location, writer
from tests.integration.agent.store.conftest import OpenStore, answered, asked, texts, until

AGAIN = Notice(text="Sessions are stored again, with all that was kept in memory.", level="info")


def kept(why: str) -> Notice:
    return Notice(text=f"This session is not stored for now, only kept in memory. {why}", level="warning")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits as long for a lock as a user can."""
    monkeypatch.setattr(location, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(writer, "RETRY_SECONDS", (0.05, 0.1))


async def a_turn(store: SessionStore, session: str, prompt: str) -> None:
    turn = await store.begin_turn(session, prompt)
    await store.add_event(session, turn, Text(text=f"Event of {prompt}"))
    await store.add_messages(session, turn, [asked(prompt), answered(f"Done: {prompt}")])
    await store.end_turn(session, turn, "end_turn")


async def prompts_of(store: SessionStore, session: str) -> list[str]:
    """The prompts of a session, each of whose turns must be whole."""
    loaded = await store.load(session)
    assert [turn.events for turn in loaded.turns] == [[Text(text=f"Event of {turn.prompt}")] for turn in loaded.turns]
    assert texts(loaded.messages) == [text for turn in loaded.turns for text in (turn.prompt, f"Done: {turn.prompt}")]
    assert all(turn.reason == "end_turn" for turn in loaded.turns)
    return [turn.prompt for turn in loaded.turns]


@contextlib.contextmanager
def locked(path: Path) -> Generator[None]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


async def test_a_locked_database(store: SessionStore, path: Path, notices: list[Notice]) -> None:
    session = await store.create("/p")
    await a_turn(store, session, "One")
    with locked(path):
        await a_turn(store, session, "Two")
        new = await store.create("/p")
        await a_turn(store, new, "New")
        await until(lambda: bool(notices))
        assert isinstance(store.problem, StoreUnavailable)
        assert [s.turns for s in await store.sessions()] == [1]  # who reads need not wait
        with pytest.raises(StoreUnavailable, match="is locked by another program"):
            await store.rename(session, "x")
        await a_turn(store, session, "Three")

    await until(lambda: len(notices) == 2)
    assert notices == [kept(f"{path} is locked by another program. Close it if it hangs."), AGAIN]
    assert await prompts_of(store, session) == ["One", "Two", "Three"]
    assert await prompts_of(store, new) == ["New"]
    assert store.problem is None


async def test_a_lock_that_is_let_go_in_time_is_not_noticed(
    store: SessionStore, path: Path, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(location, "BUSY_SECONDS", 60.0)
    session = await store.create("/p")
    with locked(path):
        turn = asyncio.create_task(a_turn(store, session, "One"))
        await asyncio.sleep(0.3)
        assert not turn.done()
    await turn

    assert (await prompts_of(store, session), notices) == (["One"], [])


async def test_a_full_database(store: SessionStore, path: Path, notices: list[Notice]) -> None:
    session = await store.create("/p")
    await a_turn(store, session, "One")
    with no_room():
        await a_turn(store, session, "Two " + "x" * 200_000)
        await a_turn(store, session, "Three")
        await until(lambda: bool(notices))
        assert await prompts_of(store, session) == ["One"]

    await until(lambda: len(notices) == 2)
    assert [notice.level for notice in notices] == ["warning", "info"]
    assert "Make room on" in notices[0].text
    assert [p[:5] for p in await prompts_of(store, session)] == ["One", "Two x", "Three"]


@contextlib.contextmanager
def no_room() -> Generator[None]:
    """No file of this process may grow beyond what the kernel lets it write: the disk is full, for a test."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


async def test_sqlite_says_that_it_is_full(store: SessionStore, notices: list[Notice]) -> None:
    session = await store.create("/p")
    turn = await store.begin_turn(session, "One")
    connection = store._writer._database._connection
    assert connection is not None
    driver = connection.connection.driver_connection
    assert driver is not None
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    driver.execute(f"PRAGMA max_page_count = {pages}")

    await store.add_messages(session, turn, [asked("One"), answered("x" * 100_000)])

    # The limit is the connection's, and the next try has a new one.
    await until(lambda: len(notices) == 2)
    assert notices == [kept(f"There is no room for {store.location}. Make room on the disk."), AGAIN]
    assert [len(str(text)) for text in texts((await store.load(session)).messages)] == [3, 100_000]


@contextlib.contextmanager
def unprivileged() -> Generator[None]:
    """As a user whom modes hold back; root would write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_folder_that_may_not_be_written(notices: list[Notice], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        path = folder / "punie.db"
        store = SessionStore(str(path), on_notice=notices.append)
        with unprivileged():
            session = await store.create("/p")
            await a_turn(store, session, "One")
            await until(lambda: bool(notices))
            assert await store.sessions() == []
        folder.chmod(0o777)

        await until(lambda: len(notices) == 2)
        why = f"{path} cannot be opened: Permission denied. Make its folder writable, or set PUNIE_STORE."
        assert notices == [kept(why), AGAIN]
        assert await prompts_of(store, session) == ["One"]
        await store.close()


async def test_a_file_that_may_not_be_written(notices: list[Notice], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        path = Path(name) / "punie.db"
        with unprivileged():
            first = SessionStore(str(path))
            session = await first.create("/p")
            await a_turn(first, session, "One")
            await first.close()
            path.chmod(0o400)
            store = SessionStore(str(path), on_notice=notices.append)
            await store.load(session)
            await a_turn(store, session, "Two")
            await until(lambda: bool(notices))
            assert "cannot be" in notices[0].text
            assert "writable, or set PUNIE_STORE" in notices[0].text
            path.chmod(0o600)
            await until(lambda: len(notices) == 2)
            assert await prompts_of(store, session) == ["One", "Two"]
            await store.close()


async def test_a_file_where_the_folder_should_be(store: SessionStore, path: Path, notices: list[Notice]) -> None:
    path.parent.write_text("in the way")
    session = await store.create("/p")
    await a_turn(store, session, "One")

    await until(lambda: bool(notices))
    assert notices[0].text.endswith("Make its folder writable, or set PUNIE_STORE.")
    path.parent.unlink()
    await until(lambda: len(notices) == 2)
    assert await prompts_of(store, session) == ["One"]


@pytest.mark.parametrize("damage", ["nonsense", "the middle"])
async def test_a_damaged_file_is_kept_and_a_new_one_begun(
    open_store: OpenStore, path: Path, notices: list[Notice], damage: str
) -> None:
    first = open_store()
    old = await first.create("/p")
    await a_turn(first, old, "Old " + "x" * 200_000)
    await first.close()
    data = path.read_bytes()
    bad = b"nonsense" * 1000 if damage == "nonsense" else data[:4096] + b"\xff" * 60_000 + data[64_096:]
    path.write_bytes(bad)

    store = open_store()
    session = await store.create("/p")
    await a_turn(store, session, "One")
    await until(lambda: bool(notices))

    [aside] = [file for file in path.parent.iterdir() if ".damaged-" in file.name]
    assert aside.read_bytes() == bad
    sentence = f"The sessions in {path} cannot be read, since the file is damaged. It was kept as {aside}, and a new "
    assert notices == [Notice(text=f"{sentence}one was begun.", level="warning")]
    assert await prompts_of(store, session) == ["One"]
    assert [s.id for s in await store.sessions()] == [session]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_damage_that_a_reader_finds(open_store: OpenStore, path: Path, notices: list[Notice]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"nonsense" * 1000)
    store = open_store()

    with pytest.raises(StoreUnavailable, match="is damaged, and was put aside"):
        await store.sessions()

    assert await store.sessions() == []
    await until(lambda: bool(notices))
    assert "It was kept as" in notices[0].text


async def test_two_stores_find_the_same_damage(open_store: OpenStore, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"nonsense" * 1000)
    stores = [open_store() for _ in range(4)]

    sessions = await asyncio.gather(*(store.create("/p") for store in stores))
    await asyncio.gather(*(store.flush() for store in stores))

    assert {s.id for s in await stores[0].sessions()} == set(sessions)
    assert len([file for file in path.parent.iterdir() if ".damaged-" in file.name]) == 1


async def test_a_file_that_vanishes(store: SessionStore, path: Path, notices: list[Notice]) -> None:
    session = await store.create("/p", title="Mine")
    await a_turn(store, session, "One")
    turn = await store.begin_turn(session, "Two")
    await store.add_messages(session, turn, [asked("Two")])
    for file in list(path.parent.iterdir()):
        file.unlink()

    await store.add_messages(session, turn, [answered("Done: Two")])
    await store.add_event(session, turn, Text(text="Event of Two"))
    await store.end_turn(session, turn, "end_turn")
    await a_turn(store, session, "Three")

    await until(lambda: bool(notices))
    text = f"{path} was deleted; a new one was begun. The sessions that it had are gone."
    assert notices == [Notice(text=text, level="warning")]
    loaded = await store.load(session)
    assert loaded.summary.title == "Mine"
    assert [(t.number, t.prompt, t.reason) for t in loaded.turns] == [
        (2, "Two", "end_turn"),
        (3, "Three", "end_turn"),
    ]
    assert texts(loaded.messages) == ["Done: Two", "Three", "Done: Three"]


async def test_a_whole_folder_that_vanishes(store: SessionStore, path: Path) -> None:
    session = await store.create("/p")
    for file in list(path.parent.iterdir()):
        file.unlink()
    path.parent.rmdir()

    await a_turn(store, session, "One")

    assert await prompts_of(store, session) == ["One"]


async def test_memory_is_bounded_and_events_go_first(
    store: SessionStore, path: Path, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "KEPT_BYTES", 50_000)
    session = await store.create("/p")
    with locked(path):
        turn = await store.begin_turn(session, "One")
        for number in range(100):
            await store.add_event(session, turn, Text(text="x" * 2000, message=number))
        await store.add_messages(session, turn, [asked("One"), answered("y" * 10_000)])
        await store.end_turn(session, turn, "end_turn")
        await until(lambda: store.problem is not None)

    await until(lambda: len(notices) == 2)
    loaded = await store.load(session)
    numbers = [event.message for event in loaded.turns[0].events if isinstance(event, Text)]
    assert numbers == list(range(100 - len(numbers), 100))
    assert 10 <= len(numbers) < 25
    assert [len(str(text)) for text in texts(loaded.messages)] == [3, 10_000]
    lost = f"Sessions are stored again, except for {100 - len(numbers)} parts, for which there was no memory."
    assert notices[1] == Notice(text=lost, level="warning")


async def test_what_cannot_be_stored_when_the_store_closes_is_told(
    open_store: OpenStore, path: Path, notices: list[Notice]
) -> None:
    store = open_store()
    session = await store.create("/p")
    with locked(path):
        await a_turn(store, session, "One")
        await store.close()

    assert notices[-1].level == "error"
    assert notices[-1].text.endswith(f"parts of sessions could not be stored. {store.problem}")


async def test_one_bad_write_does_not_stop_the_others(store: SessionStore, notices: list[Notice]) -> None:
    session = await store.create("/p")
    turn = await store.begin_turn(session, "One")
    bad = answered("x")
    bad.metadata = {"what": object()}

    await store.add_messages(session, turn, [asked("One")])
    await store.add_messages(session, turn, [bad])
    await store.add_messages(session, turn, [answered("Fine.")])
    await store.end_turn(session, turn, "end_turn")

    assert texts((await store.load(session)).messages) == ["One", "Fine."]
    await until(lambda: bool(notices))
    assert notices[0].text.startswith(f"A part of session {session} could not be stored: ")


async def test_a_session_that_is_not_known_needs_the_store(store: SessionStore, path: Path) -> None:
    session = await store.create("/p")
    other = SessionStore(f"sqlite:///{path}")
    with locked(path), pytest.raises(StoreUnavailable, match="is locked"):
        await other.begin_turn(session, "One")
    await other.close()


async def test_a_server_that_does_not_answer(notices: list[Notice], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    store = SessionStore("postgresql://me:s3cret@127.0.0.1:1/punie", on_notice=notices.append)

    session = await store.create("/p")
    await a_turn(store, session, "One")
    with pytest.raises(StoreError) as caught:
        await store.sessions()

    await until(lambda: bool(notices))
    assert "s3cret" not in notices[0].text + str(caught.value)
    await store.close()
