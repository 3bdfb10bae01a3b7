"""Where the punie server departs from stock pygls: its own document mirror, cancellable commands, plain values.

Each change is for a defect that was measured in pygls 2.1.1.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    default_converter,
    lsp_method,
)

if TYPE_CHECKING:
    from cattrs import Converter

    from punie_ls.server.server import PunieServer


def converter() -> Converter:
    """pygls' converter, without a class of its own for each object in a message that the protocol does not know.

    Five thousand diagnostics that the relay passes on would keep the server busy for seconds.
    """
    made = default_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        made.register_structure_hook(kind, lambda data, wanted: wanted(**data))
    return made


class PunieProtocol(LanguageServerProtocol):
    """The protocol with three changes.

    Documents go to `server.documents` only: pygls' mirror splits lines at form feeds. A command is awaited
    directly, so `$/cancelRequest` reaches it. A question to the client that nobody waits for any more is withdrawn.
    """

    @property
    def _punie(self) -> PunieServer:
        return cast("PunieServer", self._server)  # pygls types it as its own base class

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Mirror an opened document."""
        document = params.text_document
        self._punie.documents.open(document.uri, document.version, document.text)
        self._punie.text_changed(document.uri)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Mirror an edit."""
        changes = [self._converter.unstructure(change) for change in params.content_changes]
        document = params.text_document
        self._punie.documents.change(document.uri, document.version, changes)
        self._punie.text_changed(document.uri)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        self._punie.documents.close(params.text_document.uri)
        self._punie.focus.left(params.text_document.uri)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # ty: ignore[incompatible-method-override]  # a task, no generator
        self, params: types.ExecuteCommandParams
    ) -> Any:  # noqa: ANN401 - a command's result
        """Run a command as one cancellable task."""
        return await self._punie.execute(params)

    async def ask_client(self, method: str, params: object) -> Any:  # noqa: ANN401 - any result
        """A request to the client, which is cancelled there when its task is cancelled here."""
        key = f"punie/{uuid.uuid4()}"
        try:
            return await self.send_request_async(method, params, msg_id=key)
        except asyncio.CancelledError:
            self._request_futures.pop(key, None)
            self.notify(types.CANCEL_REQUEST, types.CancelParams(id=key))
            raise


def plain(value: Any) -> Any:  # noqa: ANN401 - wire data
    """A value of an action or a command as JSON data; pygls gives some of them as named tuples."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
