"""The store's tables. Their names begin with `punie_`, since a team's database may hold others too."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

# One row: the number of the last migration.
SCHEMA = Table("punie_schema", METADATA, Column("version", Integer, nullable=False))

# `state` is idle or running; `owner` is who runs the turn, and `heartbeat` when that one last said so.
SESSIONS = Table(
    "punie_sessions",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("project", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("parent", String(64)),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", Text),
    Column("heartbeat", Double),
    Index("punie_sessions_by_project", "project", "updated"),
)

# A turn without `ended` runs, or was interrupted. `usage` is JSON.
TURNS = Table(
    "punie_turns",
    METADATA,
    Column("session", String(64), ForeignKey("punie_sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("prompt", Text, nullable=False),
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Column("reason", String(32)),
    Column("message", Text, nullable=False),
    Column("usage", Text),
)

EVENTS = Table(
    "punie_events",
    METADATA,
    Column("session", String(64), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("json", Text, nullable=False),
    ForeignKeyConstraint(["session", "turn"], ["punie_turns.session", "punie_turns.number"], ondelete="CASCADE"),
)

# The history as the model sees it: one row for each message, numbered through the whole session.
MESSAGES = Table(
    "punie_messages",
    METADATA,
    Column("session", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("turn", Integer, nullable=False),
    Column("json", Text, nullable=False),
    ForeignKeyConstraint(["session", "turn"], ["punie_turns.session", "punie_turns.number"], ondelete="CASCADE"),
    Index("punie_messages_by_turn", "session", "turn"),
)

PERMISSIONS = Table(
    "punie_permissions",
    METADATA,
    Column("project", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("choice", String(32), nullable=False),
    Column("decided", Double, nullable=False),
)

# What was found out about a problem and its fixes, as JSON; `decision` is what became of the fix since, `change` the
# transaction it was applied with. A search that was no session's has none.
FIXES = Table(
    "punie_fixes",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("run", String(64), nullable=False),
    Column("session", String(64), ForeignKey("punie_sessions.id", ondelete="CASCADE")),
    Column("project", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("decided", Double),
    Column("change", String(64), nullable=False),
    Column("json", Text, nullable=False),
    Index("punie_fixes_by_project", "project", "created"),
    Index("punie_fixes_by_run", "run"),
    Index("punie_fixes_by_change", "change"),
    Index("punie_fixes_by_session", "session"),
)

# A run of training. `config`, `versions` and `metrics` are JSON; a run without `ended` goes on, or was interrupted.
RUNS = Table(
    "punie_runs",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("state", String(32), nullable=False),
    Column("folder", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("dataset", String(128), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("versions", Text, nullable=False),
    Column("metrics", Text, nullable=False),
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Index("punie_runs_by_start", "started"),
)

# A trained adapter. `place` orders the promotions: the highest one serves, 0 is none. `share` is the part of new
# sessions that one on trial gets, in percent. `digest` is of its files. `metrics` and `versions` are JSON.
ADAPTERS = Table(
    "punie_adapters",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("base", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("run", String(64), nullable=False),
    Column("parent", String(64), nullable=False),
    Column("created", Double, nullable=False),
    Column("state", String(16), nullable=False),
    Column("place", Integer, nullable=False),
    Column("share", Integer, nullable=False),
    Column("dataset", String(128), nullable=False),
    Column("metrics", Text, nullable=False),
    Column("versions", Text, nullable=False),
)

# How often a session that an adapter answered came to an outcome: accepted, rejected or failed.
ADAPTER_OUTCOMES = Table(
    "punie_adapter_outcomes",
    METADATA,
    Column("adapter", String(64), ForeignKey("punie_adapters.name", ondelete="CASCADE"), primary_key=True),
    Column("session", String(64), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("number", Integer, nullable=False),
)
