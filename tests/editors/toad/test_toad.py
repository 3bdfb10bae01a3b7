"""Punie's agent in Toad: slash commands, tool calls, the diff that is asked about, cancelling."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e.ask.conftest import assert_gone, family
from tests.e2e.editor import PUNIE_LS
from tests.editors.programs import skipped_without
from tests.editors.toad.driver import EDIT, Toad
from tests.model_server import ModelServer, call, say

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(skipped_without("tmux"), reason="needs tmux"),
]

ENDLESS = say("on and on ", endless=True, pause=0.05)


def test_a_slash_command_and_a_question_to_the_planner(toad: Toad, model: ModelServer) -> None:
    toad.command("usa", "/usages Find every use of a symbol", "price")

    toad.until(lambda: toad.stop_reasons() == ["end_turn"], "the end of the turn")
    toad.terminal.wait("🔧 Find the references of price ✔")
    toad.terminal.wait('app.py:4 x = price("👩‍🚀")')
    toad.terminal.wait("shop.py:6 return sum(price(name) for name in names)")

    toad.prompt("find references to total")

    toad.until(lambda: toad.stop_reasons() == ["end_turn"] * 2, "the end of the turn")
    toad.terminal.wait("🔧 Find the references of total ✔")
    titles = [update["title"] for update in toad.updates("tool_call")]
    assert [title for title in titles if title.startswith("Find")] == [
        "Find the references of price",
        "Find the references of total",
    ]
    assert model.chats == []


def test_the_plan_of_work_on_several_files(toad: Toad, app: Path) -> None:
    (toad.root / "cart.py").write_text("import os\n\nprint('cart')\n")
    toad.prompt("fix all problems in the project")

    toad.terminal.wait("Approval request")
    plans = [[(e["content"], e["status"]) for e in plan["entries"]] for plan in toad.updates("plan")]
    assert plans == [
        [("Fix app.py", "in_progress"), ("Fix cart.py", "pending")],
        [("Fix app.py", "completed"), ("Fix cart.py", "in_progress")],
        [("Fix app.py", "completed"), ("Fix cart.py", "completed")],
    ]
    toad.terminal.keys("a")
    toad.until(toad.stop_reasons, "the end of the turn")
    assert (toad.root / "cart.py").read_text() == "\nprint('cart')\n"
    for step in ("Fix app.py", "Fix cart.py"):
        toad.terminal.wait(step)


def test_an_edit_that_is_allowed(toad: Toad, model: ModelServer, app: Path) -> None:
    before = app.read_bytes()
    after = before.replace(b'f"done"', b'"done"')
    ask_for_an_edit(toad, model)
    assert app.read_bytes() == before

    toad.terminal.keys("a")

    toad.until(toad.stop_reasons, "the end of the turn")
    assert app.read_bytes() == after
    # The model's call of the tool, and the edit that was asked about.
    toad.until(lambda: toad.terminal.text().count("🔧 Edit app.py ✔") == 2, "both edits to be done")
    (asked,) = toad.received("session/request_permission")
    shown = asked["toolCall"]["content"]
    assert shown == [{"type": "diff", "path": str(app), "oldText": before.decode(), "newText": after.decode()}]

    subprocess.run([str(PUNIE_LS), "undo"], cwd=toad.root, env=toad.environ, capture_output=True, check=True)
    assert app.read_bytes() == before


def test_an_edit_that_is_rejected(toad: Toad, model: ModelServer, app: Path) -> None:
    before = app.read_bytes()
    ask_for_an_edit(toad, model)

    toad.terminal.keys("r")

    toad.until(toad.stop_reasons, "the end of the turn")
    toad.terminal.wait("🔧 Edit app.py ▌failed▐")
    (asked,) = toad.received("session/request_permission")
    key = asked["toolCall"]["toolCallId"]
    news = [update for update in toad.updates("tool_call_update") if update["toolCallId"] == key]
    assert [(update["status"], update["rawOutput"]["message"]) for update in news] == [
        ("failed", "Rejected. Nothing was written.")
    ]
    assert toad.stop_reasons() == ["end_turn"]
    assert app.read_bytes() == before


def test_cancelling_an_answer(toad: Toad, model: ModelServer) -> None:
    model.add(ENDLESS)
    toad.prompt("Tell me a story")
    toad.terminal.wait("on and on")

    toad.terminal.keys("Escape")
    toad.terminal.wait("again to cancel agent's turn")
    toad.terminal.keys("Escape")

    toad.terminal.wait("Turn cancelled")
    toad.until(toad.stop_reasons, "the end of the turn")
    assert toad.stop_reasons() == ["cancelled"]
    assert len(toad.sent("session/cancel")) == 1
    toad.until(lambda: model.chats[0].left, "the model to be let go")

    model.add(say("The frog lived happily ever after."))
    toad.prompt("How does it end?")
    toad.terminal.wait("happily ever after")

    processes = family(toad.terminal.process)
    toad.terminal.end()
    assert_gone(processes)


def ask_for_an_edit(toad: Toad, model: ModelServer) -> None:
    """Until the question is on the screen, with both texts side by side."""
    model.add(call("run_code", code=EDIT), say("The prefix is gone."))
    toad.prompt("Make the greeting plain")
    toad.terminal.wait("Approval request")
    toad.terminal.wait("a Apply")
    toad.terminal.wait("r Reject")
    toad.until(lambda: side_by_side(toad.terminal.text()), "both texts in one row")


def side_by_side(screen: str) -> bool:
    """Whether the changed line is shown as it is, and to the right of it as it becomes."""
    before, after = 'print("🚀 世界", f"done")', 'print("🚀 世界", "done")'
    return any(-1 < row.find(before) < row.find(after) for row in screen.splitlines())
