"""Tests run after a yes; failures are diagnostics until their text changes or they pass."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psutil
import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import TESTS, clean, put
from tests.e2e.editor import Editor, plain, until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFUSED = "No test was run: running tests executes the project's code, and that was not allowed."
ID = "test_shop.py::TestShop::test_of_none"


@pytest_asyncio.fixture(loop_scope="module")
async def failing(editor: Editor, tests: str) -> str:
    """The document of tests, with its two failures shown."""
    editor.answers.append("Allow")
    await editor.run("punie.runTests", {"uri": tests})
    await shown(editor, tests, ["test_of_many", "test_of_none"])
    clean(editor)
    return tests


async def shown(editor: Editor, uri: str, names: list[str]) -> list[types.Diagnostic]:
    """The failures that are shown, once they are those of `names`."""
    found: list[types.Diagnostic] = []

    async def arrived() -> bool:
        found[:] = [d for d in editor.diagnostics.get(uri, ()) if d.source == "Punie"]
        return sorted(d.message.partition(" ")[0] for d in found) == names

    await until_true(arrived, lambda: f"the failures are {found}")
    return found


async def test_a_question_comes_first(editor: Editor, tests: str) -> None:
    editor.answers.append("Reject")

    outcome = await editor.run("punie.runTests", {"uri": tests})

    assert outcome.message == REFUSED
    (question,) = editor.questions
    assert question.type == types.MessageType.Warning
    assert "pytest -- test_shop.py" in question.message


async def test_failures_are_diagnostics(editor: Editor, tests: str) -> None:
    editor.answers.append("Allow")

    outcome = await editor.run("punie.runTests", {"uri": tests})

    assert outcome.message == "1 passed, 2 failed. First: test_shop.py::test_of_many."
    many, none = await shown(editor, tests, ["test_of_many", "test_of_none"])
    assert many.code == "test-failure"
    assert many.range == editor.span(tests, 'assert total(["a", "b"]) == 3')
    assert many.message.startswith("test_of_many failed: ")
    assert none.range == editor.span(tests, "assert price(None) == 0")
    assert none.related_information is not None
    (raised,) = none.related_information
    assert raised.location.uri.endswith("/shop.py")
    assert raised.location.range.start == types.Position(1, 4)
    assert "total([" in outcome.page


async def test_typing_drops_them(editor: Editor, failing: str) -> None:
    editor.change(failing, f"# a line more\n{TESTS}")

    await shown(editor, failing, [])


async def test_typing_in_the_code_that_raised_drops_its_failure(editor: Editor, failing: str, shop: str) -> None:
    before = editor.text(shop)

    editor.change(shop, f"{before}\n\nmore = 1\n")

    await shown(editor, failing, ["test_of_many"])
    editor.change(shop, before)


async def test_a_test_that_passes_again_is_cleared(editor: Editor, failing: str) -> None:
    right = TESTS.replace("== 3", "== 2")
    editor.change(failing, right)
    editor.answers.append("Allow")

    outcome = await editor.run("punie.runTests", {"uri": failing})

    assert outcome.message.startswith("2 passed, 1 failed.")
    await shown(editor, failing, ["test_of_none"])


async def test_one_test_leaves_the_others_as_they_are(editor: Editor, failing: str) -> None:
    editor.answers.append("Allow")

    outcome = await editor.run("punie.runTests", {"uri": failing, "testId": ID})

    assert outcome.message == f"1 failed. First: {ID}."
    await shown(editor, failing, ["test_of_many", "test_of_none"])


async def test_unsaved_texts_are_tested(editor: Editor, failing: str, shop: str) -> None:
    before = editor.text(shop)
    editor.change(shop, before.replace("len(name)", "len(name or '')"))
    editor.answers.append("Allow")

    outcome = await editor.run("punie.runTests", {"uri": failing, "testId": ID})

    assert outcome.message == "1 passed."
    editor.change(shop, before)


async def test_a_yes_for_the_session_is_remembered(editor: Editor, tests: str) -> None:
    editor.answers.append("Allow in this session")
    await editor.run("punie.runTests", {"uri": tests})

    await editor.run("punie.runTests", {"path": "test_shop.py"})

    assert len(editor.questions) == 1


async def test_stopping_ends_pytest(editor: Editor) -> None:
    uri = put(editor, "test_slow.py", "import time\n\n\ndef test_slow():\n    time.sleep(600)\n")
    editor.answers.append("Allow")
    task = asyncio.create_task(editor.run("punie.runTests", {"uri": uri}))

    async def running() -> bool:
        return any("test_slow.py" in line for line in command_lines(editor))

    await until_true(running, lambda: "pytest does not run")
    outcome = await editor.run("punie.stop")

    assert outcome.message == "Stopped: Run test_slow.py."
    with pytest.raises(JsonRpcException):
        await task

    async def gone() -> bool:
        return not await running()

    await until_true(gone, lambda: "pytest runs on")
    put(editor, "test_slow.py", "x = 1\n")


def command_lines(editor: Editor) -> list[str]:
    """Those of all processes of the server."""
    found = []
    for process in editor.processes(recursive=True):
        with suppress(psutil.Error):
            found.append(" ".join(process.cmdline()))
    return found


async def test_a_fix_is_offered_at_the_failure(editor: Editor, failing: str) -> None:
    found: list[types.CodeAction | types.Command] = []

    async def arrived() -> bool:
        offered = await editor.actions(failing, editor.span(failing, "price(None)"))
        found[:] = [action for action in offered if action.title == "Fix with Punie: test_of_none"]
        return bool(found)

    await until_true(arrived, lambda: "the failing test is not offered to be fixed")
    (action,) = found
    assert isinstance(action, types.CodeAction)
    assert action.command is not None
    assert action.command.command == "punie.fix"
    assert action.command.arguments is not None
    assert plain(action.command.arguments[0])["testId"] == ID


async def test_lenses_run_and_fix(editor: Editor, failing: str) -> None:
    lenses = await editor.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(failing)))

    told = [(lens.range.start.line, lens.command.title, lens.command.command) for lens in lenses or () if lens.command]
    assert told == [
        (0, "▶ Run all tests", "punie.runTests"),
        (3, "▶ Run test", "punie.runTests"),
        (7, "▶ Run test", "punie.runTests"),
        (7, "Fix", "punie.fix"),
        (11, "▶ Run tests", "punie.runTests"),
        (12, "▶ Run test", "punie.runTests"),
        (12, "Fix", "punie.fix"),
    ]


async def test_a_file_that_is_no_test_has_no_lenses(editor: Editor, shop: str) -> None:
    lenses = await editor.text_document_code_lens_async(types.CodeLensParams(types.TextDocumentIdentifier(shop)))

    assert not lenses


async def test_no_tests_is_no_success(editor: Editor) -> None:
    uri = put(editor, "test_empty.py", "x = 1\n")
    editor.answers.append("Allow")

    outcome = await editor.run("punie.runTests", {"uri": uri})

    assert outcome.message == "No test ran. Not all is known: pytest found no tests."
