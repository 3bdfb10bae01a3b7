"""The punie server's requests to ty and ruff, through the relay: to the very servers the user types in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from punie_ls.relay.child import Child, gather
from punie_ls.relay.exceptions import ResponseError
from punie_ls.relay.messages import (
    NULL,
    Incoming,
    cancelled_id,
    encode,
    error_response,
    reply_response,
)
from punie_ls.relay.routing import Name
from punie_semantic.wire.framing import INVALID_PARAMS, REQUEST_CANCELLED

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

log = logging.getLogger(__name__)


class _Params(msgspec.Struct):
    server: Name
    method: str
    params: Raw = Raw(NULL)


_decode = msgspec.json.Decoder(_Params).decode


class Bridge:
    """Answers `punie/lsp`: `{"server": "ty" | "ruff", "method": ..., "params": ...}` with the server's own answer."""

    def __init__(self, children: Mapping[Name, Child], spawn: Spawn) -> None:
        self._children = children
        self._spawn = spawn
        self._open: dict[bytes, asyncio.Task[None]] = {}

    def request(self, asker: Child, incoming: Incoming) -> None:
        """Pass a request on now; it is answered when its server has."""
        identifier = bytes(incoming.id)
        try:
            params = _decode(incoming.params)
            target = self._children[params.server]
        except msgspec.DecodeError as error:
            refusal = ResponseError.of(INVALID_PARAMS, f"{incoming.method}: {error}")
            asker.send(error_response(identifier, refusal.raw))
            return
        call = target.call(params.method, bytes(params.params))
        process = asker.process

        async def answer() -> None:
            try:
                (reply,) = await gather([call])
            except asyncio.CancelledError:
                error = ResponseError.of(REQUEST_CANCELLED, "cancelled")
                asker.send(error_response(identifier, error.raw))
                raise
            finally:
                self._open.pop(identifier, None)
            if asker.process is process:
                asker.send(reply_response(identifier, reply))

        self._open[identifier] = self._spawn(answer())

    def cancel(self, body: bytes) -> bool:
        """The asker no longer wants an answer; False when the request is not one of these."""
        task = self._open.get(encode(cancelled_id(body)))
        if task is not None:
            asyncio.get_running_loop().call_soon(task.cancel)
        return task is not None
