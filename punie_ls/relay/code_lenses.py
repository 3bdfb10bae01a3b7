"""Code lenses as one list: Punie's, and those of ty and ruff should they offer any."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.capabilities import offers_code_lenses
from punie_ls.relay.child import Call, Child, gather
from punie_ls.relay.child_process import ChildProcess
from punie_ls.relay.joining import Item, by, error_of, items_of, those_who_know, unwrap, without_tokens, wrap
from punie_ls.relay.messages import decode, encode
from punie_ls.relay.routing import Name

# Whoever hangs keeps the others' lenses back no longer.
SERVER_SECONDS = 5.0


class CodeLenses:
    """Fans `textDocument/codeLens` out, and sends `codeLens/resolve` back to where a lens is from.

    Attributes:
        missed: an answer was given without Punie's lenses, which was on its way: the editor shall ask again.
    """

    def __init__(self, children: Mapping[Name, Child]) -> None:
        self._children = children
        self.missed = False

    def request(self, params: bytes) -> Coroutine[Any, Any, bytes]:
        """Ask those who offer lenses now, in order with what was sent before; the coroutine gives the raw result.

        A server that is on its way is not waited for.
        """
        shared = without_tokens(params)
        able = [child for child in those_who_know(self._children, shared) if offers_code_lenses(child.capabilities)]
        asked = [child for child in able if child.ready]
        calls = {child.name: child.call(methods.CODE_LENS, shared) for child in asked}
        self.missed |= self._children["punie"].restarting
        return self._merge(calls, {child.name: child.process for child in asked})

    async def resolve(self, params: bytes) -> bytes:
        """Resolve one lens at its server; one that nobody marked is whole already."""
        lens = decode(params, type=Item)
        owned = unwrap(lens, "code lens")
        if owned is None:
            return params
        child = self._children[owned[0]]
        (reply,) = await gather([child.call(methods.CODE_LENS_RESOLVE, encode(owned[1]))])
        if not reply.ok:
            raise error_of(reply)
        return encode(_wrap(child, decode(reply.result, type=Item) if isinstance(reply.result, Raw) else owned[1]))

    async def _merge(self, calls: dict[Name, Call], runs: dict[Name, ChildProcess | None]) -> bytes:
        deadline = asyncio.get_running_loop().time() + SERVER_SECONDS
        try:
            replies = {name: reply for name, call in calls.items() if (reply := await by(call, deadline))}
        finally:
            for call in calls.values():
                call.cancel()
        for name, run in runs.items():
            if self._children[name].process is not run:
                # A crash is no error of the request's: the editor asks again when the server is back.
                replies.pop(name, None)
                self.missed |= name == "punie"
        if replies and not any(reply.ok for reply in replies.values()):
            raise error_of(next(iter(replies.values())))
        lenses = [_wrap(self._children[name], lens) for name, reply in replies.items() for lens in items_of(reply)]
        return encode(lenses)


def _wrap(child: Child, lens: Item) -> Item:
    """Wrapped, if there is something left to resolve."""
    return wrap(child, lens) if "data" in lens or "command" not in lens else lens
