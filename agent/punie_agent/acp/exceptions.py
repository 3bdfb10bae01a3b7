"""Errors of requests to the agent; each message is a sentence for people.

AgentError
└── RequestRefused      the request cannot be served as it is
    ├── BadRequest      a parameter is wrong
    ├── NotFound        there is no such session, here or at all
    ├── Busy            the session works on a prompt
    └── CannotAsk       the client did not ask its user
"""

from __future__ import annotations

from punie_agent.exceptions import AgentError


class RequestRefused(AgentError):
    """The request cannot be served as it is."""


class BadRequest(RequestRefused):
    """A parameter is wrong: a path, a mode, a value that was not offered."""


class NotFound(RequestRefused):
    """There is no such session, or this client has not opened it."""


class Busy(RequestRefused):
    """The session works on a prompt."""


class CannotAsk(RequestRefused):
    """The client did not ask its user."""
