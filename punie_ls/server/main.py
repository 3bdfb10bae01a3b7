"""Start the punie server on stdio: wire the handlers in view, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from importlib import import_module
from typing import BinaryIO, cast

from lsprotocol import types

from punie_ls import __version__
from punie_ls.server.agent_actions import offer_commands
from punie_ls.server.fix_actions import offer
from punie_ls.server.lenses import lenses
from punie_ls.server.protocol import plain
from punie_ls.server.refactor_actions import KINDS, offer_refactorings
from punie_ls.server.resolving import resolve
from punie_ls.server.server import PunieServer


def create_server() -> PunieServer:
    """The server with its handlers."""
    server = PunieServer("punie", __version__)

    @server.feature(types.INITIALIZE)
    def initialize(ls: PunieServer, params: types.InitializeParams) -> None:
        ls.start_session(params)

    @server.feature(types.INITIALIZED)
    async def initialized(ls: PunieServer, params: types.InitializedParams) -> None:
        # The model stack and the search for fixes take a while to import: in a thread, and before anyone asks for them.
        await asyncio.to_thread(import_module, "punie_agent.sessions")
        await asyncio.to_thread(import_module, "punie_semantic.fixing.search")
        await ls.watch_files()
        ls.news.begin()

    @server.feature("punie/diagnostics")
    def punie_diagnostics(ls: PunieServer, params: object) -> None:
        ls.reported.passed(plain(params))

    @server.feature("punie/settings")
    async def punie_settings(ls: PunieServer, params: object) -> None:
        await ls.projects.settings_changed(json.loads(plain(params)["editor"]))

    @server.feature(types.SHUTDOWN)
    async def shutdown(ls: PunieServer, *_: object) -> None:
        await ls.close()

    _serve_documents(server)
    return server


def _serve_documents(server: PunieServer) -> None:
    """The handlers of requests about documents."""

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, *KINDS], resolve_provider=True),
    )
    async def text_document_code_action(
        ls: PunieServer, params: types.CodeActionParams
    ) -> list[types.CodeAction | types.Command]:
        uri = params.text_document.uri
        ls.focus.look(uri, ls.documents.version(uri), ls.unstructure(params.range))
        found = await asyncio.gather(offer(ls, params), offer_refactorings(ls, params), offer_commands(ls, params))
        return [action for actions in found for action in actions]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def code_action_resolve(ls: PunieServer, params: types.CodeAction) -> types.CodeAction:
        return await resolve(ls, params)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def text_document_code_lens(ls: PunieServer, params: types.CodeLensParams) -> list[types.CodeLens]:
        return await lenses(ls, params)

    @server.feature(types.CODE_LENS_RESOLVE)
    def code_lens_resolve(ls: PunieServer, params: types.CodeLens) -> types.CodeLens:
        return params

    @server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, types.TextDocumentContentOptions(schemes=["punie"]))
    def workspace_text_document_content(
        ls: PunieServer, params: types.TextDocumentContentParams
    ) -> types.TextDocumentContentResult:
        return types.TextDocumentContentResult(text=ls.answers.text(params.uri))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def workspace_did_change_watched_files(ls: PunieServer, params: types.DidChangeWatchedFilesParams) -> None:
        uris = [change.uri for change in params.changes]
        ls.tests.disk_changed(uris)
        await ls.projects.files_changed(uris)


def main() -> int:
    """Serve until the relay closes the pipe."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    server = create_server()
    server.start_io(stdout=cast("BinaryIO", server.output))  # pygls calls of it only what Output has
    return 0
