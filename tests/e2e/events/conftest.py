"""One server for each module, with a scripted model, for a client that takes all that there is."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.e2e.commands.conftest import APP, clean, put
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor
from tests.e2e.events.plugin import Plugin, start_plugin
from tests.model_server import ModelServer

ALL = {"punie": {"events": True, "permissions": True}}


@dataclass
class Chat:
    """A client, what it was told, and the model that answers."""

    editor: Editor
    plugin: Plugin
    model: ModelServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Chat]:
    root = make_project(tmp_path_factory.mktemp("events 🚀 #1"))
    async with start_plugin(root, ALL, settings={"model": model.spec}) as (editor, plugin):
        yield Chat(editor, plugin, model)


@pytest_asyncio.fixture(loop_scope="module")
async def chat(shared: Chat) -> Chat:
    """The client without what earlier tests have left."""
    clean(shared.editor)
    shared.plugin.clear()
    shared.model.script.replies.clear()
    return shared


@pytest.fixture
def app(chat: Chat) -> str:
    """A document with problems, emoji and Windows line ends, as it was."""
    return put(chat.editor, "app.py", APP)
