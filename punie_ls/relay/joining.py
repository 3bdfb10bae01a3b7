"""What joined answers have in common: how long a server is waited for, and whose an item in a list is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from msgspec import Raw

from punie_ls.relay.child import Call, Child
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.messages import Reply, decode, encode
from punie_ls.relay.routing import Name
from punie_ls.relay.virtual_documents import concerns_virtual
from punie_semantic.wire.framing import INVALID_PARAMS

WRAPPER = "punie_relay"

Item = dict[str, Raw]


class _Wrapper(msgspec.Struct, omit_defaults=True):
    child: Name
    data: Raw | msgspec.UnsetType = msgspec.UNSET


_decode_items = msgspec.json.Decoder(list[Item] | None).decode
_decode_wrapped = msgspec.json.Decoder(dict[str, _Wrapper]).decode


def those_who_know(children: Mapping[Name, Child], params: bytes) -> list[Child]:
    """Whom to ask about the document in params: all, or Punie alone when it is one that only Punie knows."""
    return [children["punie"]] if concerns_virtual(params) else list(children.values())


async def by(call: Call, deadline: float) -> Reply | None:
    """The reply; None when it has not come by the loop's time `deadline`."""
    try:
        async with asyncio.timeout_at(deadline):
            return await call
    except TimeoutError:
        return None


def without_tokens(params: bytes) -> bytes:
    """Two servers must not report on one token."""
    if b"Token" not in params:
        return params
    decoded = decode(params, type=dict[str, Raw])
    return encode({k: v for k, v in decoded.items() if k not in ("workDoneToken", "partialResultToken")})


def items_of(reply: Reply) -> list[Item]:
    """The list in a reply; empty for an error, or for null."""
    return _decode_items(reply.result) or [] if reply.ok and isinstance(reply.result, Raw) else []


def error_of(reply: Reply) -> ResponseError:
    """The error in a reply, as one of the relay's own."""
    return ResponseError(bytes(reply.error) if isinstance(reply.error, Raw) else b"null")


def wrap(child: Child, item: Item) -> Item:
    """Note in `data` whose item it is."""
    wrapper = _Wrapper(child.name, item.get("data", msgspec.UNSET))
    return {**item, "data": Raw(encode({WRAPPER: wrapper}))}


def unwrap(item: Item, what: str) -> tuple[Name, Item] | None:
    """Whose an item is, and the item as its server wrote it; None when it has no data.

    Raises ResponseError when its data is not from here.
    """
    if "data" not in item:
        return None
    try:
        wrapper = _decode_wrapped(item["data"])[WRAPPER]
    except (msgspec.DecodeError, KeyError):
        raise ResponseError.of(INVALID_PARAMS, f"this {what} is not from this server") from None
    bare = {key: value for key, value in item.items() if key != "data"}
    return wrapper.child, {**bare, "data": wrapper.data} if isinstance(wrapper.data, Raw) else bare
