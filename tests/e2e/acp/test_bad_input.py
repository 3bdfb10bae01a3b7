"""Whatever a client sends, it gets a clear error, and the connection and all sessions live on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acp.client import RpcError, start_agent
from tests.e2e.acp.conftest import Desk
from tests.e2e.conftest import make_project
from tests.model_server import say

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"nonsense\n", -32700),
        (b'{"jsonrpc": "2.0", "id": 1\n', -32700),
        (b'"\xff\xfe"\n', -32700),
        (b"[" * 100_000 + b"\n", -32700),
        (b"[]\n", -32600),
        (b"17\n", -32600),
        (b"null\n", -32600),
        (b'{"jsonrpc": "2.0"}\n', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "session/list"}\n', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "session/list"}\n', -32600),
        (b'{"jsonrpc": "2.0", "id": 7, "method": 3}\n', -32600),
        (b"x" * (65 << 20) + b"\n", -32600),
    ],
    ids=["text", "cut", "bytes", "deep", "list", "number", "null", "nothing", "id", "bool id", "method", "endless"],
)
async def test_what_is_no_message(desk: Desk, line: bytes, code: int) -> None:
    desk.client.write(line)

    error = await desk.client.until(lambda: [m["error"] for m in desk.client.messages if "error" in m])

    assert error[0]["code"] == code
    assert error[0]["message"]
    assert await desk.client.call("session/list", {"cwd": str(desk.root)})


async def test_empty_lines_are_nothing(desk: Desk) -> None:
    desk.client.write(b"\n\r\n  \n")
    assert await desk.client.call("session/list", {"cwd": str(desk.root)})
    assert len(desk.client.messages) == 1


@pytest.mark.parametrize(
    ("method", "params", "code", "said"),
    [
        ("session/new", {"cwd": "relative", "mcpServers": []}, -32602, "no absolute path"),
        ("session/new", {"cwd": "/no/such/folder", "mcpServers": []}, -32602, "is no folder"),
        ("session/new", {"cwd": "/etc/passwd", "mcpServers": []}, -32602, "is no folder"),
        ("session/new", {"cwd": "/a\0b", "mcpServers": []}, -32602, "no absolute path"),
        ("session/new", {"cwd": 3}, -32602, "Invalid params"),
        ("session/new", {}, -32602, "Invalid params"),
        ("session/load", {"sessionId": "nonsense", "cwd": "{root}", "mcpServers": []}, -32002, "no session nonsense"),
        ("session/resume", {"sessionId": "nonsense", "cwd": "{root}"}, -32002, "no session nonsense"),
        ("session/prompt", {"sessionId": "nonsense", "prompt": []}, -32002, "no open session"),
        ("session/close", {"sessionId": "nonsense"}, -32002, "no open session"),
        ("session/set_mode", {"sessionId": "nonsense", "modeId": "ask"}, -32002, "no open session"),
        ("session/delete", {}, -32602, "Invalid params"),
        ("session/list", {"cwd": "/a\0b"}, -32602, "no absolute path"),
        ("session/fork", {"sessionId": "nonsense", "cwd": "{root}"}, -32601, "Method not found"),
        ("authenticate", {"methodId": "nonsense"}, -32602, "none is needed"),
        ("no/such/method", {}, -32601, "Method not found"),
        ("_punie/nonsense", {}, -32601, "Method not found"),
    ],
)
async def test_a_wrong_request(desk: Desk, method: str, params: dict[str, Any], code: int, said: str) -> None:
    given = json.loads(json.dumps(params).replace("{root}", str(desk.root)))

    with pytest.raises(RpcError, match=said) as error:
        await desk.client.call(method, given)

    assert error.value.code == code


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "audio", "data": "", "mimeType": "audio/wav"}, "takes no audio"),
        ({"type": "image", "data": "no base64!", "mimeType": "image/png"}, "no base64"),
        ({"type": "image", "data": "", "mimeType": "text/html"}, "cannot be of type"),
        ({"type": "text", "text": "  \n"}, "empty"),
    ],
)
async def test_a_wrong_prompt(desk: Desk, block: dict[str, Any], said: str) -> None:
    session = await desk.new()
    with pytest.raises(RpcError, match=said):
        await desk.client.prompt(session, block)
    desk.model.add(say("Fine."))
    assert await desk.client.prompt(session, "How are you?") == "end_turn"


async def test_another_version_of_the_protocol(desk: Desk) -> None:
    for version in (0, 2, 999):
        async with start_agent() as client:
            answer = await client.call("initialize", {"protocolVersion": version, "clientCapabilities": None})
            assert answer["protocolVersion"] == 1


async def test_meta_is_no_parameter(desk: Desk) -> None:
    """The SDK takes the keys of `_meta` for parameters; a client's own must not reach the agent as such."""
    meta = {"cwd": "/", "request_id": "mine", "session_id": "nonsense", "self": 1}
    answer = await desk.client.call("session/new", {"cwd": str(desk.root), "mcpServers": [], "_meta": meta})
    desk.model.add(say("Fine."))
    params = {"sessionId": answer["sessionId"], "prompt": [{"type": "text", "text": "Hi"}], "_meta": meta}
    assert (await desk.client.call("session/prompt", params))["stopReason"] == "end_turn"


async def test_a_folder_that_vanished(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    session = await desk.client.new(make_project(folder))
    shutil.rmtree(folder)

    with pytest.raises(RpcError, match="is gone"):
        await desk.client.prompt(session, "find references to price")

    with pytest.raises(RpcError, match="is no folder"):
        await desk.client.new(folder)


async def test_paths_outside_the_project_are_only_words(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("I see."))
    link = {"type": "resource_link", "uri": "file:///etc/passwd", "name": "passwd"}

    await desk.client.prompt(session, "Look at ", link)

    assert desk.model.chats[0].last == "Look at file:///etc/passwd"
    assert all(params["path"].startswith(str(desk.root)) for params in desk.client.asked("fs/read_text_file"))


async def test_half_an_emoji(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("Fine."))

    assert await desk.client.prompt(session, "Hi \ud83d there") == "end_turn"

    assert desk.model.chats[0].last == "Hi \ufffd there"


async def test_a_client_that_reads_nothing_of_files(desk: Desk) -> None:
    """`fs/read_text_file` may fail, answer nonsense, or never answer."""
    session = await desk.new()
    for answer in (None, lambda _: {"content": 3}, lambda _: []):
        if answer:
            desk.client.answers["fs/read_text_file"] = answer
        else:
            desk.client.answers.pop("fs/read_text_file")
        desk.model.add(say("Fine."))
        link = {"type": "resource_link", "uri": (desk.root / "shop.py").as_uri(), "name": "shop.py"}
        assert await desk.client.prompt(session, link) == "end_turn"
