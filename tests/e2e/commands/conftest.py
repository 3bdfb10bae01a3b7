"""Editors for the tests of commands: one server for each module, on a small shop with tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor

APP = 'import os\r\n\r\nfrom shop import price\r\n\r\nprint("🚀 世界", f"done")\r\nx = price("👩‍🚀")\r\n'
TESTS = """\
from shop import price, total


def test_of_one():
    assert price("a") == 1


def test_of_many():
    assert total(["a", "b"]) == 3


class TestShop:
    def test_of_none(self):
        assert price(None) == 0
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Editor]:
    """The module's server."""
    root = make_project(tmp_path_factory.mktemp("shop"))
    async with start_editor(root) as editor:
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(shared: Editor) -> Editor:
    """The client without what earlier tests have left."""
    clean(shared)
    return shared


def clean(editor: Editor) -> None:
    """Forget what was said and shown."""
    for seen in (editor.messages, editor.questions, editor.answers, editor.shown_documents, editor.applied):
        seen.clear()
    editor.withdrawn.clear()
    editor.progress_reports.clear()
    editor.answering.set()


@pytest.fixture
def app(editor: Editor) -> str:
    """A document with problems, emoji and Windows line ends, as it was."""
    return put(editor, "app.py", APP)


@pytest.fixture
def tests(editor: Editor) -> str:
    """A document with tests: one passes, two fail."""
    return put(editor, "test_shop.py", TESTS)


@pytest.fixture
def shop(editor: Editor) -> str:
    """The module that the tests are about."""
    assert editor.root is not None
    path = editor.root / "shop.py"
    uri = path.as_uri()
    return uri if uri in editor.buffers else editor.open(path)


def put(editor: Editor, name: str, text: str) -> str:
    """A file on disk and open, both with a text; gives its URI."""
    assert editor.root is not None
    path = editor.root / name
    path.write_bytes(text.encode())
    uri = path.as_uri()
    if uri not in editor.buffers:
        return editor.open(path)
    if editor.text(uri) != text:
        editor.change(uri, text)
    return uri
