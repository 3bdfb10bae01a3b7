"""ty as a checker of our own: it sees the overlay, in utf-32, with the user's interpreter.

ty 0.0.104 says "no problems" for a file that was never opened, so every file is opened before it is asked. Each opened
or closed document makes it look at everything again that it knows, so many are opened before the first is asked, and
they stay open: a second look at a whole folder then costs what was edited. (Its `workspace/diagnostic` is no quicker,
names excluded files as if they were checked, and is not answered at all while there is nothing to report.) It drops a
request in whose middle a document is opened, changed or closed; such a request is asked again, and whoever changes
documents holds `turn`, so that an answer belongs to one state.

Which modules there are it reads from the disk alone. Where the overlay has created, deleted or renamed files it is
started on a mirror of the project, until the turn ends; callers see the project's own paths and URIs all the same.
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
from punie_semantic.lsp.mirror import Mirror
from punie_semantic.states import AS_ON_DISK, Layout
from punie_semantic.wire.framing import CONTENT_MODIFIED, SERVER_CANCELLED

logger = logging.getLogger(__name__)

MAX_OPEN = 4000
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
    """One `ty server` for one workspace folder, started on first use and again after a crash.

    `generation` counts the processes: what was seen of one says nothing about the next. `overlaid` are the files that
    were last shown with other texts than the disk's; whoever shows another overlay hides them first.
    """

    def __init__(self, root: Path, interpreter: Interpreter, settings: Mapping[str, Any] | None = None) -> None:
        self._root = root
        self._interpreter = interpreter
        self._settings = {key: (settings or {})[key] for key in _CHECKING if key in (settings or {})}
        self._connection: ChildConnection | None = None
        self._mirror: Mirror | None = None
        self._leaving = False
        self._ended = False
        self._open: dict[Path, tuple[int, str]] = {}
        self.overlaid: set[Path] = set()
        self._version = 0
        self._starting = asyncio.Lock()
        self.turn = asyncio.Lock()
        self.generation = 0

    @property
    def root(self) -> Path:
        """The folder that it serves."""
        return self._root

    @property
    def alive(self) -> bool:
        """True while the server can be asked."""
        return self._connection is not None and self._connection.alive

    async def start(self, layout: Layout = AS_ON_DISK) -> None:
        """Make sure that a server runs and sees which files there are. Raises ToolUnavailable.

        A new one has no document open. It is a new one too when the first file is created, deleted or renamed.
        """
        if self._leaving or (layout and self._mirror is None):
            await self._move(layout)
        await self._ready()
        if self._mirror is not None:
            self._tell(await asyncio.to_thread(self._mirror.arrange, layout))

    async def request(self, method: str, params: Mapping[str, Any], *, timeout: float = 30) -> Any:  # noqa: ANN401
        """An LSP request; one that ty drops is asked again. Raises ToolUnavailable or ResponseError.

        It never starts a server: a new one would not know the documents, and so find no problem in them.
        """
        for _ in range(MODIFIED_RETRIES):
            connection = self._running()
            mirror = self._mirror
            try:
                if mirror is None:
                    return await connection.request(method, params, timeout=timeout)
                return mirror.homeward(await connection.request(method, mirror.outward(params), timeout=timeout))
            except ResponseError as error:
                if error.code not in (CONTENT_MODIFIED, SERVER_CANCELLED):
                    raise
        raise ToolUnavailable(f"ty kept dropping {method} because documents changed. Try again.")

    def show(self, file: Path, text: str) -> dict[str, str]:
        """Make ty see `text` as the file's content; gives the LSP text document identifier."""
        connection = self._running()
        uri = self._uri(file)
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
        return {"uri": file.as_uri()}

    async def warm(self) -> None:
        """Let ty index what can be imported, with an auto-import completion in a document that is no file."""
        connection = await self._ready()
        uri = (self._place / "punie_warm_up.py").as_uri()
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
            self._connection.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(file)}})

    def hide_all(self) -> None:
        """Let ty see the disk everywhere."""
        for file in list(self._open):
            self.hide(file)
        self.overlaid = set()
        self._leaving = self._mirror is not None

    def files_changed(self, changes: Iterable[tuple[Path, int]]) -> None:
        """Tell ty what changed on disk, as LSP FileChangeType numbers; ty has no watcher of its own."""
        if self._mirror is None:
            self._tell(changes)

    async def end(self) -> None:
        """End the server for good; whoever still asks gets ToolUnavailable."""
        self._ended = True
        async with self._starting:
            await self.close()

    async def rest(self) -> None:
        """End the server between two turns, for the memory that it takes; the next question starts it again."""
        async with self.turn, self._starting:
            await self.close()

    async def close(self) -> None:
        """End the server; it is started again when it is needed."""
        if self._connection:
            await self._connection.close()
            self._connection = None
        self._open.clear()
        if self._mirror is not None:
            await asyncio.to_thread(self._mirror.close)
            self._mirror = None

    def _tell(self, changes: Iterable[tuple[Path, int]]) -> None:
        events = [{"uri": path.as_uri(), "type": kind} for path, kind in changes]
        if events and self._connection and self._connection.alive:
            self._connection.notify("workspace/didChangeWatchedFiles", {"changes": events})

    async def _move(self, layout: Layout) -> None:
        """End the server; the next one is started on a fresh mirror, or on the project itself."""
        async with self._starting:
            await self.close()
            self._leaving = False
            if layout:
                self._mirror = await asyncio.to_thread(Mirror, self._root)

    @property
    def _place(self) -> Path:
        return self._root if self._mirror is None else self._mirror.folder

    def _uri(self, file: Path) -> str:
        return file.as_uri() if self._mirror is None else self._mirror.there(file).as_uri()

    def _running(self) -> ChildConnection:
        if self._connection is None or not self._connection.alive:
            raise ToolUnavailable("ty stopped. Try again.")
        return self._connection

    async def _ready(self) -> ChildConnection:
        async with self._starting:
            if self._ended:
                raise ToolUnavailable("The workspace is closed. Open it again.")
            if self._connection is None or not self._connection.alive:
                if self._connection is not None:
                    logger.warning("ty stopped; starting it again")
                    await self._connection.close()
                self._open.clear()
                self._connection = await self._start()
                self.generation += 1
            return self._connection

    async def _start(self) -> ChildConnection:
        program = find_tool("ty")
        if program is None:
            raise ToolUnavailable("ty is not installed. Install it beside punie-ls: pip install ty.")
        connection = ChildConnection(
            [str(program), "server"],
            name="ty",
            cwd=self._place,
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
        folder = {"uri": self._place.as_uri(), "name": self._root.name}
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
            connection.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(oldest)}})
