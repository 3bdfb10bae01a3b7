"""Older tables are brought up to date, newer ones are left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from punie_agent.events import Notice
from punie_agent.exceptions import StoreError
from punie_agent.store import SessionStore
from punie_agent.store.location import locate, open_engine
from punie_agent.store.run_rows import RunRow
from punie_agent.store.schema import MIGRATIONS, migrate, version_of
from punie_agent.store.training_store import open_training_store
from tests.integration.agent.store.conftest import OpenStore, until


@pytest.fixture
def engine(path: Path) -> Engine:
    path.parent.mkdir()
    return open_engine(locate(str(path)), write=True)


def color(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE punie_sessions ADD COLUMN color TEXT"))


def shape(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE punie_sessions ADD COLUMN shape TEXT"))


def broken(connection: Connection) -> None:
    color(connection)
    connection.execute(text("ALTER TABLE punie_nothing ADD COLUMN shape TEXT"))


def columns(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {column["name"] for column in inspect(connection).get_columns("punie_sessions")}


def test_an_empty_file_gets_all_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        assert version_of(connection) == 0
        migrate(connection, "here")

    with engine.begin() as connection:
        assert version_of(connection) == len(MIGRATIONS)
    assert "heartbeat" in columns(engine)


def test_only_what_is_missing_is_done(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "here", [*MIGRATIONS, color])
    with engine.begin() as connection:
        migrate(connection, "here", [*MIGRATIONS, color, shape])
    with engine.begin() as connection:
        migrate(connection, "here", [*MIGRATIONS, color, shape])
        assert version_of(connection) == len(MIGRATIONS) + 2

    assert {"color", "shape"} <= columns(engine)


def test_a_step_that_fails_leaves_the_tables_as_they_were(engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "here")
    before = columns(engine)

    with pytest.raises(Exception, match="punie_nothing"), engine.begin() as connection:
        migrate(connection, "here", [*MIGRATIONS, broken])

    with engine.begin() as connection:
        assert version_of(connection) == len(MIGRATIONS)
    assert columns(engine) == before


def test_a_store_from_before_training_gets_its_tables_and_keeps_its_sessions(path: Path, engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "here", MIGRATIONS[:2])
        values = "'s1', '/p', 't', 'builtin', 1, 1, 0, 'idle'"
        names = "id, project, title, model, created, updated, turns, state"
        connection.execute(text(f"INSERT INTO punie_sessions ({names}) VALUES ({values})"))

    with open_training_store(str(path)) as store:
        store.save_run(RunRow("r1", "data", "/runs/r1"))
        assert [run.id for run in store.runs()] == ["r1"]
        assert (store.adapters(), store.serving(), store.outcomes()) == ([], (None, None), {})

    with engine.begin() as connection:
        assert version_of(connection) == len(MIGRATIONS)
        assert connection.scalar(text("SELECT count(*) FROM punie_sessions")) == 1


def test_runs_and_adapters_of_a_newer_store_are_left_alone(path: Path, engine: Engine) -> None:
    with engine.begin() as connection:
        migrate(connection, "here")
        connection.execute(text("UPDATE punie_schema SET version = 99"))

    with open_training_store(str(path)) as store, pytest.raises(StoreError, match="A newer Punie stored the sessions"):
        store.adapters()


async def test_an_older_store_is_opened_by_reading_it(path: Path, open_store: OpenStore) -> None:
    """What a crash between making the file and making the tables leaves."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE of_somebody_else (x)")
        connection.commit()

    assert await open_store().sessions() == []

    engine = create_engine(f"sqlite:///{path}")
    assert set(inspect(engine).get_table_names()) >= {"of_somebody_else", "punie_sessions", "punie_events"}
    engine.dispose()


async def test_a_newer_store_is_left_alone(path: Path, open_store: OpenStore, notices: list[Notice]) -> None:
    first = open_store()
    await first.create("/p")
    await first.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE punie_schema SET version = 99")
        connection.commit()
    before = path.read_bytes()

    store: SessionStore = open_store()
    why = f"A newer Punie stored the sessions in {path} (format 99; this one knows {len(MIGRATIONS)}). They are left "
    with pytest.raises(StoreError) as caught:
        await store.sessions()
    session = await store.create("/p")
    turn = await store.begin_turn(session, "Go")
    await store.end_turn(session, turn, "end_turn")

    assert str(caught.value).startswith(why)
    await until(lambda: bool(notices))
    assert notices[0].text.startswith(f"This session is not stored for now, only kept in memory. {why}")
    assert path.read_bytes() == before
