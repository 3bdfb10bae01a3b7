"""Code actions of ty, ruff and Punie as one list, and the way back of each to its server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Mapping
from typing import Any

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.capabilities import resolves_code_actions
from punie_ls.relay.child import Call, Child, gather
from punie_ls.relay.joining import Item, by, error_of, items_of, those_who_know, unwrap, without_tokens, wrap
from punie_ls.relay.messages import decode, encode
from punie_ls.relay.routing import Name

PUNIE_SECONDS = 0.3
# Whoever hangs keeps the others' actions back no longer.
SERVER_SECONDS = 5.0
# Someone who asks for actions in the first seconds after the start wants Punie's too, and its imports take a while.
PUNIE_START_SECONDS = 3.0
PUNIE_IS_NEW_SECONDS = 5.0
AUTOMATIC = 2

# ty's and ruff's titles of actions that write a comment.
_HIDES = re.compile(rb"^\"Ignore '|: Disable for this line\"$")
_GROUPS = (b'"quickfix', b'"refactor', b'"source', b'"notebook')


class CodeActions:
    """Fans `textDocument/codeAction` out, and sends `codeAction/resolve` back to where an action is from."""

    def __init__(self, children: Mapping[Name, Child]) -> None:
        self._children = children

    def request(self, params: bytes) -> Coroutine[Any, Any, bytes]:
        """Ask all servers now, in order with what was sent before; the coroutine gives the raw result."""
        shared = without_tokens(params)
        automatic = _is_automatic(shared)
        asked = [c for c in those_who_know(self._children, shared) if c.ready]
        calls = {child.name: child.call(methods.CODE_ACTION, shared) for child in asked}
        return self._merge(calls, shared, asyncio.get_running_loop().time(), automatic=automatic)

    async def resolve(self, params: bytes) -> bytes:
        """Resolve one action at its server."""
        action = decode(params, type=Item)
        # One without a wrapper is ty's, untouched.
        name, action = unwrap(action, "code action") or ("ty", action)
        child = self._children[name]
        (reply,) = await gather([child.call(methods.CODE_ACTION_RESOLVE, encode(action))])
        if not reply.ok:
            raise error_of(reply)
        resolved = decode(reply.result, type=Item) if isinstance(reply.result, Raw) else action
        return encode(_wrap(child, resolved))

    async def _merge(self, calls: dict[Name, Call], params: bytes, asked: float, *, automatic: bool) -> bytes:
        """ty's actions, ruff's, and last Punie's, which must not keep the others waiting."""
        punie = calls.pop("punie", None)
        new = not automatic and self._children["punie"].seconds < PUNIE_IS_NEW_SECONDS
        deadline = asked + (PUNIE_START_SECONDS if new else PUNIE_SECONDS)
        try:
            replies = {name: r for name, call in calls.items() if (r := await by(call, asked + SERVER_SECONDS))}
            if punie is None and not automatic:
                punie = await self._started_punie(params, asked + PUNIE_START_SECONDS)
                deadline = asyncio.get_running_loop().time() + PUNIE_START_SECONDS
            if punie and (reply := await by(punie, deadline)):
                replies["punie"] = reply
        finally:
            for call in (*calls.values(), *([punie] if punie else [])):
                call.cancel()
        if replies and not any(reply.ok for reply in replies.values()):
            raise error_of(next(iter(replies.values())))
        actions = [_wrap(self._children[name], a) for name, reply in replies.items() for a in items_of(reply)]
        actions.sort(key=_rank)
        return b"[%b]" % b",".join(encode(action) for action in actions)

    async def _started_punie(self, params: bytes, deadline: float) -> Call | None:
        """Ask Punie's server as soon as it has started; None when that takes too long or it is gone."""
        child = self._children["punie"]
        try:
            async with asyncio.timeout_at(deadline):
                await child.settled.wait()
        except TimeoutError:
            return None
        return child.call(methods.CODE_ACTION, params) if child.ready else None


def _wrap(child: Child, action: Item) -> Item:
    """Wrapped, if it can be resolved; bare commands have no data."""
    is_command = action.get("command") is not None and bytes(action["command"])[:1] == b'"'
    if is_command or not ("data" in action or resolves_code_actions(child.capabilities)):
        return action
    return wrap(child, action)


def _rank(action: Item) -> tuple[int, bool, bool]:
    """What mends the problem at the cursor comes before refactorings, and these before what changes the whole file.

    Within such a group the preferred ones are first, and comments that hide the problem last; else each server's order
    holds.
    """
    kind = bytes(action["kind"]) if "kind" in action else b'"quickfix"'
    group = next((n for n, prefix in enumerate(_GROUPS) if kind.startswith(prefix)), len(_GROUPS))
    preferred = "isPreferred" in action and bytes(action["isPreferred"]) == b"true"
    return group, not preferred, _HIDES.search(bytes(action.get("title", b""))) is not None


def _is_automatic(params: bytes) -> bool:
    """Whether the editor asks by itself, to know if there is anything to offer, and not because a person did."""
    context = decode(params, type=dict[str, Raw]).get("context")
    return context is not None and decode(context, type=dict[str, Raw]).get("triggerKind") == Raw(b"%d" % AUTOMATIC)
