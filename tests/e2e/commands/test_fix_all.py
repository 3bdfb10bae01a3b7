"""All problems of a file or of the workspace: one question, one edit; cancelling keeps what is done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from tests.e2e.commands.conftest import APP
from tests.e2e.editor import Editor, start_editor, until_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIXED = '\r\nfrom shop import price\r\n\r\nprint("🚀 世界", "done")\r\nx = price("👩‍🚀")\r\n'


async def test_a_file_after_a_yes(editor: Editor, app: str) -> None:
    editor.answers.append("Apply")

    outcome = await editor.run("punie.fixFile", {"uri": app})

    assert outcome.applied
    assert outcome.message == "2 problems fixed in 1 file. Applied."
    assert editor.text(app) == FIXED
    (question,) = editor.questions
    assert question.message == (
        "Punie: Fix app.py with Punie: app.py (+1 -2). 2 problems can be fixed in 1 file. "
        "Re-checked by ty and ruff: nothing new is reported."
    )
    assert [action.title for action in question.actions or ()] == ["Apply", "Show diff", "Reject"]
    assert len(editor.applied) == 1


async def test_the_diff_is_shown_before_the_yes(editor: Editor, app: str) -> None:
    editor.answers += ["Show diff", "Apply"]

    outcome = await editor.run("punie.fixFile", {"uri": app})

    assert outcome.applied
    assert editor.text(app) == FIXED
    (shown,) = editor.shown_documents
    assert "+++ b/app.py" in Path(shown.uri.removeprefix("file://")).read_text()
    assert [a.title for a in editor.questions[1].actions or ()] == ["Apply", "Reject"]


@pytest.mark.parametrize("answer", ["Reject", None])
async def test_a_no_changes_nothing(editor: Editor, app: str, answer: str | None) -> None:
    editor.answers.append(answer)

    outcome = await editor.run("punie.fixFile", {"uri": app})

    assert not outcome.applied
    assert outcome.message == "2 problems can be fixed in 1 file. Rejected; nothing was changed."
    assert editor.text(app) == APP


async def test_typing_while_the_question_is_open(editor: Editor, app: str) -> None:
    editor.answers.append("Apply")
    editor.answering.clear()
    task = asyncio.create_task(editor.run("punie.fixFile", {"uri": app}))
    await editor.asked("Fix app.py with Punie")

    editor.change(app, f"# typed\r\n{APP}")
    editor.answering.set()
    outcome = await task

    assert not outcome.applied
    assert "app.py changed meanwhile, so nothing was applied. Ask again." in outcome.message
    assert editor.text(app) == f"# typed\r\n{APP}"


async def test_a_closed_file_that_changes_while_the_question_is_open(editor: Editor, app: str) -> None:
    assert editor.root is not None
    other = editor.root / "other.py"
    other.write_text('print(f"x")\n')
    editor.change(app, "x = 1\r\n")
    editor.answers.append("Apply")
    editor.answering.clear()
    task = asyncio.create_task(editor.run("punie.fixWorkspace"))
    await editor.asked("other.py")

    other.write_text('# mine\nprint(f"x")\n')
    editor.answering.set()
    outcome = await task
    other.unlink()

    assert not outcome.applied
    assert "other.py changed meanwhile" in outcome.message


async def test_only_some_codes(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.fixFile", {"uri": app, "select": ["F541"], "apply": True})

    assert outcome.applied
    assert editor.questions == []
    assert editor.text(app) == APP.replace('f"done"', '"done"')


async def test_the_workspace_counts_its_files(editor: Editor, app: str) -> None:
    outcome = await editor.run("punie.fixWorkspace", {"apply": True})

    assert outcome.applied
    assert editor.text(app) == FIXED
    (reports,) = editor.progress_reports.values()
    begin, *between, end = reports
    assert isinstance(begin, types.WorkDoneProgressBegin)
    assert begin.percentage == 0
    # Files that others import come first, and are told as checked before they are told as being fixed.
    said = [r.message or "" for r in between if isinstance(r, types.WorkDoneProgressReport)]
    assert said[0].startswith("Checking 1/2 shop.py")
    assert isinstance(end, types.WorkDoneProgressEnd)


async def test_nothing_to_fix(editor: Editor, app: str) -> None:
    editor.change(app, "x = 1\r\n")

    outcome = await editor.run("punie.fixFile")

    assert not outcome.applied
    assert outcome.message == "0 problems fixed."
    assert editor.questions == []


async def test_what_cannot_be_fixed_is_said(editor: Editor, app: str) -> None:
    editor.change(app, "nowhere()\r\n")

    outcome = await editor.run("punie.fixFile", {"uri": app})

    assert outcome.message.startswith("0 problems fixed; 2 left (the first in app.py: ")


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize("how", ["button", "request", "stop"])
async def test_a_cancelled_run_keeps_what_is_re_checked(project: Path, how: str) -> None:
    many = "".join(f"print(missing_{n}_of_many)\n" for n in range(400))
    (project / "a.py").write_text('print(f"a")\n')
    (project / "b.py").write_text(many)
    async with start_editor(project) as editor:
        first = editor.open(project / "a.py")
        second = editor.open(project / "b.py")
        editor.answers.append("Apply")
        params = types.ExecuteCommandParams("punie.fixWorkspace", [])
        request = editor.protocol.send_request_async(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id="all")
        task = asyncio.create_task(request)

        async def at_the_second() -> bool:
            said = [getattr(r, "message", "") or "" for rs in editor.progress_reports.values() for r in rs]
            return any(text.startswith("2/3 b.py") for text in said)

        await until_true(at_the_second, lambda: f"the progress is {editor.progress_reports}")
        (token,) = editor.progress_reports
        match how:
            case "button":
                editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
            case "request":
                editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("all"))
            case _:
                await editor.run("punie.stop")
        await editor.asked("stopped after 1 of 3 files")
        await asyncio.wait({task})

        assert editor.text(first) == 'print("a")\n'
        assert editor.text(second) == many
