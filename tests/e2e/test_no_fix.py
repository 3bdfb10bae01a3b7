"""Problems that cannot be fixed well: no edit, and a message that says what was tried."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor

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


async def resolve(editor: Editor, uri: str, code: str) -> types.CodeAction:
    editor.messages.clear()
    action = await editor.offer(uri, code)
    assert isinstance(action, types.CodeAction)
    return await editor.code_action_resolve_async(action)


async def test_without_a_candidate(editor: Editor) -> None:
    uri = uri_of(editor, "typo.py")

    action = await resolve(editor, uri, "unresolved-reference")

    assert action.edit is None
    assert action.command is None
    message = await editor.said("Punie")
    assert message == "Punie: Neither ruff nor ty has a fix for unresolved-reference."
    assert editor.buffers[uri].version == 1


async def test_a_fix_that_breaks_another_file_is_not_offered(editor: Editor) -> None:
    uri = uri_of(editor, "lib.py")

    action = await resolve(editor, uri, "F401")

    assert action.edit is None
    message = await editor.said("Punie")
    assert message.startswith("Punie: No fix for F401 holds: “Remove unused import: `json`” would cause")
    assert "in line 1 of app.py" in message
    assert editor.buffers[uri].version == 1


async def test_a_suppression_is_no_fix(editor: Editor) -> None:
    uri = uri_of(editor, "ignored.py")

    action = await resolve(editor, uri, "invalid-argument-type")

    assert action.edit is None


async def test_a_command_says_so_too(editor: Editor) -> None:
    uri = uri_of(editor, "typo.py")
    action = await editor.offer(uri, "unresolved-reference")
    assert isinstance(action, types.CodeAction)
    data = action.data
    assert isinstance(data, dict)
    editor.messages.clear()

    answer = await editor.execute("punie.fix", data["punie_relay"]["data"])

    assert answer["applied"] is False
    assert "Neither ruff nor ty has a fix" in answer["message"]
    await editor.said(answer["message"])
    assert editor.applied == []


async def test_the_files_on_disk_are_untouched(editor: Editor) -> None:
    root = Path(uri_of(editor, "lib.py").removeprefix("file://")).parent

    assert (root / "lib.py").read_text() == "import json\n\n\ndef use() -> int:\n    return 1\n"
