"""Documents of the scheme `punie:`: their content is Punie's, and ty and ruff never hear of them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults.editor import start as start_editor
from tests.integration.relay.client import PUNIE_LS, Client, Json, capabilities, start

URI = "punie:/answers/1.md"
CONTENT, REFRESH = "workspace/textDocumentContent", "workspace/textDocumentContent/refresh"
LENSES = {"textDocument": {"uri": URI}}
LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}}
CONTEXT = {"diagnostics": [], "only": ["quickfix"]}
POSITION = {**LENSES, "position": {"line": 0, "character": 0}}


def able() -> Json:
    editor = capabilities()
    editor["workspace"]["textDocumentContent"] = {}
    return editor


def tell(method: str, params: Json) -> Json:
    return {"command": "punie.fix", "arguments": ["ask", method, params]}


def show(client: Client) -> None:
    document = {"uri": URI, "languageId": "markdown", "version": 1, "text": "# Yes\n"}
    client.notify("textDocument/didOpen", {"textDocument": document})


async def test_their_content_is_asked_of_punie_even_while_it_starts(workspace: Path) -> None:
    async with start(environ={"FAKE_START_SECONDS": "0.5"}) as client:
        await client.initialize(workspace, capabilities=able())

        assert client.capabilities["workspace"]["textDocumentContent"] == {"schemes": ["punie"]}
        assert await client.result(CONTENT, {"uri": URI}) == {"text": f"# {URI}\n"}


async def test_content_of_other_schemes_is_for_ty_to_refuse(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=able())

        assert (await client.request(CONTENT, {"uri": "git:/answers/1.md"}))["error"]["code"] == -32601
        assert (await client.request(CONTENT, {}))["error"]["code"] == -32601


async def test_a_refresh_reaches_an_editor_that_shows_them(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=able())
        client.answers[REFRESH] = lambda message: {"result": None}

        assert await client.result("workspace/executeCommand", tell(REFRESH, {"uri": URI})) == {"result": None}
        assert await client.notified_request(REFRESH) == {"uri": URI}


async def test_an_editor_that_knows_nothing_of_them_is_left_alone(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        for method, params in ((REFRESH, {"uri": URI}), ("workspace/codeLens/refresh", {})):
            assert await client.result("workspace/executeCommand", tell(method, params)) == {"result": None}

        assert "textDocumentContent" not in client.capabilities["workspace"]
        assert not {REFRESH, "workspace/codeLens/refresh"} & {r["method"] for r in client.requests}


async def test_ty_and_ruff_never_hear_of_them(workspace: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    async with start_editor(workspace, command=(PUNIE_LS, "--trace", trace), capabilities=able()) as editor:
        uri = editor.new("name = 1\n")
        await editor.settled("workspace/executeCommand", {"command": "punie.fix"})
        show(editor)
        changed = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "# No\n"}]}
        editor.notify("textDocument/didChange", changed)
        editor.notify("textDocument/didSave", LENSES)

        assert await editor.result("textDocument/hover", POSITION) is None
        assert await editor.result("textDocument/formatting", {**LENSES, "options": {}}) is None
        assert await editor.pull(URI) == {"kind": "full", "items": []}
        assert len(await editor.result("textDocument/codeLens", LENSES)) == 3
        actions = await editor.result("textDocument/codeAction", {**LENSES, "range": LINE, "context": CONTEXT})
        assert [action["title"] for action in actions] == ["Fix with Punie", "run"]
        for name in ("ty", "ruff", "fake"):
            process = await editor.running(name)
            process.kill()
            await editor.running(name, but=process.pid)
        assert await editor.findings(uri) == set()
        await editor.settled("workspace/executeCommand", {"command": "punie.fix"})
        editor.notify("textDocument/didClose", LENSES)
        assert (await editor.request("textDocument/hover", POSITION))["error"]["code"] == -32602
        await editor.stop()

    entries = [json.loads(line) for line in trace.read_bytes().splitlines()]
    heard = [(e["to"], e["message"]) for e in entries if "message" in e and URI in json.dumps(e["message"])]
    told = [message["method"] for to, message in heard if to in ("ty", "ruff")]
    assert told == ["textDocument/hover"]
    texts = [m["params"]["textDocument"].get("text") for to, m in heard if to == "punie" and "didOpen" in m["method"]]
    assert texts == ["# Yes\n", "# No\n"]
