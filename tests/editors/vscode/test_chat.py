"""The chat view with a scripted model: streaming, permissions, edits, stop, and nothing that a model writes is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.editors.vscode.chat import Chat
from tests.editors.vscode.conftest import shots
from tests.editors.vscode.window import Window, wait_until
from tests.editors.vscode.workbench import CodeServer
from tests.model_server import ModelServer, call, say

GIT = call("run_code", code="run_command(['git', '--version']).exit_code")
HOSTILE = """\
# A <b>heading</b>

<img src=x onerror="document.title='taken'"> and [a link](javascript:alert(1)), **bold**, `code <i>`.

- one
- two <script>document.title='taken'</script>

| a | b |
|---|---|
| 1 | <u>2</u> |

```python
print("<&>")
```
"""


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def chat(workbench: CodeServer, page: Page, project: Path, model: ModelServer) -> Chat:
    (project / ".vscode").mkdir()
    (project / ".vscode/settings.json").write_text(json.dumps({"punie.model": model.spec}))
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    window.file("shop.py", 5, 5)
    window.ready()
    return Chat(window)


def test_an_answer_is_text_whatever_the_model_writes(chat: Chat, model: ModelServer) -> None:
    model.add(say(HOSTILE, thinking="Hm, <b>let me see</b>."))

    chat.ask("Tell me")

    answer = chat.turn("Tell me").locator(".answer")
    expect(answer.get_by_role("heading", name="A <b>heading</b>")).to_be_visible()
    expect(answer.get_by_role("cell", name="<u>2</u>")).to_be_visible()
    expect(answer.locator("pre code")).to_have_text('print("<&>")')
    expect(answer.locator("strong")).to_have_text("bold")
    expect(answer.get_by_text("[a link](javascript:alert(1))")).to_be_visible()
    assert answer.locator("img, script, b, u, i, a").count() == 0
    expect(chat.turn("Tell me").get_by_text("Thoughts")).to_be_visible()
    assert "taken" not in chat.window.page.title()
    # The answer is here; no document opens beside the code.
    assert chat.window.page.locator(".tab").count() == 1


def test_the_answer_grows_while_it_is_written_and_can_be_stopped(chat: Chat, model: ModelServer) -> None:
    model.add(say("One two three four five six. And so it goes on, number by number. " * 3, size=15, hold=5))

    chat.ask("Count")

    expect(chat.turn("Count").locator(".answer")).to_contain_text("One")
    expect(chat.turn("Count").get_by_role("status")).to_be_visible()
    chat.window.shot("vscode-working")
    chat.button("Stop").click()
    expect(chat.turn("Count").get_by_text("Stopped")).to_be_visible()
    expect(chat.button("Stop")).to_be_hidden()
    chat.window.shot("vscode-stopped")
    model.add(say("Here I am."))
    chat.ask("Still there?")
    expect(chat.turn("Still there?").locator(".answer")).to_have_text("Here I am.")


def test_a_permission_is_asked_and_answered_by_keyboard(chat: Chat, model: ModelServer) -> None:
    model.add(GIT, say("It is there."))

    chat.ask("Is there a git?")

    question = chat.question()
    expect(question).to_contain_text("git --version")
    expect(question.get_by_role("button")).to_have_text(
        ["Allow", "Allow in this session", "Always allow in this project", "Reject", "Reject in this session"]
    )
    chat.window.shot("vscode-permission")
    # An Enter too many must not be a yes: the question has the focus, the button is a few keys further.
    expect(question).to_be_focused()
    chat.window.page.keyboard.press("Enter")
    expect(question).to_be_visible()
    allow = question.get_by_role("button", name="Allow", exact=True)
    while not allow.evaluate("button => button === document.activeElement"):
        chat.window.page.keyboard.press("Tab")
    chat.window.page.keyboard.press("Enter")
    turn = chat.turn("Is there a git?")
    expect(turn.locator(".answer")).to_have_text("It is there.")
    expect(chat.question()).to_have_count(0)
    step = turn.locator("details.step").first
    assert step.get_attribute("open") is None
    step.locator("summary").first.click()
    expect(step).to_contain_text("run_command")
    chat.window.shot("vscode-tools")


def test_a_rejected_permission_reaches_the_model(chat: Chat, model: ModelServer) -> None:
    model.add(GIT, say("I may not."))

    chat.ask("Which git?")
    chat.question().get_by_role("button", name="Reject", exact=True).click()

    expect(chat.turn("Which git?").locator(".answer")).to_have_text("I may not.")
    assert "nobody allowed it" in model.chats[-1].last


def test_an_edit_is_looked_at_in_the_diff_editor_and_applied(chat: Chat, model: ModelServer) -> None:
    code = "rename_symbol('cost', 'price', 'shop.py').files"
    model.add(call("run_code", code=code), say("Renamed."))

    chat.ask("Call it cost")

    question = chat.question()
    question.get_by_role("button", name="Apply", exact=True).wait_for()
    chat.window.shot("vscode-edit")
    question.get_by_role("button", name="Open Diff").first.click()
    chat.window.page.locator(".tab.active", has_text="as proposed by Punie").wait_for()
    chat.window.page.locator(".monaco-diff-editor .view-line", has_text="cost").first.wait_for()
    chat.window.shot("vscode-diff")
    question.get_by_role("button", name="Apply", exact=True).click()
    expect(chat.question()).to_have_count(0)
    chat.window.page.locator(".tab", has_text="shop.py").first.click()
    chat.window.shows("def cost(name: str) -> int:")


def test_sessions_models_and_a_new_session(chat: Chat, model: ModelServer) -> None:
    model.add(say("First answer."), say("Second answer."))
    chat.ask("First")
    expect(chat.turn("First").locator(".answer")).to_have_text("First answer.")

    chat.window.command("Punie: New Session")
    expect(chat.log.get_by_role("article")).to_have_count(0)
    chat.ask("Second")
    expect(chat.turn("Second").locator(".answer")).to_have_text("Second answer.")
    chat.window.command("Punie: Sessions…")
    chat.window.rows("First").first.wait_for()
    chat.window.shot("vscode-sessions")
    chat.window.choose("First")
    chat.window.choose("Go On")
    expect(chat.turn("First").locator(".answer")).to_have_text("First answer.")
    expect(chat.turn("Second")).to_have_count(0)

    chat.frame.get_by_title("Select the model that answers").click()
    chat.window.rows("builtin").first.wait_for()
    chat.window.shot("vscode-models")
    chat.window.choose("builtin")
    expect(chat.frame.get_by_title("Select the model that answers")).to_have_text("builtin ▾")
    chat.window.status("builtin").wait_for()


def test_the_server_is_killed_in_the_middle_of_an_answer(
    chat: Chat, workbench: CodeServer, model: ModelServer, page: Page
) -> None:
    page.keyboard.press("Control+1")
    expect(page.locator(".monaco-editor.focused")).to_be_visible()  # a key that comes earlier goes to the chat
    page.keyboard.type("# unsaved 🚀 ")
    model.add(say("The beginning of an answer. " * 10, size=15, hold=5))
    chat.ask("Tell me")
    expect(chat.turn("Tell me").locator(".answer")).to_contain_text("The beginning")
    before = workbench.servers_of(chat.window.folder)

    for server in before:
        server.kill()

    wait_until(lambda: not any(server.is_running() for server in before), "it is not dead")
    expect(chat.turn("Tell me").get_by_text("The server ended")).to_be_visible()
    chat.window.ready()
    chat.window.shot("vscode-killed")
    model.release()
    model.add(say("Here I am."))
    chat.ask("Still there?")
    expect(chat.turn("Still there?").locator(".answer")).to_have_text("Here I am.")
    assert len(workbench.servers_of(chat.window.folder)) == 1
    assert "# unsaved 🚀" in chat.window.text()
