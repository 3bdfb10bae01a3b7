"""What can go wrong in `punie-ls serve` and `punie-ls bridge`.

ServeError
├── RequestRefused    a client's request is answered with a JSON-RPC error
├── WorkerUnavailable a project's worker cannot be started, or ended
├── AlreadyRunning    this user's server runs already
├── NoServer          no server runs, and none could be started
└── ServerRefused     the server let the bridge not in; trying again does not help
"""

from __future__ import annotations


class ServeError(Exception):
    """Base of the server's and the bridge's own errors. The message is a sentence for people."""


class RequestRefused(ServeError):
    """A request is answered with an error; `code` is JSON-RPC's or ACP's, `data` is JSON or None."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class WorkerUnavailable(ServeError):
    """A project's worker cannot be started, or ended before it answered."""


class AlreadyRunning(ServeError):
    """There is one server for each user, and it runs."""


class NoServer(ServeError):
    """No server runs, and none could be started."""


class ServerRefused(ServeError):
    """The server answers, and does not let this client in."""
