"""The sessions of one ACP connection, and the requests that open each of them again in a fresh agent process.

Knows ACP's session methods as messages; nothing of workers or sockets. The server uses it when a worker was restarted,
the bridge when the server was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from punie_ls.serve import messages
from punie_ls.serve.exceptions import RequestRefused
from punie_ls.serve.messages import Envelope, Json, Key

_TRACKED = messages.OPENING | {messages.CLOSE, messages.DELETE, messages.SET_MODE, messages.SET_OPTION}
_MODE_CHANGED = b"current_mode_update"


@dataclass(frozen=True)
class Request:
    """One request to make: its method and params."""

    method: str
    params: Json


@dataclass
class _Session:
    """What opened it, and what was set since: by setting, in the order in which it was last set."""

    params: Json
    settings: dict[str, Request] = field(default_factory=dict)


class OpenSessions:
    """Listens to both directions of a connection, and knows which sessions are open and with which settings."""

    def __init__(self) -> None:
        self._asked: dict[Key, Request] = {}
        self._sessions: dict[str, _Session] = {}

    def __contains__(self, session: str) -> bool:
        return session in self._sessions

    @property
    def ids(self) -> list[str]:
        """The sessions that are open, in the order in which they were opened."""
        return list(self._sessions)

    def asked(self, envelope: Envelope) -> None:
        """A request goes to the agent."""
        if envelope.is_request and envelope.name in _TRACKED:
            try:
                params = messages.as_object(envelope.params)
            except RequestRefused:  # the agent will say so
                return
            self._asked[envelope.key] = Request(envelope.name, params)

    def answered(self, envelope: Envelope) -> str | None:
        """A response comes back; only what succeeded counts. Gives the session that it opened, if it did."""
        request = self._asked.pop(envelope.key, None)
        if request is None or envelope.error is not msgspec.UNSET or isinstance(envelope.result, msgspec.UnsetType):
            return None
        session = request.params.get("sessionId")
        if request.method in messages.OPENING:
            if request.method in (messages.NEW, messages.FORK):
                session = _session_of(envelope)
            if isinstance(session, str):
                kept = self._sessions.get(session) if request.method == messages.RESUME else None
                params = {key: value for key, value in request.params.items() if key != "_meta"}
                self._sessions[session] = _Session({**params, "sessionId": session}, kept.settings if kept else {})
                return session
        elif isinstance(session, str) and request.method in (messages.CLOSE, messages.DELETE):
            self._sessions.pop(session, None)
        elif isinstance(session, str):
            self._set(session, request)
        return None

    def noticed(self, envelope: Envelope) -> None:
        """A notification comes from the agent; it may have changed the mode itself."""
        if _MODE_CHANGED not in bytes(envelope.params):
            return
        try:
            params = messages.as_object(envelope.params)
        except RequestRefused:
            return
        update = params.get("update")
        session = params.get("sessionId")
        if isinstance(update, dict) and isinstance(session, str) and isinstance(update.get("currentModeId"), str):
            self._set(session, Request(messages.SET_MODE, {"sessionId": session, "modeId": update["currentModeId"]}))

    def forget_request(self, key: Key) -> None:
        """A request will have no answer."""
        self._asked.pop(key, None)

    def forget(self, session: str) -> None:
        """A session is open no more."""
        self._sessions.pop(session, None)

    def opening(self, session: str) -> list[Request]:
        """What opens a session again, in order: it is resumed, and then set as it was."""
        kept = self._sessions[session]
        return [Request(messages.RESUME, kept.params), *kept.settings.values()]

    def _set(self, session: str, request: Request) -> None:
        if session in self._sessions:
            settings = self._sessions[session].settings
            name = f"option {request.params.get('configId')}" if request.method == messages.SET_OPTION else "mode"
            settings.pop(name, None)
            settings[name] = request


def _session_of(envelope: Envelope) -> str | None:
    """The id in the result of `session/new`."""
    if isinstance(envelope.result, msgspec.UnsetType):
        return None
    found = msgspec.json.decode(envelope.result)
    session = found.get("sessionId") if isinstance(found, dict) else None
    return session if isinstance(session, str) else None
