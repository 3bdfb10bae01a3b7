"""Problems that cannot be fixed well: nothing is promised, and a greyed-out action says what was tried."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor
from tests.e2e.menus import AUTOMATIC, INVOKED, carried, looked, menu

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    root = make_project(tmp_path_factory.mktemp("unmendable"))
    (root / "lib.py").write_text("import json\n\n\ndef use() -> int:\n    return 1\n")
    (root / "app.py").write_text("from lib import json\n\nprint(json.dumps({}))\n")
    (root / "typo.py").write_text('print("🚀 世界", nowhere_defined)\n')
    (root / "ignored.py").write_text(
        'from shop import price\n\nprint(price("a", extra=1), price(2))  # ty: ignore[unknown-argument]\n'
    )
    async with start_editor(root) as editor:
        editor.open(root / "ignored.py")
        editor.open(root / "lib.py")
        editor.open(root / "typo.py")
        yield editor


def uri_of(editor: Editor, name: str) -> str:
    return next(uri for uri in editor.buffers if uri.endswith(f"/{name}"))


async def offers(
    editor: Editor, uri: str, code: str, trigger: types.CodeActionTriggerKind = INVOKED
) -> tuple[types.Diagnostic, list[types.CodeAction]]:
    """A problem, and its actions once the search is done."""
    editor.messages.clear()
    problem = await editor.problem(uri, code)
    await looked(editor, uri, problem.range, problem)
    return problem, await menu(editor, uri, problem.range, problem, trigger=trigger)


async def test_nothing_is_promised(editor: Editor) -> None:
    uri = uri_of(editor, "typo.py")

    _, (action,) = await offers(editor, uri, "unresolved-reference")

    assert action.disabled is not None
    assert action.disabled.reason.startswith(("No fix for unresolved-reference holds: ", "Punie knows no fix for "))
    assert action.command is None
    assert carried(action) == {}
    assert not action.is_preferred


async def test_nobody_who_did_not_ask_is_told(editor: Editor) -> None:
    uri = uri_of(editor, "typo.py")

    assert (await offers(editor, uri, "unresolved-reference", AUTOMATIC))[1] == []


async def test_a_fix_that_breaks_another_file_is_not_offered(editor: Editor) -> None:
    uri = uri_of(editor, "lib.py")

    _, found = await offers(editor, uri, "F401")

    assert all("Remove unused import" not in action.title for action in found)
    reasons = [action.disabled.reason for action in found if action.disabled]
    assert all("“Remove unused import: `json`” would cause" in reason for reason in reasons)
    assert all("in line 1 of app.py" in reason for reason in reasons)
    assert editor.buffers[uri].version == 1


async def test_a_suppression_is_no_fix(editor: Editor) -> None:
    uri = uri_of(editor, "ignored.py")

    _, found = await offers(editor, uri, "invalid-argument-type")

    assert all("ignore" not in action.title.lower() for action in found)


async def test_a_command_says_so(editor: Editor) -> None:
    uri = uri_of(editor, "typo.py")
    problem, _ = await offers(editor, uri, "unresolved-reference")
    span = {
        end: {"line": place.line, "character": place.character}
        for end, place in (("start", problem.range.start), ("end", problem.range.end))
    }
    given = {"tool": "ty", "code": problem.code, "message": problem.message, "range": span}

    answer = await editor.run("punie.fix", {"uri": uri, "version": 1, "problem": given})

    assert not answer.applied
    assert answer.message.startswith(("No fix for unresolved-reference holds: ", "Punie knows no fix for "))
    await editor.said(answer.message)
    assert editor.applied == []


async def test_the_files_on_disk_are_untouched(editor: Editor) -> None:
    root = Path(uri_of(editor, "lib.py").removeprefix("file://")).parent

    assert (root / "lib.py").read_text() == "import json\n\n\ndef use() -> int:\n    return 1\n"
