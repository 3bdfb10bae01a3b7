"""What goes wrong with a database server: a sentence, and nothing that was said is lost."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import create_engine, make_url

from punie_agent.events import Notice, Text
from punie_agent.exceptions import StoreError, StoreUnavailable
from punie_agent.redaction import Redactor
from punie_agent.store import SessionStore
from punie_agent.store.schema import MIGRATIONS, migrate
from tests.integration.agent.store.conftest import answered, asked, texts, until
from tests.integration.store_postgres.conftest import OpenStore
from tests.integration.store_postgres.server import PASSWORD, PostgresServer
from tests.integration.store_postgres.test_sessions import a_turn


@asynccontextmanager
async def opened(url: str, notices: list[Notice]) -> AsyncGenerator[SessionStore]:
    store = SessionStore(url, on_notice=notices.append, redactor=Redactor({}))
    try:
        yield store
    finally:
        await store.close()


async def what_is_told(url: str, notices: list[Notice]) -> str:
    """Use a store that cannot be used: the session goes on in memory. Gives the error of reading."""
    async with opened(url, notices) as store:
        session = await store.create("/p")
        await a_turn(store, session, "One")
        with pytest.raises(StoreUnavailable) as caught:
            await store.sessions()
        await until(lambda: bool(notices))
    assert notices[0].level == "warning"
    assert notices[0].text.startswith("This session is not stored for now, only kept in memory. ")
    return str(caught.value)


async def test_a_wrong_password(server: PostgresServer, database: str, notices: list[Notice]) -> None:
    said = await what_is_told(server.url(database, password="wr0ng-password"), notices)

    assert 'password authentication failed for user "punie"' in said
    assert "wr0ng" not in said + notices[0].text
    assert said.endswith("the user and the password are right in PUNIE_STORE or the setting store.")


async def test_an_unknown_database(server: PostgresServer, notices: list[Notice]) -> None:
    said = await what_is_told(server.url("no_such_one"), notices)

    assert 'database "no_such_one" does not exist' in said
    assert PASSWORD not in said + notices[0].text


async def test_an_unknown_role(server: PostgresServer, database: str, notices: list[Notice]) -> None:
    said = await what_is_told(server.url(database, user="nobody_here"), notices)

    assert 'user "nobody_here"' in said


async def test_no_server(server: PostgresServer, notices: list[Notice]) -> None:
    url = make_url(server.url("x")).set(port=1).render_as_string(hide_password=False)
    said = await what_is_told(url, notices)

    assert "Connection refused" in said
    assert PASSWORD not in said + notices[0].text


async def test_a_role_that_may_make_no_tables(server: PostgresServer, database: str, notices: list[Notice]) -> None:
    server.execute(database, f"CREATE ROLE {database} LOGIN PASSWORD 'p'".encode())
    async with opened(server.url(database, user=database, password="p"), notices) as store:
        await store.create("/p")
        await until(lambda: bool(notices))
        with pytest.raises(StoreError) as caught:
            await store.rename("x", "y")

    assert "permission denied for schema public" in str(caught.value)
    assert "permission denied for schema public" in notices[0].text


async def test_through_a_socket(server: PostgresServer, database: str, notices: list[Notice]) -> None:
    async with opened(server.url(database, local=True), notices) as store:
        session = await store.create("/p")
        await a_turn(store, session, "One")

        assert [s.id for s in await store.sessions()] == [session]
    assert notices == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
async def test_a_server_that_goes_and_comes_back(
    store: SessionStore, open_store: OpenStore, server: PostgresServer, notices: list[Notice], number: int
) -> None:
    session = await store.create("/p")
    await a_turn(store, session, "Before")
    turn = await store.begin_turn(session, "During")
    server.stop(number)
    try:
        for piece in range(50):
            await store.add_event(session, turn, Text(text=f"{piece} 🚀", message=piece))
        await store.add_messages(session, turn, [asked("During"), answered("Kept.")])
        await store.end_turn(session, turn, "end_turn")
        again = await store.begin_turn(session, "Still without")
        await store.add_messages(session, again, [asked("Still without")])
        await store.end_turn(session, again, "end_turn")
        await until(lambda: bool(notices))
        with pytest.raises(StoreUnavailable):
            await store.sessions()
    finally:
        server.start()
    await until(lambda: len(notices) > 1)

    assert notices[-1].text == "Sessions are stored again, with all that was kept in memory."
    loaded = await open_store().load(session)
    assert [t.prompt for t in loaded.turns] == ["Before", "During", "Still without"]
    assert loaded.turns[1].events == [Text(text=f"{piece} 🚀", message=piece) for piece in range(50)]
    assert texts(loaded.messages) == ["Before", "Done.", "During", "Kept.", "Still without"]
    await a_turn(store, session, "After")
    assert len((await store.load(session)).turns) == 4


async def test_connections_that_are_ended_by_an_administrator(
    store: SessionStore, server: PostgresServer, database: str
) -> None:
    session = await store.create("/p")
    for number in range(5):
        turn = await store.begin_turn(session, f"{number}")
        server.execute(
            "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database
        )
        await store.add_messages(session, turn, [asked(f"{number}"), answered("Done.")])
        await store.end_turn(session, turn, "end_turn")

    assert texts((await store.load(session)).messages)[::2] == [f"{number}" for number in range(5)]


async def test_tables_that_somebody_deletes(
    store: SessionStore, server: PostgresServer, database: str, notices: list[Notice]
) -> None:
    session = await store.create("/p")
    await a_turn(store, session, "Before")
    server.execute(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await a_turn(store, session, "After")

    [summary] = await store.sessions()
    assert (summary.id, summary.turns) == (session, 2)
    assert texts((await store.load(session)).messages) == ["After", "Done."]


async def test_a_session_that_somebody_deletes_in_mid_turn_goes_on(store: SessionStore, open_store: OpenStore) -> None:
    session = await store.create("/p")
    turn = await store.begin_turn(session, "One")
    await store.flush()
    await open_store().sessions()
    await _delete(open_store(), session)
    await store.add_event(session, turn, Text(text="I go on."))
    await store.add_messages(session, turn, [asked("One")])
    await store.end_turn(session, turn, "end_turn")

    loaded = await store.load(session)
    assert loaded.turns[0].events == [Text(text="I go on.")]


async def _delete(store: SessionStore, session: str) -> None:
    from sqlalchemy import delete

    from punie_agent.store.tables import SESSIONS

    await store._call(lambda c: c.execute(delete(SESSIONS).where(SESSIONS.c.id == session)))


async def test_older_tables_are_brought_up_to_date_once(url: str, notices: list[Notice]) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        migrate(connection, "here", MIGRATIONS[:1])
    engine.dispose()

    async with opened(url, notices) as one, opened(url, notices) as other:
        sessions = await asyncio.gather(*(store.create("/p") for store in (one, other)))
        assert {s.id for s in await one.sessions()} == set(sessions)
        assert [fix async for fix in other.fixes("/p")] == []
    assert notices == []


async def test_newer_tables_are_left_alone(
    store: SessionStore, server: PostgresServer, database: str, url: str, notices: list[Notice]
) -> None:
    await store.create("/p")
    server.execute(database, "UPDATE punie_schema SET version = 99")

    said = await what_is_told(url, notices)

    assert "A newer Punie stored the sessions" in said
    assert PASSWORD not in said
    assert server.execute(database, "SELECT count(*) FROM punie_sessions") == [(1,)]
