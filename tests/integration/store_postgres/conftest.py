"""Stores in a real PostgreSQL that the tests start. Skipped where there is none, unless nothing may be missing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator

import pytest

from punie_agent.events import Notice
from punie_agent.redaction import Redactor
from punie_agent.store import SessionStore
from tests.e2e.serve.conftest import environ, projects, serving
from tests.editors.programs import REQUIRED
from tests.integration.store_postgres.server import PostgresServer, programs

__all__ = ["environ", "projects", "serving"]

OpenStore = Callable[[], SessionStore]


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """One server for all tests; each has a database of its own."""
    binaries = programs()
    if binaries is None and not REQUIRED:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    assert binaries is not None, "PostgreSQL is missing: run tests/editors/setup"
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(autouse=True)
def setting_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable would win over the setting, here and in other processes."""
    monkeypatch.delenv("PUNIE_STORE", raising=False)


@pytest.fixture
def database(server: PostgresServer) -> str:
    """An empty database."""
    return server.create()


@pytest.fixture
def url(server: PostgresServer, database: str) -> str:
    """The test's database as a setting."""
    return server.url(database)


@pytest.fixture
def notices() -> list[Notice]:
    """What the user was told."""
    return []


@pytest.fixture
async def open_store(url: str, notices: list[Notice]) -> AsyncGenerator[OpenStore]:
    """Opens stores in the test's database, and closes them in the end."""
    opened: list[SessionStore] = []

    def make() -> SessionStore:
        opened.append(SessionStore(url, on_notice=notices.append, redactor=Redactor({})))
        return opened[-1]

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
def store(open_store: OpenStore) -> SessionStore:
    """A store."""
    return open_store()
