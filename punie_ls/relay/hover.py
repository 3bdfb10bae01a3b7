"""What ruff adds to hover: the rule behind a `# noqa`, where ty has nothing to say."""

from __future__ import annotations

import msgspec

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.documents import Documents
from punie_ls.relay.messages import Id, decode, request
from punie_ls.relay.sync_params import Identifier, Position


class _Place(msgspec.Struct):
    textDocument: Identifier  # noqa: N815 - the wire's name
    position: Position


def ask_ruff(ruff: Child, documents: Documents, identifier: Id, params: bytes) -> bool:
    """Ask ruff about a line with a `noqa`; False when there is nothing to ask.

    Never about a line behind the last one: there ruff 0.17.5 panics.
    """
    if not ruff.ready:
        return False
    try:
        place = decode(params, type=_Place)
    except msgspec.DecodeError:
        return False
    if "noqa" not in documents.line(place.textDocument.uri, place.position.line).lower():
        return False
    ruff.ask(identifier, request(identifier, methods.HOVER, params))
    return True
