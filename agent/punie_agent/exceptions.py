"""Errors of the agent.

AgentError
├── ProgramError    a program did not type-check, failed, or broke a limit; the message is for the model
├── ModelError      the model could not answer; the message is one sentence for people
│   ├── CannotAnswer        it has nothing to say to this request: the next model is asked
│   ├── ModelNotUsable      the setting names no model that can be used here
│   ├── ModelUnavailable    nothing answered: down, slow, busy or still loading
│   ├── RequestRejected     the server refused the request: key, model name, too long
│   └── BrokenAnswer        the answer broke off, was no answer, or had no end
├── McpError        a tool of an MCP server gave no result; the message is for the model
│   └── ServerUnavailable   the server cannot be started or reached, or has ended
└── StoreError      sessions cannot be kept or read; the message is one sentence for people
    ├── StoreUnavailable    not now: locked, no room, not writable, damaged, newer, not there
    ├── UnknownSession      no session, or more than one, has that id
    ├── SessionBusy         another Punie's turn runs in the session
    └── SessionChanged      the session went on elsewhere since it was loaded
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of the agent's errors."""


class ProgramError(AgentError):
    """A program did not type-check, failed, or broke a limit. `output` is what it printed before."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


class ModelError(AgentError):
    """The model could not answer."""


class CannotAnswer(ModelError):
    """The model has nothing to say to this request, and says so before it does anything: the next one is asked."""


class ModelNotUsable(ModelError):
    """The setting names no model that can be used here: unknown, a package or a key is missing."""


class ModelUnavailable(ModelError):
    """Nothing answered in time: the server is down, slow, busy or still loading."""


class RequestRejected(ModelError):
    """The server refused the request as it is: the key, the model's name, or its length."""


class BrokenAnswer(ModelError):
    """The answer broke off, was not one, or did not end."""


class McpError(AgentError):
    """A tool of an MCP server gave no result."""


class ServerUnavailable(McpError):
    """An MCP server cannot be started or reached, or has ended."""


class StoreError(AgentError):
    """Sessions cannot be kept or read."""


class StoreUnavailable(StoreError):
    """The store cannot be used as things are: locked, no room, not writable, damaged, newer, or not there."""


class UnknownSession(StoreError):
    """No session has that id, or several begin with it."""


class SessionBusy(StoreError):
    """Another Punie's turn runs in the session."""


class SessionChanged(StoreError):
    """The session went on elsewhere since it was loaded; it must be loaded again."""
