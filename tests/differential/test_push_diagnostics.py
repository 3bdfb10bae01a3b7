"""Published diagnostics, for an editor that does not ask."""

from __future__ import annotations

import random

import pytest

from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.messages import published
from tests.differential.notebooks import notebook_session
from tests.differential.player import Script, Step, Transcript
from tests.differential.sessions import run
from tests.differential.workspace import Workspace

FILES = ("shapes.py", "faults.py", "syntax.py", "wide.py", "crlf.py", "form_feed.py", "mixed.py", "stub.pyi")


def opened(workspace: Workspace) -> list[Document]:
    choose = random.Random(7)
    return [Document(workspace.root / name, "utf-16", choose) for name in FILES]


@pytest.mark.parametrize("dynamic", [True, False], ids=["dynamic", "static"])
async def test_the_last_lists_are_those_of_both(workspace: Workspace, dynamic: bool) -> None:
    documents = opened(workspace)
    script: Script = [[document.open() for document in documents]]
    script += [[document.edit(), document.edit(), document.edit(), document.save()] for document in documents]

    outcome = await run(workspace, Editor(dynamic=dynamic, pull=False), script)

    assert {name for name in FILES if any(uri.endswith(name) for uri in _with_problems(outcome.ours))} >= {
        "faults.py",
        "syntax.py",
        "wide.py",
        "crlf.py",
    }
    outcome.check()


async def test_closed_documents_are_cleared(workspace: Workspace) -> None:
    documents = opened(workspace)
    script: Script = [
        [document.open() for document in documents],
        [Step("textDocument/documentSymbol", document.identifier) for document in documents],
        [document.close() for document in documents],
    ]

    outcome = await run(workspace, Editor(pull=False), script)

    outcome.check()


async def test_cells_of_a_notebook_have_lists_of_their_own(workspace: Workspace) -> None:
    outcome = await run(workspace, Editor(pull=False), notebook_session(workspace.notebook, "utf-16")[:-1])

    assert any("#c3" in uri for uri in _with_problems(outcome.ours))
    outcome.check()


def _with_problems(transcript: Transcript) -> list[str]:
    return [uri for uri, items in published(transcript).items() if items]
