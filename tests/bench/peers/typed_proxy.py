"""The obvious proxy: a pygls server whose handlers pass typed params to a pygls client and typed results back.

python typed_proxy.py SERVER...
"""

from __future__ import annotations

import sys
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

LEGEND = types.SemanticTokensLegend(token_types=[], token_modifiers=[])

REQUESTS: dict[str, Any] = {
    types.TEXT_DOCUMENT_HOVER: None,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: None,
    types.TEXT_DOCUMENT_REFERENCES: None,
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=["."]),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: LEGEND,
    types.WORKSPACE_SYMBOL: None,
}
NOTIFICATIONS = (types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE, types.TEXT_DOCUMENT_DID_CLOSE)


def converter() -> Any:
    """The stock converter, taught the one union of ty's `initialize` answer that it cannot read."""
    result = default_converter()
    selectors = (
        str
        | types.NotebookDocumentFilterNotebookType
        | types.NotebookDocumentFilterScheme
        | types.NotebookDocumentFilterPattern
        | None
    )
    result.register_structure_hook(selectors, lambda value, _: value)
    return result


def build(command: list[str]) -> LanguageServer:
    """A server that answers everything by asking the one behind it."""
    client = LanguageClient("typed-proxy", "0", converter_factory=converter)
    server = LanguageServer("typed-proxy", "0")

    @server.feature(types.INITIALIZE)
    async def initialize(params: types.InitializeParams) -> None:
        await client.start_io(*command)
        await client.protocol.send_request_async(types.INITIALIZE, params)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        client.protocol.notify(types.INITIALIZED, params)

    @client.feature(types.WORKSPACE_CONFIGURATION)
    async def configuration(params: types.ConfigurationParams) -> Any:
        return await server.workspace_configuration_async(params)

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    async def register(params: types.RegistrationParams) -> None:
        return await server.client_register_capability_async(params)

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_: object) -> None:
        await client.protocol.send_request_async(types.SHUTDOWN, None)
        client.protocol.notify(types.EXIT, None)

    for method, options in REQUESTS.items():
        server.feature(method, options)(_forward(client, method))
    for method in NOTIFICATIONS:
        server.feature(method)(_tell(client, method))
    return server


def _forward(client: LanguageClient, method: str) -> Any:
    async def request(params: Any) -> Any:
        return await client.protocol.send_request_async(method, params)

    return request


def _tell(client: LanguageClient, method: str) -> Any:
    def notify(params: Any) -> None:
        client.protocol.notify(method, params)

    return notify


if __name__ == "__main__":
    build(sys.argv[1:]).start_io()
