"""A cancel reaches whoever works on the request, in both directions; the request is answered once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.editor import start, stopped
from tests.integration.relay.client import Json

LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}}


def command(*arguments: object) -> Json:
    return {"command": "punie.fix", "arguments": list(arguments)}


async def test_each_server_hears_of_the_cancel(workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]) -> None:
    async with start(workspace) as editor:
        uri = editor.new("name = 1\n")
        await editor.settled("workspace/executeCommand", command("echo"))
        hung = [await stopped(await editor.running(name)) for name in ("ruff", "fake")]
        params = {"textDocument": {"uri": uri}, "range": LINE, "context": {"diagnostics": []}}
        asked = editor.start_request("textDocument/codeAction", params)
        editor.notify("$/cancelRequest", {"id": asked})
        answer = await editor.response(asked)
        for process in hung:
            process.resume()
        await editor.settled("workspace/executeCommand", command("echo"))
        await editor.settled("textDocument/codeAction", params)

        assert answer["error"]["code"] == -32800
        assert [r["id"] for r in editor.responses].count(asked) == 1
        heard = {m["method"]: m for m in fake_log() if m["method"] != "workspace/executeCommand"}
        [first, _] = [m["id"] for m in fake_log() if m["method"] == "textDocument/codeAction"]
        assert heard["$/cancelRequest"]["params"] == {"id": first}


async def test_a_server_withdraws_what_it_asked_the_editor(workspace: Path) -> None:
    async with start(workspace) as editor:
        editor.silent.add("window/showMessageRequest")
        question = command("withdraw", "window/showMessageRequest", {"type": 3, "message": "Well?"})
        identifier = editor.start_request("workspace/executeCommand", question)
        asked = await editor.asked("window/showMessageRequest")
        cancelled = await editor.notified("$/cancelRequest")
        error = {"code": -32800, "message": "cancelled"}
        editor.send({"jsonrpc": "2.0", "id": asked["id"], "error": error})

        assert cancelled == {"id": asked["id"]}
        assert (await editor.response(identifier))["result"] == {"error": error}


async def test_what_a_server_asks_and_what_it_is_asked_may_have_one_id(workspace: Path) -> None:
    """The stand-in asks under the very id of the editor's request."""
    async with start(workspace) as editor:
        applied = command("ask", "workspace/applyEdit", {"edit": {"changes": {}}})
        message = {"jsonrpc": "2.0", "id": "fake-1", "method": "workspace/executeCommand", "params": applied}
        editor.answers["workspace/applyEdit"] = lambda message: {"result": {"applied": True}}
        editor.send(message)

        assert (await editor.response("fake-1"))["result"] == {"result": {"applied": True}}
        assert (await editor.asked("workspace/applyEdit"))["id"] != "fake-1"
