"""What a client is told while a turn runs: words, thoughts, programs and their calls, usage, the title."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.acp.client import RpcError, start_agent
from tests.e2e.acp.conftest import SHOP, Desk
from tests.model_server import ModelServer, call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "sk-ant-" + "aB3" * 20
MESSAGES = {"agent_message_chunk", "agent_thought_chunk"}


async def test_words_and_thoughts(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("Hello 🚀 世界.\r\nAll is well.", thinking="Let me see. ", size=3))

    await desk.client.prompt(session, "Hi")

    thoughts, words = desk.client.of_kind("agent_thought_chunk"), desk.client.of_kind("agent_message_chunk")
    assert "".join(u["content"]["text"] for u in thoughts) == "Let me see. "
    assert "".join(u["content"]["text"] for u in words) == "Hello 🚀 世界.\r\nAll is well."
    assert len(words) > 1
    assert len({u["messageId"] for u in words}) == 1
    assert {u["messageId"] for u in thoughts}.isdisjoint(u["messageId"] for u in words)


async def test_a_program_and_its_calls(desk: Desk) -> None:
    session = await desk.new()
    code = "print('one')\nread_file('shop.py', 1, 2)\nprint('two')"
    desk.model.add(call("run_code", code=code), say("Read."))

    await desk.client.prompt(session, "Read it")

    program, read = desk.client.of_kind("tool_call")
    assert (program["kind"], program["status"], program["rawInput"]) == ("execute", "in_progress", {"code": code})
    assert program["content"][0]["content"]["text"] == f"```python\n{code}\n```"
    assert (read["kind"], read["locations"]) == ("read", [{"path": str(desk.root / "shop.py"), "line": 1}])
    news = desk.client.of_kind("tool_call_update")
    assert [u["status"] for u in news if u["toolCallId"] == read["toolCallId"]] == ["completed"]
    last = [u for u in news if u["toolCallId"] == program["toolCallId"]][-1]
    assert last["status"] == "completed"
    assert last["content"][1]["content"]["text"] == "```text\none\ntwo\n```"


async def test_a_program_that_fails(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(call("run_code", code="read_file('missing.py')"), say("It is not there."))

    await desk.client.prompt(session, "Read it")

    program, read = desk.client.of_kind("tool_call")
    ends = {u["toolCallId"]: u for u in desk.client.of_kind("tool_call_update")}
    assert ends[program["toolCallId"]]["status"] == ends[read["toolCallId"]]["status"] == "failed"
    assert "missing.py" in ends[read["toolCallId"]]["content"][0]["content"]["text"]


async def test_edits_are_checked_in_view(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(call("run_code", code="edit_file('shop.py', 'len(name)', 'name')"), say("Edited."))

    await desk.client.prompt(session, "Break it")

    check = next(u for u in desk.client.of_kind("tool_call") if u["title"] == "Re-check shop.py with ty and ruff")
    end = [u for u in desk.client.of_kind("tool_call_update") if u["toolCallId"] == check["toolCallId"]][-1]
    assert end["status"] == "failed"
    assert "shop.py:2: invalid-explicit-return: " in end["content"][0]["content"]["text"]
    assert "dropped because they do not re-check clean" in desk.client.text
    assert desk.client.asked("session/request_permission") == []
    assert desk.read("shop.py") == SHOP


async def test_the_title_is_told_once(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("One."), say("Two."))

    await desk.client.prompt(session, "What is this?\nTell me.")
    await desk.client.prompt(session, "And that?")

    assert [update["title"] for update in desk.client.of_kind("session_info_update")] == ["What is this?"]


async def test_usage(tmp_path: Path) -> None:
    with ModelServer(say("Hi.", usage=(100, 20)), models=[{"id": "qwen3-8b", "max_model_len": 8192}]) as model:
        settings = tmp_path / "punie.toml"
        settings.write_text(f'model = "{model.spec}"\n')
        (tmp_path / "shop.py").write_text(SHOP)
        async with start_agent(environ={"PUNIE_CONFIG_FILE": str(settings)}) as client:
            await client.initialize()
            await client.prompt(await client.new(tmp_path), "Hi")

    usage = client.of_kind("usage_update")[-1]
    assert (usage["used"], usage["size"]) == (120, 8192)


async def test_secrets_are_shown_nowhere(desk: Desk) -> None:
    session = await desk.new()
    desk.put("secret.py", f'KEY = "{KEY}"\n')
    program = f"print('{KEY}')\nread_file('secret.py').text"
    desk.model.add(call("run_code", code=program), say(f"It is {KEY} indeed.", thinking=f"{KEY}?", size=5))

    await desk.client.prompt(session, f"Is it {KEY}?")

    seen = str(desk.client.messages)
    assert "aB3aB3" not in seen
    assert "It is [redacted:anthropic-key] indeed." in desk.client.text
    assert desk.client.of_kind("session_info_update")[0]["title"] == "Is it [redacted:anthropic-key]?"
    (desk.root / "secret.py").unlink()


async def test_a_model_that_fails(desk: Desk) -> None:
    session = await desk.new()
    desk.model.add(say("no such luck", status=400))

    with pytest.raises(RpcError, match="no such luck") as error:
        await desk.client.prompt(session, "Hi")

    assert error.value.code == -32603
    assert "**Failed:**" in desk.client.text
    desk.model.add(say("Now."))
    assert await desk.client.prompt(session, "And now?") == "end_turn"


async def test_a_budget_that_is_used_up(tmp_path: Path) -> None:
    with ModelServer(call("run_code", code="1"), call("run_code", code="2"), say("Never.")) as model:
        settings = tmp_path / "punie.toml"
        settings.write_text(f'model = "{model.spec}"\n[budget]\nrequests = 1\n')
        async with start_agent(environ={"PUNIE_CONFIG_FILE": str(settings)}) as client:
            await client.initialize()
            assert await client.prompt(await client.new(tmp_path), "Hi") == "max_turn_requests"
    assert "budget of 1 requests" in client.text
