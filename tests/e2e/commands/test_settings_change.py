"""New settings open the project anew, and the conversation goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.e2e.conftest import Write
from tests.e2e.editor import Editor, start_editor, until_true
from tests.model_server import ModelServer, say


@pytest.mark.parametrize("client", ["visual_studio_code", "neovim"])
async def test_the_conversation_goes_on(project: Path, write: Write, client: str) -> None:
    """One editor tells what was written; for the other one the relay watches."""
    with ModelServer(say("First."), say("Second.")) as model:
        async with start_editor(project, client_capabilities(client), settings={"model": model.spec}) as editor:
            editor.open(write("app.py", "x = 1\n"))
            assert (await editor.run("punie.ask", {"prompt": "One?"})).message == "First."
            changed = project / "punie.toml"
            changed.write_text("[budget]\nrequests = 7\n")
            if client == "visual_studio_code":
                created = types.FileEvent(changed.as_uri(), types.FileChangeType.Created)
                editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))

            await reopened(editor)
            outcome = await editor.run("punie.ask", {"prompt": "Two?"})

            assert "First." in outcome.page
            assert "Second." in outcome.page
            assert "First." in str(model.chats[-1].body["messages"])


async def reopened(editor: Editor) -> None:
    """Wait until the agent is opened anew: nobody was asked by it yet."""

    async def is_new() -> bool:
        page = (await editor.run("punie.status")).page
        return "(not asked yet)" in page

    await until_true(is_new, lambda: "the project is not opened anew")
