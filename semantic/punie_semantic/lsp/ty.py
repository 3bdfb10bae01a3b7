"""ty as a checker of our own: it sees the overlay, in utf-32, with the user's interpreter.

ty 0.0.104 says "no problems" for a file that was never opened, so every file is opened before it is asked. It drops
a request in whose middle a document is opened, changed or closed; such a request is asked again, and whoever changes
documents holds `turn`, so that an answer belongs to one state.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from punie_semantic.environment import Interpreter, child_environ, find_tool, ty_settings
from punie_semantic.exceptions import SemanticError, ToolUnavailable
from punie_semantic.lsp.connection import ChildConnection, ResponseError
from punie_semantic.wire.framing import CONTENT_MODIFIED, SERVER_CANCELLED

logger = logging.getLogger(__name__)

MAX_OPEN = 400
MODIFIED_RETRIES = 5

# What of ty's settings decides about problems; the others are about editors.
_CHECKING = ("configuration", "configurationFile")

_CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-32"]},
    "workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True}},
    "textDocument": {
        "diagnostic": {"dynamicRegistration": False},
        "hover": {"contentFormat": ["plaintext"]},
        "definition": {"linkSupport": False},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "isPreferredSupport": True,
        },
    },
}


class TyServer:
    """One `ty server` for one workspace folder, started on first use and again after a crash."""

    def __init__(self, root: Path, interpreter: Interpreter, settings: Mapping[str, Any] | None = None) -> None:
        self._root = root
        self._interpreter = interpreter
        self._settings = {key: (settings or {})[key] for key in _CHECKING if key in (settings or {})}
        self._connection: ChildConnection | None = None
        self._open: dict[Path, tuple[int, str]] = {}
        self._version = 0
        self._starting = asyncio.Lock()
        self.turn = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """True while the server can be asked."""
        return self._connection is not None and self._connection.alive

    async def start(self) -> None:
        """Make sure that a server runs; a new one has no document open. Raises ToolUnavailable."""
        await self._ready()

    async def request(self, method: str, params: Mapping[str, Any], *, timeout: float = 30) -> Any:  # noqa: ANN401
        """An LSP request; one that ty drops is asked again. Raises ToolUnavailable or ResponseError.

        It never starts a server: a new one would not know the documents, and so find no problem in them.
        """
        for _ in range(MODIFIED_RETRIES):
            connection = self._running()
            try:
                return await connection.request(method, params, timeout=timeout)
            except ResponseError as error:
                if error.code not in (CONTENT_MODIFIED, SERVER_CANCELLED):
                    raise
        raise ToolUnavailable(f"ty kept dropping {method} because documents changed. Try again.")

    def show(self, file: Path, text: str) -> dict[str, str]:
        """Make ty see `text` as the file's content; gives the LSP text document identifier."""
        connection = self._running()
        uri = file.as_uri()
        version, shown = self._open.pop(file, (0, None))
        if shown is None:
            self._close_oldest(connection)
            self._version += 1
            document = {"uri": uri, "languageId": "python", "version": self._version, "text": text}
            connection.notify("textDocument/didOpen", {"textDocument": document})
            version = self._version
        elif shown != text:
            self._version += 1
            version = self._version
            changed = {"uri": uri, "version": version}
            connection.notify("textDocument/didChange", {"textDocument": changed, "contentChanges": [{"text": text}]})
        self._open[file] = (version, text)
        return {"uri": uri}

    async def warm(self) -> None:
        """Let ty index what can be imported, with an auto-import completion in a document that is no file."""
        uri = (self._root / "punie_warm_up.py").as_uri()
        connection = await self._ready()
        document = {"uri": uri, "languageId": "python", "version": 0, "text": "Pat"}
        async with self.turn:
            connection.notify("textDocument/didOpen", {"textDocument": document})
        position = {"line": 0, "character": 3}
        try:
            await self.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        except SemanticError as error:
            logger.info("ty was not warmed up: %s", error)
        async with self.turn:
            if connection.alive:
                connection.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def hide(self, file: Path) -> None:
        """Let ty see what is on disk again."""
        if self._open.pop(file, None) and self._connection and self._connection.alive:
            self._connection.notify("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})

    def hide_all(self) -> None:
        """Let ty see the disk everywhere."""
        for file in list(self._open):
            self.hide(file)

    def files_changed(self, changes: Iterable[tuple[Path, int]]) -> None:
        """Tell ty what changed on disk, as LSP FileChangeType numbers; ty has no watcher of its own."""
        events = [{"uri": path.as_uri(), "type": kind} for path, kind in changes]
        if events and self._connection and self._connection.alive:
            self._connection.notify("workspace/didChangeWatchedFiles", {"changes": events})

    async def close(self) -> None:
        """End the server."""
        if self._connection:
            await self._connection.close()
            self._connection = None
        self._open.clear()

    def _running(self) -> ChildConnection:
        if self._connection is None or not self._connection.alive:
            raise ToolUnavailable("ty stopped. Try again.")
        return self._connection

    async def _ready(self) -> ChildConnection:
        async with self._starting:
            if self._connection is None or not self._connection.alive:
                if self._connection is not None:
                    logger.warning("ty stopped; starting it again")
                    await self._connection.close()
                self._open.clear()
                self._connection = await self._start()
            return self._connection

    async def _start(self) -> ChildConnection:
        program = find_tool("ty")
        if program is None:
            raise ToolUnavailable("ty is not installed. Install it beside punie-ls: pip install ty.")
        connection = ChildConnection(
            [str(program), "server"],
            name="ty",
            cwd=self._root,
            environ=child_environ(),
            on_request=self._answer,
        )
        await connection.start()
        try:
            await connection.request("initialize", self._initialize_params())
        except (ResponseError, ToolUnavailable) as error:
            await connection.close()
            raise ToolUnavailable(f"ty did not start: {error}") from error
        connection.notify("initialized", {})
        return connection

    def _initialize_params(self) -> dict[str, Any]:
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        return {
            "processId": os.getpid(),
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": _CAPABILITIES,
            "initializationOptions": {"logLevel": "error"},
        }

    def _answer(self, method: str, params: Any) -> Any:  # noqa: ANN401 - wire data
        if method == "workspace/configuration":
            return [{**ty_settings(self._interpreter), **self._settings} for _ in params["items"]]
        return None

    def _close_oldest(self, connection: ChildConnection) -> None:
        while len(self._open) >= MAX_OPEN:
            oldest = next(iter(self._open))
            del self._open[oldest]
            connection.notify("textDocument/didClose", {"textDocument": {"uri": oldest.as_uri()}})
