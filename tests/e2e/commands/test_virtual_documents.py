"""A client that asks for contents gets answers as `punie:` documents, which nothing writes to disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from lsprotocol import types

from tests.e2e.conftest import Write
from tests.e2e.editor import start_editor, vscode


async def test_answers_are_asked_for(project: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = project.parent / "temporary"
    temporary.mkdir()
    capabilities = vscode()
    assert capabilities.workspace is not None
    capabilities.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    async with start_editor(project, capabilities, environ={"TMPDIR": str(temporary)}) as editor:
        editor.open(write("app.py", "x = 1\n"))

        first = await editor.run("punie.ask", {"prompt": "Who uses price?"})
        second = await editor.run("punie.ask", {"prompt": "Who uses total?"})

        assert first.document.startswith("punie:/Who-uses-price-")
        assert second.document == first.document
        assert [shown.uri for shown in editor.shown_documents] == [first.document, first.document]
        content = await editor.workspace_text_document_content_async(types.TextDocumentContentParams(first.document))
        assert "## 1. Who uses price?" in content.text
        assert "## 2. Who uses total?" in content.text
        unknown = await editor.workspace_text_document_content_async(types.TextDocumentContentParams("punie:/x.md"))
        assert unknown.text.startswith("This answer is gone")
        assert list(temporary.glob("punie-*")) == []


async def test_files_go_with_the_server(project: Path, write: Write) -> None:
    temporary = project.parent / "temporary"
    temporary.mkdir()
    async with start_editor(project, environ={"TMPDIR": str(temporary)}) as editor:
        editor.open(write("app.py", "x = 1\n"))

        outcome = await editor.run("punie.status")

        assert outcome.page.startswith("# Punie")
        assert Path(tempfile.gettempdir()) != temporary
        assert len(list(temporary.glob("punie-*/answers-*"))) == 1
    assert list(temporary.glob("punie-*/answers-*")) == []
