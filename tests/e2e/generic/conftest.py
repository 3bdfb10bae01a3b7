"""Four clients: three well-known ones, and one that says next to nothing of itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import client_capabilities

from tests.e2e.commands.conftest import clean
from tests.e2e.conftest import make_project
from tests.e2e.editor import Editor, start_editor


def bare() -> types.ClientCapabilities:
    """No literals of code actions, no resolve, no progress, no versions, no configuration, no registrations.

    All that it can do beyond showing is to apply an edit when it is asked to.
    """
    return types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(apply_edit=True))


def emacs() -> types.ClientCapabilities:
    """Emacs, as one that counts in code points only: of the three that it offers Punie takes another."""
    capabilities = client_capabilities("emacs")
    assert capabilities.general is not None
    capabilities.general.position_encodings = [types.PositionEncodingKind.Utf32]
    return capabilities


CLIENTS: dict[str, Callable[[], types.ClientCapabilities]] = {
    "visual_studio_code": lambda: client_capabilities("visual_studio_code"),
    "neovim": lambda: client_capabilities("neovim"),
    "emacs": emacs,
    "bare": bare,
}
ENCODINGS = {"visual_studio_code": "utf-16", "neovim": "utf-8", "emacs": "utf-32", "bare": "utf-16"}


@dataclass
class Client:
    """A client, and what the server has asked of it.

    Attributes:
        requests: the methods of the server's requests.
    """

    name: str
    editor: Editor
    requests: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(CLIENTS))
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Client]:
    """The module's server, once for each client."""
    root = make_project(tmp_path_factory.mktemp("any editor 🚀"))
    requests: list[str] = []

    def record(editor: Editor) -> None:
        handle = editor.protocol._handle_request

        def recorded(msg_id: Any, method: str, params: Any) -> None:
            requests.append(method)
            handle(msg_id, method, params)

        setattr(editor.protocol, "_handle_request", recorded)  # noqa: B010 - a method, for this instance only

    asks = request.param != "bare"
    async with start_editor(root, CLIENTS[request.param](), asks=asks, prepare=record) as editor:
        yield Client(request.param, editor, requests)


@pytest_asyncio.fixture(loop_scope="module")
async def client(shared: Client) -> Client:
    """The client without what earlier tests have left."""
    clean(shared.editor)
    return shared
