"""Code lenses: Punie's, beside those that ty or ruff may offer one day, and resolved where they are from."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.faults.editor import start, stopped
from tests.integration.relay.client import FAKE_SERVER, Client, Json, capabilities
from tests.integration.relay.client import start as start_client

RUN = {"title": "Run test", "command": "punie.runTests", "arguments": [{"testId": "test_a"}]}
SPAN = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 9}}
REFRESH = "workspace/codeLens/refresh"


def able(*, refresh: bool = True) -> Json:
    editor = capabilities()
    editor["workspace"]["codeLens"] = {"refreshSupport": refresh}
    return editor


def at(uri: str) -> Json:
    return {"textDocument": {"uri": uri}}


def marked(name: str, **data: object) -> Json:
    return {"punie_relay": {"child": name, **data}}


async def is_up(client: Client) -> None:
    await client.result("workspace/executeCommand", {"command": "punie.fix"})


async def test_lenses_are_marked_for_their_way_back(workspace: Path) -> None:
    async with start_client() as client:
        await client.initialize(workspace, capabilities=able())
        uri = client.open(workspace / "shop.py")
        await is_up(client)
        whole, with_data, bare = await client.result("textDocument/codeLens", at(uri))

        assert client.capabilities["codeLensProvider"] == {"resolveProvider": True}
        assert whole == {"range": SPAN, "command": RUN}
        assert with_data == {"range": SPAN, "data": marked("punie", data=["test_a"])}
        assert bare == {"range": SPAN, "data": marked("punie")}

        fix = {"title": "Fix", "command": "punie.fix"}
        assert await client.result("codeLens/resolve", whole) == whole
        resolved = {"range": SPAN, "command": fix, "seen": ["test_a"], "data": marked("punie", data=["test_a"])}
        assert await client.result("codeLens/resolve", with_data) == resolved
        resolved = {"range": SPAN, "command": fix, "seen": None}
        assert await client.result("codeLens/resolve", bare) == resolved


async def test_lenses_of_another_server_stand_beside_punies(workspace: Path, tmp_path: Path) -> None:
    ty = tmp_path / "ty"
    ty.write_text(f"#!/bin/sh\nexec {shlex.join(FAKE_SERVER)}\n")
    ty.chmod(0o755)
    async with start_client(environ={"PUNIE_TY": str(ty)}) as client:
        await client.initialize(workspace, capabilities=able())
        uri = client.open(workspace / "shop.py")
        await is_up(client)
        lenses = await client.result("textDocument/codeLens", {**at(uri), "workDoneToken": "one for all"})
        owners = [lens["data"]["punie_relay"]["child"] for lens in lenses if "data" in lens]

        assert len(lenses) == 6
        assert owners == ["ty", "ty", "punie", "punie"]
        resolved = await client.result("codeLens/resolve", lenses[1])
        assert (resolved["seen"], resolved["data"]) == (["test_a"], marked("ty", data=["test_a"]))


@pytest.mark.parametrize("refresh", [True, False])
async def test_while_punie_starts_there_are_none_and_then_the_editor_asks_again(workspace: Path, refresh: bool) -> None:
    async with start_client(environ={"FAKE_START_SECONDS": "1"}) as client:
        await client.initialize(workspace, capabilities=able(refresh=refresh))
        uri = client.open(workspace / "shop.py")
        assert await client.result("textDocument/codeLens", at(uri)) == []
        if refresh:
            await client.notified_request(REFRESH)
        await is_up(client)

        assert len(await client.result("textDocument/codeLens", at(uri))) == 3
        assert [r["method"] for r in client.requests].count(REFRESH) == int(refresh)


async def test_an_editor_that_has_not_asked_in_vain_is_not_asked_to(workspace: Path) -> None:
    async with start_client() as client:
        await client.initialize(workspace, capabilities=able())
        client.open(workspace / "shop.py")
        await is_up(client)

        assert REFRESH not in [r["method"] for r in client.requests]


async def test_a_crash_empties_the_list_and_the_editor_asks_again(workspace: Path) -> None:
    async with start(workspace, capabilities=able()) as editor:
        uri = editor.new("x = 1\n")
        await is_up(editor)
        process = await stopped(await editor.running("fake"))
        asked = editor.start_request("textDocument/codeLens", at(uri))
        await editor.passed_on()
        process.kill()

        assert (await editor.response(asked))["result"] == []
        await editor.asked(REFRESH)
        assert len(await editor.result("textDocument/codeLens", at(uri))) == 3


async def test_an_error_of_the_only_server_is_the_answer(workspace: Path) -> None:
    async with start_client(environ={"FAKE_LENSES": "error"}) as client:
        await client.initialize(workspace, capabilities=able())
        uri = client.open(workspace / "shop.py")
        await is_up(client)

        answer = await client.request("textDocument/codeLens", at(uri))
        assert answer["error"] == {"code": -32803, "message": "no lenses today"}


async def test_without_a_punie_server_there_are_none(workspace: Path) -> None:
    async with start_client(server=None) as client:
        await client.initialize(workspace, capabilities=able())

        assert await client.result("textDocument/codeLens", at(client.open(workspace / "shop.py"))) == []
        refused = await client.request("codeLens/resolve", {"range": SPAN, "data": {"of": "another server"}})
        assert refused["error"] == {"code": -32602, "message": "this code lens is not from this server"}
