"""What can go wrong in the relay.

RelayError
├── ResponseError    a request is answered with a JSON-RPC error
├── StartError       a child server could not be started
├── StreamError      standard input or output is nothing an editor can talk through
└── TraceError       the file for `--trace` cannot be written
"""

from __future__ import annotations

import msgspec


class RelayError(Exception):
    """Base of the relay's own errors."""


class ResponseError(RelayError):
    """A request's answer is an error; `raw` is the JSON of the error object, as a child wrote it or made here."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.decode(errors="replace"))
        self.raw = raw

    @classmethod
    def of(cls, code: int, message: str, data: object = None) -> ResponseError:
        """An error of the relay's own."""
        error: dict[str, object] = {"code": code, "message": message}
        if data is not None:
            error["data"] = data
        return cls(msgspec.json.encode(error))


class StartError(RelayError):
    """A child did not get through `initialize`; the message says why, `retry` whether trying again may help."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


class StreamError(RelayError):
    """Standard input and output are no pipes, so there is no editor."""


class TraceError(RelayError):
    """The file for `--trace` cannot be written; the message names it and says why."""
