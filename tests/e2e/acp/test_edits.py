"""What becomes of verified edits: shown, asked about, written; nothing unsaved is written over."""

from __future__ import annotations

import pytest

from tests.e2e.acp.client import Handler, choose
from tests.e2e.acp.conftest import EDIT, EDITED, Desk
from tests.e2e.commands.conftest import APP
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKED = "session/request_permission"
NEW = '"""🚀."""\n'
CREATE = f"write_file('new.py', {NEW!r})\nverify_edits(0).state"


async def edited(desk: Desk, session: str, code: str = EDIT) -> str:
    desk.model.add(call("run_code", code=code), say("Done."))
    return await desk.client.prompt(session, "Take the f away")


def outcome(desk: Desk) -> dict:
    """The last news of the edit."""
    (start,) = [u for u in desk.client.of_kind("tool_call") if u["kind"] == "edit" and u["status"] == "pending"]
    news = [u for u in desk.client.of_kind("tool_call_update") if u["toolCallId"] == start["toolCallId"]]
    return news[-1]


async def test_an_allowed_edit_is_written(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow")

    assert await edited(desk, session) == "end_turn"

    assert desk.read("app.py") == EDITED
    (asked,) = desk.client.asked(ASKED)
    path = str(desk.root / "app.py")
    assert asked["toolCall"]["kind"] == "edit"
    assert asked["toolCall"]["locations"] == [{"path": path}]
    assert asked["toolCall"]["content"] == [{"type": "diff", "path": path, "oldText": APP, "newText": EDITED}]
    assert [option["kind"] for option in asked["options"]] == ["allow_once", "allow_always", "reject_once"]
    assert outcome(desk)["status"] == "completed"


@pytest.mark.parametrize(
    "answer", [choose("reject"), lambda _: {"outcome": {"outcome": "cancelled"}}, None, choose("x")]
)
async def test_anything_else_writes_nothing(desk: Desk, answer: Handler | None) -> None:
    session = await desk.new()
    if answer:
        desk.client.answers[ASKED] = answer

    assert await edited(desk, session) == "end_turn"

    assert desk.read("app.py") == APP
    assert outcome(desk)["status"] == "failed"


async def test_in_mode_ask_edits_are_shown(desk: Desk) -> None:
    session = await desk.new()
    await desk.client.call("session/set_mode", {"sessionId": session, "modeId": "ask"})

    await edited(desk, session)

    assert desk.read("app.py") == APP
    assert desk.client.asked(ASKED) == []
    (shown,) = [u for u in desk.client.of_kind("tool_call") if u.get("content", [{}])[0].get("type") == "diff"]
    assert shown["title"] == "Proposed, not written: app.py"
    assert "nothing was written" in desk.client.text


async def test_in_mode_auto_nobody_is_asked(desk: Desk) -> None:
    session = await desk.new()
    await desk.client.call("session/set_config_option", {"sessionId": session, "configId": "mode", "value": "auto"})
    await desk.client.until(lambda: desk.client.of_kind("current_mode_update"))

    await edited(desk, session)

    assert desk.read("app.py") == EDITED
    assert desk.client.asked(ASKED) == []


async def test_allowing_all_is_mode_auto(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow_all")

    await edited(desk, session)
    desk.put("app.py", APP)
    await edited(desk, session)

    assert desk.read("app.py") == EDITED
    assert len(desk.client.asked(ASKED)) == 1
    assert desk.client.of_kind("current_mode_update")[0]["currentModeId"] == "auto"
    options = desk.client.of_kind("config_option_update")[-1]
    assert options["configOptions"][0]["currentValue"] == "auto"


async def test_a_new_file_has_no_old_text(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow")
    (desk.root / "new.py").unlink(missing_ok=True)

    await edited(desk, session, CREATE)

    assert desk.read("new.py") == NEW
    (content,) = desk.client.asked(ASKED)[0]["toolCall"]["content"]
    assert content == {"type": "diff", "path": str(desk.root / "new.py"), "newText": NEW}
    (desk.root / "new.py").unlink()


async def test_unsaved_changes_are_not_written_over(desk: Desk) -> None:
    session = await desk.new()
    desk.buffers[str(desk.root / "app.py")] = APP.replace("world", "unsaved") + "unsaved = 1\n"

    await edited(desk, session)

    assert desk.read("app.py") == APP
    assert desk.client.asked(ASKED) == []
    assert "app.py has unsaved changes in your editor. Save it and ask again." in desk.client.text
    assert outcome(desk)["status"] == "failed"


async def test_changes_typed_while_the_user_decides_are_not_written_over(desk: Desk) -> None:
    session = await desk.new()

    def allow(params: dict) -> dict:
        desk.buffers[str(desk.root / "app.py")] = "typed = 1\n"
        return choose("allow")(params)

    desk.client.answers[ASKED] = allow

    await edited(desk, session)

    assert desk.read("app.py") == APP
    assert "unsaved changes" in desk.client.text


async def test_a_file_that_changed_on_disk_is_not_written_over(desk: Desk) -> None:
    session = await desk.new()

    def allow(params: dict) -> dict:
        desk.put("app.py", "changed = 1\n")
        return choose("allow")(params)

    desk.client.answers[ASKED] = allow

    await edited(desk, session)

    assert desk.read("app.py") == "changed = 1\n"
    assert outcome(desk)["status"] == "failed"


async def test_a_turn_sees_unsaved_texts_of_mentioned_files(desk: Desk) -> None:
    session = await desk.new()
    path = desk.root / "shop.py"
    desk.buffers[str(path)] = "def unsaved_name() -> int:\n    return 1\n"
    desk.model.add(call("run_code", code="read_file('shop.py').text"), say("Read."))

    await desk.client.prompt(session, "Look at ", {"type": "resource_link", "uri": path.as_uri(), "name": "shop.py"})

    assert "unsaved_name" in desk.model.chats[-1].last
    assert "Look at shop.py" in desk.model.chats[0].last


async def test_a_saved_text_is_written(desk: Desk) -> None:
    """An edit of an unsaved text is one of the file once the user has saved it."""
    session = await desk.new()
    path = desk.root / "app.py"
    desk.buffers[str(path)] = APP.replace("\r\n", "\n") + "saved = 1\n"
    desk.model.add(call("run_code", code=EDIT), say("Done."))
    original = desk.read_text

    def save_at_the_second_look(params: dict) -> dict:
        answer = original(params)
        path.write_bytes((APP + "saved = 1\r\n").encode())
        return answer

    desk.client.answers["fs/read_text_file"] = save_at_the_second_look
    desk.client.answers[ASKED] = choose("allow")

    await desk.client.prompt(session, "Edit ", {"type": "resource_link", "uri": path.as_uri(), "name": "app.py"})

    assert desk.read("app.py") == EDITED + "saved = 1\r\n"


async def test_an_edit_is_taken_back(desk: Desk) -> None:
    session = await desk.new()
    desk.client.answers[ASKED] = choose("allow")
    await edited(desk, session)
    desk.client.answers["elicitation/create"] = lambda params: {
        "action": "accept",
        "content": {"choice": params["requestedSchema"]["properties"]["choice"]["oneOf"][0]["const"]},
    }

    assert await desk.client.prompt(session, "/undo") == "end_turn"

    assert desk.read("app.py") == APP
    assert "done (`app.py`)" in desk.client.text
