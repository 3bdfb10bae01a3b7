"""Questions with buttons of the client's own: permissions and edits, hunk by hunk; and a client that fails at it."""

from __future__ import annotations

from typing import Any

import pytest
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from tests.e2e.commands.conftest import APP, put
from tests.e2e.editor import until_true
from tests.e2e.events.conftest import Chat
from tests.e2e.events.plugin import NEVER, Json
from tests.e2e.events.test_events import asking
from tests.model_server import call, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUN = call("run_code", code="run_command(['git', '--version']).exit_code")
EDIT = call("run_code", code="edit_file('app.py', 'f\"done\"', '\"done\"')\nverify_edits(0).state")
EDITED = APP.replace('f"done"', '"done"')
PROMPT = {"prompt": "Go", "session": "new"}


async def test_a_permission(chat: Chat, app: str) -> None:
    chat.model.add(RUN, say("It runs."))
    chat.plugin.replies.append({"choice": "allow_once"})

    await chat.editor.run("punie.ask", PROMPT)

    (question,) = chat.plugin.asked
    requested = await chat.plugin.until("permission_requested")
    assert question["kind"] == "permission"
    assert (question["uri"], question["session"]) == (requested["uri"], requested["session"])
    assert {name: question[name] for name in ("id", "title", "detail")} == {
        name: requested["event"][name] for name in ("id", "title", "detail")
    }
    assert "git --version" in question["detail"]
    assert [choice["id"] for choice in question["choices"]] == requested["event"]["choices"]
    assert question["choices"][0] == {"id": "allow_once", "label": "Allow"}
    assert (await chat.plugin.until("permission_answered"))["event"]["allowed"]
    assert '"result":0' in chat.model.chats[-1].last.replace(" ", "")
    assert chat.editor.questions == []


@pytest.mark.parametrize(
    "reply",
    [{"choice": "reject_once"}, None, {"choice": "nonsense"}, {"choice": 1}, {}, "allow_once", ["allow_once"]],
    ids=str,
)
async def test_anything_else_is_a_no(chat: Chat, app: str, reply: Any) -> None:
    chat.model.add(RUN, say("I may not."))
    chat.plugin.replies.append(reply)

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert outcome.message == "I may not."
    assert "was not run: nobody allowed it" in chat.model.chats[-1].last
    assert not (await chat.plugin.until("permission_answered"))["event"]["allowed"]
    assert chat.editor.questions == []


async def test_a_client_that_fails_is_asked_as_others_are(chat: Chat, app: str) -> None:
    chat.model.add(RUN, EDIT, say("Done."))
    chat.plugin.replies += [JsonRpcInternalError("no view"), JsonRpcInternalError("no view")]
    chat.editor.answers += ["Allow", "Apply"]

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert outcome.applied
    assert chat.editor.text(app) == EDITED
    assert len(chat.plugin.asked) == len(chat.editor.questions) == 2


async def test_a_client_that_never_answers(chat: Chat, app: str) -> None:
    chat.model.add(RUN, say("Never."))
    chat.plugin.replies.append(NEVER)
    task = asking(chat.editor, PROMPT)
    question = await chat.plugin.question()

    await chat.editor.run("punie.stop", {"session": question["session"]})

    with pytest.raises(JsonRpcException):
        await task

    async def withdrawn() -> bool:
        return chat.plugin.withdrawn == [question]

    await until_true(withdrawn, lambda: "the question is still open")
    assert (await chat.plugin.until("done"))["event"]["reason"] == "cancelled"


async def test_an_edit_question_that_is_never_answered(chat: Chat, app: str) -> None:
    chat.model.add(EDIT, say("Done."))
    chat.plugin.replies.append(NEVER)
    task = asking(chat.editor, PROMPT)
    await chat.plugin.question()
    # The turn is over, and all of it was told before the question.
    assert chat.plugin.types()[-1] == "done"

    await chat.editor.run("punie.stop")

    with pytest.raises(JsonRpcException):
        await task
    assert chat.editor.text(app) == APP


async def test_an_edit(chat: Chat, app: str) -> None:
    chat.model.add(EDIT, say("Done."))
    chat.plugin.replies += [{"choice": "show"}, {"choice": "apply"}]

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert outcome.applied
    assert chat.editor.text(app) == EDITED
    first, second = chat.plugin.asked
    assert (first["kind"], first["title"], first["session"]) == ("edit", "Ask Punie", chat.plugin.told[0]["session"])
    assert first["detail"].startswith("app.py (+1 -1). Re-checked by ty and ruff")
    assert [choice["id"] for choice in first["choices"]] == ["apply", "show", "reject"]
    assert [choice["id"] for choice in second["choices"]] == ["apply", "reject"]
    proposed = (await chat.plugin.until("edit_proposed"))["event"]["files"]
    assert first["files"] == [{"uri": app, "diff": proposed[0]["diff"]}]
    assert chat.editor.shown_documents
    assert chat.editor.questions == []


@pytest.mark.parametrize("reply", [{"choice": "reject"}, None, {"choice": "Apply"}], ids=str)
async def test_an_edit_that_is_not_wanted(chat: Chat, app: str, reply: Any) -> None:
    chat.model.add(EDIT, say("Done."))
    chat.plugin.replies.append(reply)

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert not outcome.applied
    assert chat.editor.text(app) == APP


LONG = "".join(f"a{n} = {n}  # 🚀\r\n" for n in range(30))
TWO = call(
    "run_code",
    code="edit_file('long.py', 'a2 = 2 ', 'a2 = 22 ')\nedit_file('long.py', 'a20 = 20 ', 'a20 = 2020 ')\n"
    "edit_file('app.py', 'f\"done\"', '\"done\"')",
)


async def test_some_hunks(chat: Chat, app: str) -> None:
    long = put(chat.editor, "long.py", LONG)
    chat.model.add(TWO, say("Done."))
    chat.plugin.replies.append({"choice": "apply", "hunks": {long: [1], app: []}})

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert outcome.applied
    assert chat.editor.text(long) == LONG.replace("a20 = 20 ", "a20 = 2020 ")
    assert chat.editor.text(app) == APP
    undone = await chat.editor.run("punie.undo")
    assert undone.applied
    assert chat.editor.text(long) == LONG


async def test_hunks_that_do_not_hold_alone(chat: Chat, app: str) -> None:
    shop = put(chat.editor, "till.py", "def cost() -> int:\r\n    return 1\r\n")
    user = put(chat.editor, "user.py", "from till import cost\r\n\r\nprint(cost())\r\n")
    code = (
        "edit_file('till.py', 'cost', 'fee')\n"
        "edit_file('user.py', 'import cost', 'import fee')\nedit_file('user.py', 'print(cost', 'print(fee')"
    )
    chat.model.add(call("run_code", code=code), say("Done."))
    chat.plugin.replies.append({"choice": "apply", "hunks": {user: []}})

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert not outcome.applied
    assert "These hunks alone do not re-check clean, so nothing was applied" in outcome.message
    assert "def cost" in chat.editor.text(shop)
    assert "cost" in chat.editor.text(user)


@pytest.mark.parametrize(
    "hunks",
    [["app.py"], {"file:///other.py": [0]}, "all", {"APP": [1]}, {"APP": [-1]}, {"APP": ["0"]}, 0],
    ids=str,
)
async def test_hunks_that_were_not_offered(chat: Chat, app: str, hunks: Any) -> None:
    if isinstance(hunks, dict):
        hunks = {app if uri == "APP" else uri: numbers for uri, numbers in hunks.items()}
    chat.model.add(EDIT, say("Done."))
    chat.plugin.replies.append({"choice": "apply", "hunks": hunks})

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert not outcome.applied
    assert "so nothing was applied" in outcome.message
    assert chat.editor.text(app) == APP


async def test_typing_while_the_hunks_are_chosen(chat: Chat, app: str) -> None:
    long = put(chat.editor, "long.py", LONG)
    chat.model.add(TWO, say("Done."))

    def choose() -> Json:
        chat.editor.change(long, f"# typed\r\n{LONG}")
        return {"choice": "apply", "hunks": {long: [0]}}

    chat.plugin.replies.append(choose)

    outcome = await chat.editor.run("punie.ask", PROMPT)

    assert not outcome.applied
    assert "long.py changed meanwhile, so nothing was applied. Ask again." in outcome.message
    assert chat.editor.text(long) == f"# typed\r\n{LONG}"


async def test_tests_in_no_conversation(chat: Chat, app: str) -> None:
    tests = put(chat.editor, "test_one.py", "def test_one() -> None:\n    assert sum([1, 2]) == 3\n")
    chat.plugin.replies.append({"choice": "allow_once"})

    outcome = await chat.editor.run("punie.runTests", {"uri": tests})

    assert outcome.message == "1 passed."
    (question,) = chat.plugin.asked
    assert (question["kind"], question["session"]) == ("permission", "")
    assert chat.plugin.told == []


async def test_what_was_chosen_stays_chosen(chat: Chat, app: str) -> None:
    chat.model.add(EDIT, say("Done."))

    outcome = await chat.editor.run("punie.ask", {**PROMPT, "apply": True})

    assert outcome.applied
    assert chat.plugin.asked == []
