"""What JSON-RPC wants for a body, as Python's own `json` reads it: the relay uses another decoder."""

from __future__ import annotations

import json
from typing import Any, Literal

from tests.fuzz.relay import Key, key_of

Kind = Literal["request", "notification", "response", "no request", "no JSON"]
NULL = key_of(None)


def _no_constant(text: str) -> None:
    raise ValueError(text)


def expected(body: bytes) -> tuple[Kind, Key | None]:
    """What a body is, and under which id exactly one answer must come; None for no answer."""
    pairs: list[tuple[str, Any]] = []

    def note(found: list[tuple[str, Any]]) -> dict[str, Any]:
        pairs[:] = found  # the outermost object comes last
        return dict(found)

    try:
        message = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return "no JSON", NULL
    if not isinstance(message, dict):
        return "no request", NULL
    identifier, method = message.get("id"), message.get("method")
    # Of a key that stands there twice the last counts, but a wrong one is wrong wherever it stands.
    ids = [value for key, value in pairs if key == "id"]
    methods = [value for key, value in pairs if key == "method"]
    if not (all(type(i) in (int, str, type(None)) for i in ids) and all(m is None or type(m) is str for m in methods)):
        return "no request", key_of(_mended(identifier)) if type(identifier) in (int, float, str) else NULL
    if method is None:
        silent = identifier is not None or "error" in message or "result" in message
        return "response", None if silent else NULL
    if identifier is None:
        return "notification", None
    return "request", key_of(_mended(identifier))


def _mended(identifier: Any) -> Any:
    """Half an emoji is no character, and comes back as U+FFFD."""
    if not isinstance(identifier, str):
        return identifier
    return identifier.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
