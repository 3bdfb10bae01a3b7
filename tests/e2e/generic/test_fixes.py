"""A fix is right in any editor: with CRLF, and with characters before it that each encoding counts otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.commands.conftest import put
from tests.e2e.conftest import make_project
from tests.e2e.editor import start_editor
from tests.e2e.generic.conftest import ENCODINGS, Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINT = 'x = "🚀"\r\nprint("🚀 世界 👩‍🚀", f"done", x)  # 🚀\r\ny = 1\r\n'
LINT_FIXED = LINT.replace('f"done"', '"done"')
NAME = 'from shop import price\r\n\r\n# 🚀\r\nprint("🚀 世界 👩‍🚀", prise("a"), price)  # 🚀\r\n'
NAME_FIXED = NAME.replace("prise", "price")
SEVERAL = 'import os\r\nimport json\r\n\r\nz = "👩‍🚀", f"a"\r\nprint("🚀", f"b", z)\r\n'
SEVERAL_FIXED = 'z = "👩‍🚀", "a"\r\nprint("🚀", "b", z)\r\n'


async def test_positions_are_counted_as_the_client_does(client: Client) -> None:
    assert client.editor.encoding == ENCODINGS[client.name]


@pytest.mark.parametrize(
    ("code", "where", "text", "fixed"),
    [("F541", 'f"done"', LINT, LINT_FIXED), ("unresolved-reference", "prise", NAME, NAME_FIXED)],
    ids=["ruff", "ty"],
)
async def test_a_fix_from_the_range_alone(client: Client, code: str, where: str, text: str, fixed: str) -> None:
    editor = client.editor
    uri = put(editor, f"{code.replace('-', '_')}.py", text)
    await editor.problem(uri, code)

    # Many clients send no diagnostics with the request.
    action = await editor.offered(uri, editor.span(uri, where))
    await editor.choose(action)

    assert editor.text(uri) == fixed
    await editor.gone(uri, code)


async def test_a_fix_at_the_cursor(client: Client) -> None:
    editor = client.editor
    uri = put(editor, "cursor.py", LINT)
    problem = await editor.problem(uri, "F541")
    assert problem.range == editor.span(uri, 'f"done"')

    await editor.choose(await editor.offered(uri, types.Range(problem.range.start, problem.range.start)))

    assert editor.text(uri) == LINT_FIXED


async def test_a_stale_action_changes_nothing(client: Client) -> None:
    editor = client.editor
    uri = put(editor, "stale.py", LINT)
    action = await editor.offer(uri, "F541")
    typed = f"# 🚀 typed\r\n{LINT}"
    editor.change(uri, typed)

    with pytest.raises(JsonRpcException, match="The document changed since the fix was offered"):
        await editor.choose(action)

    assert editor.text(uri) == typed


async def test_a_whole_file(client: Client) -> None:
    editor = client.editor
    uri = put(editor, "whole.py", SEVERAL)
    await editor.problem(uri, "F401")

    outcome = await editor.run("punie.fixFile", {"uri": uri, "apply": True})

    assert outcome.applied, outcome.message
    assert editor.text(uri).lstrip("\r\n") == SEVERAL_FIXED
    assert (await editor.run("punie.undo", {"uri": uri})).applied
    assert editor.text(uri) == SEVERAL


async def test_an_answer_to_read(client: Client) -> None:
    editor = client.editor
    put(editor, "asked.py", LINT)

    outcome = await editor.run("punie.ask", {"prompt": "Who uses price?"})

    assert "shop.py" in outcome.answer
    if client.name == "bare":
        said = await editor.said("The whole answer: ")
        assert Path(said.partition("The whole answer: ")[2]).read_text(encoding="utf-8") == outcome.page


# What a client must have announced before it is asked for it.
ANNOUNCED = {
    "workspace/applyEdit": "workspace.apply_edit",
    "workspace/configuration": "workspace.configuration",
    "client/registerCapability": "workspace.did_change_watched_files.dynamic_registration",
    "window/workDoneProgress/create": "window.work_done_progress",
    "window/showDocument": "window.show_document.support",
    "workspace/codeLens/refresh": "workspace.code_lens.refresh_support",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refresh_support",
    "workspace/inlayHint/refresh": "workspace.inlay_hint.refresh_support",
    "workspace/semanticTokens/refresh": "workspace.semantic_tokens.refresh_support",
}


async def test_nothing_is_asked_that_the_client_does_not_know(client: Client) -> None:
    editor = client.editor
    uri = put(editor, "last.py", LINT)
    await editor.choose(await editor.offer(uri, "F541"))
    assert (await editor.run("punie.fixFile", {"uri": put(editor, "one_more.py", SEVERAL), "apply": True})).applied

    assert "workspace/applyEdit" in client.requests
    for method in set(client.requests) - {"window/showMessageRequest"}:
        value: object = editor.capabilities
        for name in ANNOUNCED[method].split("."):
            value = getattr(value, name, None)
        assert value, method
    if client.name == "bare":
        assert all(e.document_changes is None and e.change_annotations is None for e in editor.applied)
        assert (editor.progress_reports, editor.shown_documents) == ({}, [])


async def test_a_fix_that_the_client_cannot_apply(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    async with start_editor(root, types.ClientCapabilities(), asks=False) as editor:
        uri = put(editor, "app.py", LINT)
        await editor.problem(uri, "F541")

        outcome = await editor.run("punie.fixFile", {"uri": uri, "apply": True})

        assert not outcome.applied
        assert "this editor takes no edits from a server" in outcome.message
        said = await editor.said("The whole answer: ")
        assert '+print("🚀 世界 👩‍🚀", "done", x)' in Path(said.partition("The whole answer: ")[2]).read_text()
        assert editor.text(uri) == LINT
