"""Sessions at rest."""

from punie_agent.store.records import RememberedPermission, SessionSummary, StoredSession, StoredTurn
from punie_agent.store.store import SessionStore

__all__ = ["RememberedPermission", "SessionStore", "SessionSummary", "StoredSession", "StoredTurn"]
