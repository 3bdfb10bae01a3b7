"""Sessions are kept: listed, loaded with all that was said, resumed, closed, deleted, and shared with the editor."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from punie_agent.store import SessionStore
from tests.e2e.acp.client import AcpClient, RpcError, start_agent
from tests.e2e.acp.conftest import Desk
from tests.e2e.conftest import make_project
from tests.e2e.editor import start_editor
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = "print('out 🚀')\nread_file('shop.py').text"


async def listed(client: AcpClient, root: Path) -> list[str]:
    answer = await client.call("session/list", {"cwd": str(root)})
    return [session["sessionId"] for session in answer["sessions"]]


async def test_a_session_is_loaded_by_another_process(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(call("run_code", code=CODE), say("It is a shop 🏪.", thinking="What is it?"))
    await desk.client.prompt(session, "What is shop.py?\r\nTell me.")

    async with start_agent() as other:
        await other.initialize()
        answer = await other.call("session/load", {"sessionId": session, "cwd": str(desk.root), "mcpServers": []})
        await other.until(lambda: other.of_kind("available_commands_update"))

    assert answer["modes"]["currentModeId"] == "edit"
    assert other.updates[0]["sessionUpdate"] == "user_message_chunk"
    assert other.of_kind("user_message_chunk")[0]["content"]["text"] == "What is shop.py?\r\nTell me."
    assert other.text == "It is a shop 🏪."
    assert "".join(u["content"]["text"] for u in other.of_kind("agent_thought_chunk")) == "What is it?"
    program = next(u for u in other.of_kind("tool_call") if u["title"] == "Run a program")
    ends = [u for u in other.of_kind("tool_call_update") if u["toolCallId"] == program["toolCallId"]]
    assert ends[-1]["status"] == "completed"
    assert "out 🚀" in ends[-1]["content"][1]["content"]["text"]
    answered = next(index for index, m in enumerate(other.messages) if m.get("result") == answer)
    before = {m["params"]["update"]["sessionUpdate"] for m in other.messages[:answered] if "params" in m}
    assert before == {
        "user_message_chunk",
        "agent_message_chunk",
        "agent_thought_chunk",
        "tool_call",
        "tool_call_update",
    }


async def test_a_loaded_session_goes_on(desk: Desk, tmp_path: Path) -> None:
    session = await desk.new()
    desk.model.add(say("My name is Ada."))
    await desk.client.prompt(session, "What is your name?")
    settings = tmp_path / "punie.toml"
    settings.write_text(f'model = "{desk.model.spec}"\n')
    desk.model.add(say("Ada, I said."))

    async with start_agent(environ={"PUNIE_CONFIG_FILE": str(settings)}) as other:
        await other.initialize()
        await other.call("session/resume", {"sessionId": session, "cwd": str(desk.root)})
        assert other.of_kind("user_message_chunk") == []
        assert await other.prompt(session, "Again?") == "end_turn"

    texts = [m["content"] for m in desk.model.chats[-1].body["messages"]]
    assert any("What is your name?" in str(text) for text in texts)
    assert any("My name is Ada." in str(text) for text in texts)

    # And back again: the session went on elsewhere, so it is loaded again.
    desk.model.add(say("Still Ada."))
    desk.client.clear()
    await desk.client.call("session/load", {"sessionId": session, "cwd": str(desk.root), "mcpServers": []})
    assert len(desk.client.of_kind("user_message_chunk")) == 2
    assert await desk.client.prompt(session, "And now?") == "end_turn"


async def test_a_session_that_went_on_elsewhere_must_be_loaded_again(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("One."))
    await desk.client.prompt(session, "1")
    async with start_agent() as other:
        await other.initialize()
        await other.call("session/resume", {"sessionId": session, "cwd": str(desk.root)})
        assert await other.prompt(session, "hello") == "end_turn"

    with pytest.raises(RpcError, match="went on"):
        await desk.client.prompt(session, "2")


async def test_a_conversation_of_the_editor_is_continued(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    root = make_project(folder)
    async with start_editor(root, environ={"PUNIE_STORE": os.environ["PUNIE_STORE"]}) as editor:
        await editor.run("punie.ask", {"prompt": "find references to price", "session": "new"})
    async with start_agent() as client:
        await client.initialize()
        (session,) = await listed(client, root)
        await client.call("session/load", {"sessionId": session, "cwd": str(root), "mcpServers": []})
        assert "`price` is used in 1 place" in client.text
        assert await client.prompt(session, "what does price do?") == "end_turn"


async def test_lists_are_paged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_STORE", str(tmp_path / "punie.db"))
    store = SessionStore()
    made = []
    for number in range(52):
        made.append(session := await store.create(tmp_path, f"Number {number} 🚀"))
        turn = await store.begin_turn(session, "Hi")
        await store.end_turn(session, turn, "end_turn")
    await store.create(tmp_path, "Nothing was said in this one")
    await store.close()
    async with start_agent() as client:
        await client.initialize()

        first = await client.call("session/list", {})
        second = await client.call("session/list", {"cursor": first["nextCursor"]})

        assert [s["sessionId"] for s in [*first["sessions"], *second["sessions"]]] == made[::-1]
        assert "nextCursor" not in second
        newest = first["sessions"][0]
        assert (newest["cwd"], newest["title"]) == (str(tmp_path), "Number 51 🚀")
        assert datetime.fromisoformat(newest["updatedAt"]).tzinfo is not None
        with pytest.raises(RpcError, match="cursor"):
            await client.call("session/list", {"cursor": "nonsense"})
        with pytest.raises(RpcError, match="absolute"):
            await client.call("session/list", {"cwd": "relative"})


async def test_a_closed_session_is_kept(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("Hello."))
    await desk.client.prompt(session, "Hi")

    assert await desk.client.call("session/close", {"sessionId": session}) == {}

    with pytest.raises(RpcError, match="no open session"):
        await desk.client.prompt(session, "Hi")
    assert session in await listed(desk.client, desk.root)


async def test_a_deleted_session_is_gone(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("Hello."))
    await desk.client.prompt(session, "Hi")

    assert await desk.client.call("session/delete", {"sessionId": session}) == {}
    assert await desk.client.call("session/delete", {"sessionId": session}) == {}

    assert session not in await listed(desk.client, desk.root)
    with pytest.raises(RpcError) as error:
        await desk.client.call("session/load", {"sessionId": session, "cwd": str(desk.root), "mcpServers": []})
    assert error.value.code == -32002


async def test_a_session_belongs_to_its_folder(desk: Desk, tmp_path: Path) -> None:
    session = await desk.new()
    desk.model.add(say("Hello."))
    await desk.client.prompt(session, "Hi")

    with pytest.raises(RpcError, match="belongs to") as error:
        await desk.client.call("session/load", {"sessionId": session, "cwd": str(tmp_path), "mcpServers": []})

    assert error.value.code == -32602


async def test_the_clients_spelling_of_a_folder_is_kept(desk: Desk, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(desk.root)
    session = await desk.client.new(link)
    desk.model.add(call("run_code", code="read_file('shop.py').text"), say("Read."))
    desk.client.clear()

    await desk.client.prompt(session, {"type": "resource_link", "uri": (link / "shop.py").as_uri(), "name": "shop.py"})

    places = [u["locations"][0]["path"] for u in desk.client.of_kind("tool_call") if u.get("locations")]
    assert places == [os.fspath(link / "shop.py")]
    assert "The open file is shop.py." in desk.model.chats[0].last
