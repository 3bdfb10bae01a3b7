"""Code actions of all servers, their resolve, commands and formatting."""

from __future__ import annotations

import time
from pathlib import Path

from tests.integration.relay.client import REAL_SERVER, Client, Json, start


def of(report: Json, code: str) -> list[Json]:
    return [item for item in report["items"] if item.get("code") == code]


def title_of(action: Json) -> str:
    return str(action["title"])


async def ready(client: Client) -> None:
    """Wait for the third server."""
    await client.result("workspace/executeCommand", {"command": "punie.fix"})


async def warm(client: Client, uri: str, line: int, problems: list[Json]) -> list[Json]:
    """All servers' actions: ty's first answer builds its index of importable names, which a busy machine waits for."""
    found: list[Json] = []
    while not any(title_of(action).startswith("Ignore") for action in found):
        found = await client.code_actions(uri, line, problems)
    return found


async def test_quick_fixes_of_all_come_before_what_changes_the_whole_file(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        report = await client.pull(uri)
        await ready(client)
        actions = await warm(client, uri, 9, of(report, "unresolved-reference"))

        titles = [action["title"] for action in actions]
        assert titles[:3] == ["Fix with Punie", "run", "Ignore 'unresolved-reference' for this line"]
        assert titles[3:] == ["Ruff: Fix all auto-fixable problems", "Ruff: Organize imports"]
        assert actions[1] == {"title": "run", "command": "punie.fix", "arguments": []}
        assert client.capabilities["codeActionProvider"]["resolveProvider"] is True
        assert {"quickfix", "source.fixAll.ruff"} <= set(client.capabilities["codeActionProvider"]["codeActionKinds"])


async def test_the_preferred_fix_comes_first_whoever_offers_it(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "both.py", "import os, nowhere\n\nprint(nowhere)\n")
        report = await client.pull(uri)
        actions = await warm(client, uri, 0, report["items"])

        quickfixes = [action for action in actions if action.get("kind") == "quickfix"]
        assert [action.get("isPreferred", False) for action in quickfixes][:1] == [True]
        preferred = [action.get("isPreferred", False) for action in quickfixes]
        assert preferred == sorted(preferred, reverse=True)
        titles = [title_of(action) for action in quickfixes]
        hides = [title.startswith("Ignore '") or title.endswith(": Disable for this line") for title in titles]
        assert hides == sorted(hides), titles
        assert any(title.startswith("Ignore 'import-not-found'") for title in titles)
        assert any(title.endswith("(F401): Disable for this line") for title in titles)


async def test_a_ruff_action_is_resolved_by_ruff(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        report = await client.pull(uri)
        actions = await client.code_actions(uri, 0, of(report, "F401"))

        [quickfix, *_] = [a for a in actions if a.get("isPreferred") and "F401" in a["title"]]
        assert quickfix["kind"] == "quickfix"
        assert (quickfix.get("edit") or quickfix.get("data")) is not None

        [imports] = [a for a in actions if a.get("kind") == "source.fixAll.ruff"]
        resolved = await client.result("codeAction/resolve", imports)
        assert "edit" in resolved
        assert resolved["data"] == imports["data"]


async def test_a_punie_action_gets_its_own_data_back(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        await ready(client)
        [action] = [a for a in await client.code_actions(uri, 0) if a["title"] == "Fix with Punie"]
        resolved = await client.result("codeAction/resolve", action)

        assert action["data"] == {"punie_relay": {"child": "punie", "data": {"mine": [1, None]}}}
        assert resolved["seen"] == {"mine": [1, None]}
        assert resolved["data"] == action["data"]


async def test_a_foreign_action_is_refused(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        for data in (1, "x", {"other": 1}, {"punie_relay": 1}, {"punie_relay": {"child": "nobody"}}):
            answer = await client.request("codeAction/resolve", {"title": "x", "data": data})
            assert answer["error"]["code"] == -32602


async def test_a_slow_punie_server_holds_up_nobody(workspace: Path) -> None:
    async with start(environ={"FAKE_ACTION_SECONDS": "6"}) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        report = await client.pull(uri)
        await ready(client)
        await warm(client, uri, 9, of(report, "unresolved-reference"))
        await ready(client)
        began = time.perf_counter()
        # Asked by the editor itself. A person who asks in the first seconds after the start is waited for longer.
        actions = await client.code_actions(uri, 9, of(report, "unresolved-reference"), triggerKind=2)

        assert time.perf_counter() - began < 4.0
        assert any(title_of(action).startswith("Ignore") for action in actions)
        assert "Fix with Punie" not in [action["title"] for action in actions]


async def test_the_real_punie_server_offers_its_fix(workspace: Path) -> None:
    async with start(server=REAL_SERVER) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        report = await client.pull(uri)
        # A request that only the punie server answers, so that it is there for the next one.
        await client.request("workspace/executeCommand", {"command": "punie.fix", "arguments": []})
        fixes: list[Json] = []
        while not fixes:  # a busy machine may be late at first
            actions = await client.code_actions(uri, 5, of(report, "invalid-explicit-return"))
            fixes = [action for action in actions if action["title"].startswith("Fix with Punie")]

        [fix] = fixes
        assert fix["data"]["punie_relay"]["child"] == "punie"


async def test_commands_go_by_their_names(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        client.answers["workspace/applyEdit"] = lambda _: {"result": {"applied": True}}
        offered = client.capabilities["executeCommandProvider"]["commands"]
        punies = await client.result("workspace/executeCommand", {"command": "punie.fix", "arguments": ["x"]})
        await client.result(
            "workspace/executeCommand", {"command": "ruff.applyAutofix", "arguments": [{"uri": uri, "version": 1}]}
        )
        debug = await client.result("workspace/executeCommand", {"command": "ty.printDebugInformation"})

        assert {"punie.fix", "ty.printDebugInformation", "ruff.applyFormat"} <= set(offered)
        assert punies == {"command": "punie.fix", "arguments": ["x"]}
        assert "workspace/applyEdit" in [request["method"] for request in client.requests]
        assert isinstance(debug, str)


async def test_ruff_formats(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "ugly.py", "x=  1\n")
        options = {"tabSize": 4, "insertSpaces": True}
        edits = await client.result("textDocument/formatting", {"textDocument": {"uri": uri}, "options": options})

        assert client.capabilities["documentFormattingProvider"]
        assert client.capabilities["documentRangeFormattingProvider"]
        assert edits[0]["newText"].strip() in ("x = 1", "= 1", "=", "")


async def test_the_punie_server_reaches_the_editors_own_ty(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py", "unsaved: int = 1\n")
        hover = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
        for arguments, expected in (
            ({"server": "ty", "method": "textDocument/hover", "params": hover}, "result"),
            ({"server": "ty", "method": "no/such", "params": {}}, "error"),
            ({"server": "nobody", "method": "x", "params": {}}, "error"),
            ({}, "error"),
        ):
            params = {"command": "punie.fix", "arguments": ["ask", "punie/lsp", arguments]}
            answer = await client.result("workspace/executeCommand", params)
            assert list(answer) == [expected], answer
            if expected == "result":
                assert "Literal[1]" in str(answer)

        assert "punie/lsp" not in [request["method"] for request in client.requests]
