"""Progress: tokens of different servers do not meet, and none is handed to two servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from punie_ls.relay.child import Child
from punie_ls.relay.client import Client
from punie_ls.relay.leftovers import Leftovers
from punie_ls.relay.messages import decode, encode, notification, params_of
from tests.integration.relay.client import start

CREATE, PROGRESS = "window/workDoneProgress/create", "$/progress"


def progress(token: object, kind: str) -> bytes:
    return notification(PROGRESS, encode({"token": token, "value": {"kind": kind}}))


def token_of(body: bytes) -> object:
    return decode(params_of(body))["token"]


async def test_two_servers_choose_one_token() -> None:
    written: list[bytes] = []
    leftovers = Leftovers(Client(written.append))
    ty, ruff = (Child(name, lambda *_: None) for name in ("ty", "ruff"))
    first = decode(leftovers.request(ty, CREATE, b'{"token":1}'))["token"]
    second = decode(leftovers.request(ruff, CREATE, b'{"token":1}'))["token"]

    assert (first, second) == (1, "ruff/1")
    assert [token_of(leftovers.progress(progress(1, "begin"), child)) for child in (ty, ruff)] == [1, "ruff/1"]
    assert (leftovers.owner(1), leftovers.owner("ruff/1")) == (ty, ruff)
    assert (leftovers.own_token(1), leftovers.own_token("ruff/1")) == (1, 1)

    assert token_of(leftovers.progress(progress(1, "end"), ty)) == 1
    assert (leftovers.owner(1), leftovers.owner("ruff/1")) == (None, ruff)

    leftovers.clear(ruff)
    assert [token_of(body) for body in written] == ["ruff/1"]
    assert leftovers.owner("ruff/1") is None
    assert leftovers.request(ruff, CREATE, b'{"token":1}') == b'{"token":1}'


async def test_messages_without_a_second_token_are_untouched() -> None:
    leftovers = Leftovers(Client(lambda body: None))
    ty = Child("ty", lambda *_: None)
    leftovers.request(ty, CREATE, b'{"token":"a"}')

    for kind in ("begin", "report", "end"):
        body = progress("a", kind).replace(b":", b": ")
        assert leftovers.progress(body, ty) is body


async def test_the_editors_tokens_go_to_no_two_servers(
    workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]
) -> None:
    tokens = {"workDoneToken": "mine", "partialResultToken": "mine too"}
    async with start() as client:
        await client.initialize(workspace, workDoneToken="start")
        uri = client.open(workspace / "shop.py")
        await client.result("workspace/executeCommand", {"command": "punie.fix"})
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
        params = {"textDocument": {"uri": uri}, "range": span, "context": {"diagnostics": []}, **tokens}
        assert await client.result("textDocument/codeAction", params)
        await client.pull(uri, **tokens)
        await client.result("workspace/executeCommand", {"command": "punie.fix", "workDoneToken": "for it alone"})

        heard = {m["method"]: m.get("params") or {} for m in fake_log()}
        assert not {*tokens} & {*heard["textDocument/codeAction"]}
        assert "workDoneToken" not in heard["initialize"]
        assert heard["workspace/executeCommand"]["workDoneToken"] == "for it alone"
        assert not [n for n in client.notifications if n["method"] == PROGRESS and n["params"]["token"] == "mine too"]
