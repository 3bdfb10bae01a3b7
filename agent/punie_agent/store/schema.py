"""The version of the tables, and the way from older ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, insert, inspect, select, text

from punie_agent.exceptions import StoreUnavailable
from punie_agent.store.tables import (
    ADAPTER_OUTCOMES,
    ADAPTERS,
    EVENTS,
    FIXES,
    MESSAGES,
    METADATA,
    PERMISSIONS,
    RUNS,
    SCHEMA,
    SESSIONS,
    TURNS,
)

Migration = Callable[[Connection], None]

# Any number that no other program takes; PostgreSQL lets one connection at a time through.
_LOCK = 0x50554E49


def _first_tables(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[SCHEMA, SESSIONS, TURNS, EVENTS, MESSAGES, PERMISSIONS])


def _fixes(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[FIXES])


def _training(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[RUNS, ADAPTERS, ADAPTER_OUTCOMES])


# One step for each version, never changed once released; a later step writes its own SQL or `Table`s.
MIGRATIONS: tuple[Migration, ...] = (_first_tables, _fixes, _training)


def version_of(connection: Connection) -> int:
    """The version of the tables that are there; 0 when there are none."""
    if not inspect(connection).has_table(SCHEMA.name):
        return 0
    return connection.scalar(select(SCHEMA.c.version)) or 0


def check_version(version: int, where: str, newest: int = len(MIGRATIONS)) -> None:
    """Refuse tables of a later Punie. Raises StoreUnavailable."""
    if version > newest:
        raise StoreUnavailable(
            f"A newer Punie stored the sessions in {where} (format {version}; this one knows {newest}). They are left "
            "alone. Get the newer Punie, or let PUNIE_STORE name another place."
        )


def migrate(connection: Connection, where: str, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the tables to the newest version, inside the connection's transaction: all steps or none.

    Raises StoreUnavailable when they are newer than this program; then nothing was changed.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    version = version_of(connection)
    check_version(version, where, len(migrations))
    if version == len(migrations):
        return
    for step in migrations[version:]:
        step(connection)
    SCHEMA.create(connection, checkfirst=True)
    connection.execute(delete(SCHEMA))
    connection.execute(insert(SCHEMA).values(version=len(migrations)))
