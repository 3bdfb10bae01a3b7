"""What ty says reaches the editor as ty wrote it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.integration.relay.client import TY, capabilities, start

REQUESTS = [
    ("textDocument/hover", {"position": {"line": 8, "character": 1}}),
    ("textDocument/definition", {"position": {"line": 8, "character": 1}}),
    ("textDocument/completion", {"position": {"line": 5, "character": 11}}),
    ("textDocument/documentSymbol", {}),
    ("textDocument/semanticTokens/full", {}),
    ("textDocument/foldingRange", {}),
    ("completionItem/resolve", {"label": "nope"}),
    ("textDocument/notInvented", {}),
]


async def bodies(path: Path, *command: str | Path) -> list[bytes]:
    async with start(*command) as client:
        await client.initialize(path.parent)
        uri = client.open(path)
        document = {"textDocument": {"uri": uri}}
        ids = [(await client.request(method, {**document, **params}))["id"] for method, params in REQUESTS]
        return [client.bodies[identifier] for identifier in ids]


async def test_responses_are_the_bytes_that_bare_ty_writes(workspace: Path) -> None:
    path = workspace / "shop.py"

    relayed, bare = await bodies(path), await bodies(path, TY, "server")

    assert relayed == bare


async def test_ids_of_any_kind_come_back_as_they_were(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        params = {"textDocument": {"uri": uri}, "position": {"line": 8, "character": 1}}
        for identifier in ("m/1", "s/1", "an id", 0, -5, 2**31 - 1):
            client.send({"jsonrpc": "2.0", "id": identifier, "method": "textDocument/hover", "params": params})

            assert (await client.response(identifier))["result"]["contents"]


async def test_requests_see_every_change_that_was_sent_before(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py", "")
        for version in range(2, 42):
            client.change(uri, version, {"text": "\n".join(f"name_{n} = {n}" for n in range(version)) + "\n"})
            symbols = await client.result("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
            assert len(symbols) == version


async def test_one_encoding_is_negotiated_for_all(workspace: Path) -> None:
    async with start() as client:
        wanted = capabilities(encodings=["utf-16", "utf-8"])
        result = await client.initialize(workspace, capabilities=wanted)

        assert result["capabilities"]["positionEncoding"] == "utf-8"

        uri = client.open(workspace / "wide.py", '"😀😀"; undefined_name\n')
        [finding] = [d for d in (await client.pull(uri))["items"] if d.get("code") == "unresolved-reference"]
        assert finding["range"]["start"] == {"line": 0, "character": 12}


async def test_a_cancelled_request_is_answered_once(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        client.open(workspace / "shop.py")
        held = client.start_request("workspace/diagnostic", {"previousResultIds": []})
        await asyncio.sleep(0.3)
        if not any(r["id"] == held for r in client.responses):
            client.notify("$/cancelRequest", {"id": held})
        await client.response(held)
        await client.hover((workspace / "shop.py").as_uri(), 8, 1)

        assert sum(r["id"] == held for r in client.responses) == 1


@pytest.mark.parametrize("method", ["textDocument/diagnostic", "textDocument/codeAction"])
async def test_a_cancelled_merge_is_answered_once_with_cancelled(workspace: Path, method: str) -> None:
    async with start(environ={"FAKE_ACTION_SECONDS": "0.2"}) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        span = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
        params = {"textDocument": {"uri": uri}, "range": span, "context": {"diagnostics": []}}
        asked = {"jsonrpc": "2.0", "id": "merged", "method": method, "params": params}
        cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "merged"}}
        await client.pull(uri)
        both = b"".join(
            b"Content-Length: %d\r\n\r\n%b" % (len(b), b) for b in (json.dumps(m).encode() for m in (asked, cancel))
        )
        client.send_bytes(both)

        assert (await client.response("merged"))["error"]["code"] == -32800
        await client.hover(uri, 8, 1)
        assert sum(r["id"] == "merged" for r in client.responses) == 1


async def test_children_register_and_ask_under_ids_that_do_not_collide(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        client.open(workspace / "shop.py")
        await client.until(lambda: len([r for r in client.requests if r["method"] == "client/registerCapability"]) > 1)

        identifiers = [request["id"] for request in client.requests]
        registered = {r["method"] for m in client.requests for r in (m["params"] or {}).get("registrations", ())}

        assert len(set(identifiers)) == len(identifiers)
        assert "textDocument/diagnostic" not in registered
        assert "textDocument/formatting" not in registered


async def test_a_slow_editor_gets_everything_and_holds_up_nobody(workspace: Path) -> None:
    names = "\n".join(f"name_{n}_{'x' * 100} = {n}" for n in range(3000))
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "many.py", names)
        params = {"textDocument": {"uri": uri}}
        await client.result("textDocument/documentSymbol", params)
        assert client.process.stdout
        transport = client.process._transport.get_pipe_transport(1)  # ty: ignore[missing-attribute] # to stop reading
        transport.pause_reading()
        identifiers = [client.start_request("textDocument/documentSymbol", params) for _ in range(60)]
        await asyncio.sleep(1.5)
        transport.resume_reading()
        for identifier in identifiers:
            assert len((await client.response(identifier))["result"]) == 3000
