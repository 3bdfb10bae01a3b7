"""Start the punie server on stdio: wire the handlers in view, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import sys
from importlib import import_module

from lsprotocol import types

from punie_ls import __version__
from punie_ls.server.fix_actions import offer
from punie_ls.server.protocol import plain
from punie_ls.server.refactor_actions import KINDS, offer_refactorings
from punie_ls.server.server import PunieServer


def create_server() -> PunieServer:
    """The server with its handlers."""
    server = PunieServer("punie", __version__)

    @server.feature(types.INITIALIZE)
    def initialize(ls: PunieServer, params: types.InitializeParams) -> None:
        ls.start_session(params)

    @server.feature(types.INITIALIZED)
    async def initialized(ls: PunieServer, params: types.InitializedParams) -> None:
        # The model stack takes a while to import: in a thread, and before anyone asks for it.
        await asyncio.to_thread(import_module, "punie_agent.session")

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, *KINDS], resolve_provider=True),
    )
    async def text_document_code_action(
        ls: PunieServer, params: types.CodeActionParams
    ) -> list[types.CodeAction | types.Command]:
        return [*await offer(ls, params), *await offer_refactorings(ls, params)]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def code_action_resolve(ls: PunieServer, params: types.CodeAction) -> types.CodeAction:
        return await ls.resolve(params)

    @server.feature("punie/diagnostics")
    def punie_diagnostics(ls: PunieServer, params: object) -> None:
        ls.diagnostics_passed(plain(params))

    @server.feature("punie/settings")
    async def punie_settings(ls: PunieServer, params: object) -> None:
        await ls.settings_changed(plain(params))

    @server.feature(types.SHUTDOWN)
    async def shutdown(ls: PunieServer, *_: object) -> None:
        await ls.close_projects()

    return server


def main() -> int:
    """Serve until the relay closes the pipe."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    create_server().start_io()
    return 0
