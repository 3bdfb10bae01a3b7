"""An editor that can next to nothing gets the first sentence, and the path of the rest."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.commands.conftest import APP, clean
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path_factory.mktemp("minimal"))
    capabilities = types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(apply_edit=True))
    async with start_editor(root, capabilities, asks=False) as editor:
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(shared: Editor) -> Editor:
    clean(shared)
    return shared


async def test_an_answer(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.ask", {"prompt": "Who uses price?"})

    assert editor.shown_documents == []
    assert editor.progress_reports == {}
    said = await editor.said(outcome.message, "The whole answer: ")
    assert Path(said.partition("The whole answer: ")[2]).read_text() == outcome.page


async def test_edits_are_shown_but_not_applied(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.fixFile", {"uri": app})

    assert not outcome.applied
    assert outcome.message.endswith('Not applied: this editor cannot ask you. Call the command with "apply": true.')
    assert editor.text(app) == APP
    said = await editor.said("The whole answer: ")
    assert "+++ b/app.py" in Path(said.partition("The whole answer: ")[2]).read_text()


async def test_edits_are_applied_when_the_call_says_so(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.fixFile", {"uri": app, "apply": True})

    assert outcome.applied
    assert 'f"done"' not in editor.text(app)
    (edit,) = editor.applied
    assert edit.document_changes is None


async def test_files_that_it_cannot_create_are_written(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.runCode", {"code": "write_file('made.py', 'x = 1\\n')", "apply": True})

    assert outcome.applied
    assert outcome.message.endswith("Written to disk, because the editor cannot do that itself.")
    assert editor.root is not None
    assert (editor.root / "made.py").read_text() == "x = 1\n"


async def test_tests_do_not_run_without_a_yes(editor: Editor, tests: str) -> None:
    outcome = await editor.run("punie.runTests", {"uri": tests})

    assert outcome.message.startswith("No test was run: ")


async def test_models_are_listed(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.selectModel")

    assert outcome.message.startswith("The models here: builtin")


async def test_bare_commands_say_how_to_call_them(editor: Editor, app: str) -> None:
    for command in ("punie.status", "punie.stop", "punie.fixFile", "punie.undo", "punie.sessions", "punie.explain"):
        assert (await editor.run(command)).message
