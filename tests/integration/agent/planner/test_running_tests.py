"""Tests are run when asked for, their failures told with evidence, and fixed only where that is deterministic."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from punie_agent.models.builtin import BuiltinModel
from punie_agent.requests import TaskRequest
from punie_agent.session import open_session
from punie_semantic.workspace import Workspace
from tests.integration.agent.planner.conftest import Reply, Shop, note
from tests.integration.semantic.projects import write_project

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROKEN = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "shop.py": "def where() -> str:\n    return str(Path('x'))\n",
    "tests/test_shop.py": "from shop import where\n\n\ndef test_where() -> None:\n    assert where() == 'x'\n",
}


async def test_the_tests_are_run(shop: Shop) -> None:
    reply = await shop.ask("run the tests")

    assert reply.text.startswith("The tests fail: 1 passed, 1 failed in ")
    assert "- `tests/test_cart.py::test_report` at `tests/test_cart.py:12`: `AssertionError: " in reply.text
    assert reply.tools == ["pytest_run"]


async def test_one_test_is_run_by_its_name(shop: Shop) -> None:
    assert (await shop.ask("run test_total")).text.startswith("The tests pass: 1 passed, 0 failed in ")


async def test_passed_and_failed_tests_are_counted(shop: Shop) -> None:
    assert (await shop.ask("Count passed and failed tests")).text.startswith(
        "1 passed, 1 failed.\n\n- `tests/test_cart"
    )


async def test_tests_are_listed(shop: Shop) -> None:
    reply = await shop.ask("list the tests in tests/")

    assert reply.text == (
        "There are 2 tests in `tests/`:\n\n- `tests/test_cart.py::test_total`\n- `tests/test_cart.py::test_report`"
    )


@pytest.mark.parametrize(
    "prompt", ["why does test_report fail?", "why does tests/test_cart.py::test_report fail?", "why do the tests fail?"]
)
async def test_why_a_test_fails(shop: Shop, prompt: str) -> None:
    reply = await shop.ask(prompt)

    assert reply.text.startswith("`tests/test_cart.py::test_report` fails at `tests/test_cart.py:12`.")
    assert '>       assert report(Cart()) == "none"' in reply.text
    assert (reply.errors, reply.proposed) == ([], {})


async def test_a_test_that_passes_does_not_fail(shop: Shop) -> None:
    assert (await shop.ask("why does test_total fail?")).text == "Nothing fails: 1 passed, 0 failed."


async def test_a_failure_that_needs_a_decision_is_told_and_nothing_is_edited(shop: Shop) -> None:
    request = TaskRequest("fix_test", "tests/test_cart.py::test_report", text="AssertionError")

    reply = await shop.ask(request.prompt())

    assert reply.text.startswith("`tests/test_cart.py::test_report` could not be fixed.")
    assert "No edit was found: none of " in reply.text
    assert "This failure needs a decision, yours or a model's." in reply.text
    assert reply.proposed == {}


async def ask_once(root: Path, prompt: str, *, trusted: bool) -> Reply:
    reply = Reply()
    async with (
        Workspace.open(root, trusted=trusted, interpreter=sys.prefix) as workspace,
        open_session(workspace, BuiltinModel()) as session,
    ):
        async for event in session.prompt(prompt):
            note(event, reply)
    return reply


async def test_a_failure_that_ty_can_fix_is_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = write_project(tmp_path / "project", BROKEN)

    reply = await ask_once(root, "fix the failing test", trusted=True)

    assert reply.text.startswith("`tests/test_shop.py::test_where` passes with these fixes:\n\n- ")
    assert list(reply.proposed) == ["shop.py"]
    assert "+from pathlib import Path" in reply.proposed["shop.py"]


WRONG = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    "shop.py": "COPIES = 10\n\n\ndef is_bulk(copies: int) -> bool:\n    return copies > COPIES\n",
    "tests/test_shop.py": (
        "from shop import is_bulk\n\n\ndef test_ten() -> None:\n    assert is_bulk(10)\n\n\n"
        "def test_nine() -> None:\n    assert not is_bulk(9)\n\n\ndef test_limit() -> None:\n    assert is_bulk(11)\n"
    ),
}


async def test_a_failure_that_one_edit_mends_is_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = write_project(tmp_path / "project", WRONG)

    reply = await ask_once(root, "fix the failing test", trusted=True)

    head, edit, why, *_ = reply.text.split("\n\n")
    assert head == "`tests/test_shop.py::test_ten` passes with this edit:"
    assert edit == "- shop.py: Change > to >= in line 5 of shop.py"
    assert why.startswith("Why this one: > becomes >=; tests/test_shop.py::test_ten passes with it; ")
    assert "3 affected tests pass." in reply.text
    assert "-    return copies > COPIES\n+    return copies >= COPIES\n" in reply.proposed["shop.py"]


async def test_tests_of_an_untrusted_project_are_not_run(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", BROKEN)

    ran = await ask_once(root, "run the tests", trusted=False)
    written = await ask_once(root, "write tests for shop.py", trusted=False)

    assert "not trusted" in ran.text
    assert "pass" not in ran.text
    assert "They were not run: " in written.text
    assert list(written.proposed) == ["tests/test_shop_smoke.py"]
