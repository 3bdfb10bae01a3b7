"""Before `initialize`, during it, and after `shutdown`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fuzz.relay import running

INVALID_REQUEST, INVALID_PARAMS, NOT_INITIALIZED = -32600, -32602, -32002


async def test_before_initialize_and_after_shutdown(root: Path) -> None:
    async with running(root, initialize=False) as relay:
        relay.open(relay.uri("a.py"), "abc = 1\n")
        early = await relay.request("textDocument/hover", {})
        wrong = await relay.request("initialize", [1])
        deep = await relay.request("initialize", {"capabilities": {"x": json.loads("[" * 150 + "]" * 150)}})
        first = await relay.request("initialize", {"capabilities": {}})
        second = await relay.request("initialize", {"capabilities": {}})
        shutdown = await relay.request("shutdown", {"more": 1})
        late = await relay.request("textDocument/hover", {})
        again = await relay.request("shutdown", None)
        relay.notify("exit", None)

        assert await relay.ended() == 0
    codes = [answer["error"]["code"] for answer in (early, wrong, deep, second, late, again)]
    assert codes == [NOT_INITIALIZED, INVALID_PARAMS, INVALID_PARAMS] + [INVALID_REQUEST] * 3
    assert first["result"]["serverInfo"]["name"] == "punie-ls"
    assert shutdown["result"] is None


async def test_initialized_reaches_the_servers_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ty may hang for good when it comes again while it computes."""
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log.jsonl"))
    async with running(root) as relay:
        await relay.request("workspace/executeCommand", {"command": "punie.fix", "arguments": ["echo"]})
        relay.notify("initialized", {})
        await relay.request("workspace/executeCommand", {"command": "punie.fix", "arguments": ["echo"]})

        methods = [json.loads(line).get("method") for line in (tmp_path / "log.jsonl").read_text().splitlines()]
        assert methods.count("initialized") == 1
        assert methods.count("workspace/executeCommand") == 2


@pytest.mark.parametrize(
    "body",
    [b'"result":[1e999]', b'"error":{"code":1e3,"message":"x"}', b'"error":null', b'"result":[["[]"]]', b'"params":1'],
    ids=["out of range", "a code that is none", "an error that is none", "no settings", "nothing"],
)
async def test_an_answer_that_servers_cannot_read_is_replaced(root: Path, body: bytes) -> None:
    """The children's first requests are answered with what would end them."""
    async with running(root) as relay:
        for number in range(1, 9):
            relay.send_body(b'{"jsonrpc":"2.0","id":"s/%d",%b}' % (number, body))
        uri = relay.uri("a.py")
        relay.open(uri, "abc = 1\n")
        before = {name: relay.children()[name] for name in ("ty", "ruff")}
        [symbol] = (await relay.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}}))["result"]

        assert symbol["name"] == "abc"
        assert relay.children().items() >= before.items()
