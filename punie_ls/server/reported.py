"""What ty and ruff reported for open documents: passed on by the relay, or asked for within a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from punie_ls.server.protocol import plain

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

ASK_RELAY_SECONDS = 0.04
STATE_SECONDS = 1.0


class ReportedDiagnostics:
    """Diagnostics by document and tool, with the version that they are of."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._known: dict[str, dict[str, tuple[int | None, list[dict[str, Any]]]]] = {}

    def passed(self, params: Mapping[str, Any]) -> None:
        """The relay passed a full list of one server's diagnostics to the client."""
        lists = self._known.setdefault(params["uri"], {})
        lists[params["source"]] = (params.get("version"), params["diagnostics"])

    async def get(self, uri: str) -> list[dict[str, Any]]:
        """What ty and ruff last reported for a document; what is outdated is asked for, within a deadline."""
        version = self._server.documents.version(uri)
        known = self._known.get(uri, {})
        fresh = {tool: items for tool, (seen, items) in known.items() if seen is not None and seen == version}
        missing = [tool for tool in ("ty", "ruff") if tool not in fresh]
        answers = await asyncio.gather(*(self._ask(tool, uri) for tool in missing))
        fresh.update(dict(zip(missing, answers, strict=True)))
        return [*fresh["ty"], *fresh["ruff"]]

    async def state_of(self, tool: str) -> str:
        """Whether the relay's server of a tool answers, for people."""
        focus = self._server.focus.get(self._server.documents.version)
        if focus is None:
            return "not asked: no document is open"
        params = {"textDocument": {"uri": focus.uri}}
        request = {"server": tool, "method": types.TEXT_DOCUMENT_DIAGNOSTIC, "params": params}
        try:
            async with asyncio.timeout(STATE_SECONDS):
                await self._server.ask_client("punie/lsp", request)
        except TimeoutError:
            return f"busy: no answer within {STATE_SECONDS:g} s"
        except JsonRpcException as error:
            return f"does not answer: {error}"
        return "answers"

    async def _ask(self, tool: str, uri: str) -> list[dict[str, Any]]:
        params = {"textDocument": {"uri": uri}}
        request = {"server": tool, "method": types.TEXT_DOCUMENT_DIAGNOSTIC, "params": params}
        try:
            async with asyncio.timeout(ASK_RELAY_SECONDS):
                report = plain(await self._server.protocol.send_request_async("punie/lsp", request))
        except (TimeoutError, JsonRpcException):
            return []
        return report.get("items", []) if isinstance(report, dict) else []
