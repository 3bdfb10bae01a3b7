"""A very small editor: it speaks LSP to a real `punie-ls` as VS Code would, with buffers in utf-16."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_semantic.lsp.connection import ChildConnection
from punie_semantic.sources import read_source
from punie_semantic.wire.positions import TextLines, apply_edits

START_SECONDS = 30.0

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "workspaceEdit": {"documentChanges": True},
        "applyEdit": True,
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["plaintext"]},
        "definition": {"linkSupport": False},
        "diagnostic": {},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "resolveSupport": {"properties": ["edit"]},
            "dataSupport": True,
            "disabledSupport": True,
        },
    },
}


@dataclass
class OpenFile:
    """A buffer."""

    path: Path
    text: str
    version: int = 1


@dataclass(frozen=True)
class FixAttempt:
    """What choosing “Fix with Punie” came to: the text before and after, or the server's message."""

    before: str
    after: str
    message: str
    offer_seconds: float
    fix_seconds: float


class Editor:
    """Open files, ask questions, choose the fix action, apply its edit."""

    def __init__(self, connection: ChildConnection, messages: list[str]) -> None:
        self._connection = connection
        self._messages = messages
        self._files: dict[Path, OpenFile] = {}
        self._offered = False

    def open(self, path: Path) -> OpenFile:
        """Open a file in the server."""
        file = OpenFile(path, read_source(path).text)
        self._files[path] = file
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": file.text}
        self._connection.notify("textDocument/didOpen", {"textDocument": document})
        return file

    def close(self, path: Path) -> None:
        """Close a file; the disk counts again."""
        del self._files[path]
        self._connection.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    async def ask(self, path: Path, needle: str, method: str, **extra: Any) -> tuple[Any, float]:  # noqa: ANN401
        """Ask about the first place of `needle` in a file; gives the answer and the seconds it took."""
        file = self._files[path]
        position = TextLines(file.text).position(file.text.index(needle), "utf-16")
        started = time.perf_counter()
        params = {"textDocument": {"uri": path.as_uri()}, "position": position, **extra}
        answer = await self._connection.request(method, params)
        return answer, time.perf_counter() - started

    async def problems(self, path: Path) -> list[dict[str, Any]]:
        """The diagnostics of a file that are no hints."""
        params = {"textDocument": {"uri": path.as_uri()}}
        report = await self._connection.request("textDocument/diagnostic", params)
        found = [d for d in report["items"] if d.get("severity", 1) < 4]
        return sorted(found, key=lambda d: (d["range"]["start"]["line"], d["range"]["start"]["character"]))

    async def fix(self, path: Path, problem: dict[str, Any]) -> FixAttempt | None:
        """Choose “Fix with Punie” on a problem; None when it is not offered."""
        file = self._files[path]
        before = file.text
        self._messages.clear()
        started = time.perf_counter()
        chosen = await self._offer(path, problem)
        while chosen is None and not self._offered and time.perf_counter() < started + START_SECONDS:
            chosen = await self._offer(path, problem)  # on a slow machine Punie's own server is still starting
        self._offered = self._offered or chosen is not None
        offered = time.perf_counter()
        if chosen is None:
            return None
        resolved = await self._connection.request("codeAction/resolve", chosen)
        fixed = time.perf_counter()
        for change in (resolved.get("edit") or {}).get("documentChanges", []):
            self._apply(change)
        return FixAttempt(before, file.text, " ".join(self._messages), offered - started, fixed - offered)

    async def _offer(self, path: Path, problem: dict[str, Any]) -> dict[str, Any] | None:
        context = {"diagnostics": [problem], "only": ["quickfix"]}
        params = {"textDocument": {"uri": path.as_uri()}, "range": problem["range"], "context": context}
        actions = await self._connection.request("textDocument/codeAction", params)
        return next((a for a in actions if a["title"].startswith("Fix with Punie")), None)

    def _apply(self, change: dict[str, Any]) -> None:
        """Apply a document change as editors do: only onto the version it was made for; then save."""
        file = next(f for f in self._files.values() if f.path.as_uri() == change["textDocument"]["uri"])
        if change["textDocument"]["version"] != file.version:
            raise RuntimeError(f"the edit is for version {change['textDocument']['version']}, not {file.version}")
        file.text = apply_edits(file.text, change["edits"], "utf-16")
        file.version += 1
        document = {"uri": file.path.as_uri(), "version": file.version}
        changes = {"textDocument": document, "contentChanges": [{"text": file.text}]}
        self._connection.notify("textDocument/didChange", changes)
        file.path.write_bytes(read_source(file.path).encode(file.text))
        self._connection.notify("textDocument/didSave", {"textDocument": {"uri": file.path.as_uri()}})


@asynccontextmanager
async def start_editor(root: Path) -> AsyncGenerator[tuple[Editor, float]]:
    """Start `punie-ls` on a folder; yields the editor and the seconds until the server was ready."""
    messages: list[str] = []

    def on_notification(method: str, params: Any) -> None:  # noqa: ANN401 - wire data
        if method == "window/showMessage":
            messages.append(params["message"].removeprefix("Punie: "))

    def on_request(method: str, params: Any) -> Any:  # noqa: ANN401 - wire data
        return [None] * len(params["items"]) if method == "workspace/configuration" else None

    connection = ChildConnection(
        [sys.executable, "-P", "-m", "punie_ls"],
        name="punie-ls",
        cwd=root,
        environ=os.environ,
        on_request=on_request,
        on_notification=on_notification,
    )
    started = time.perf_counter()
    await connection.start()
    try:
        folder = {"uri": root.as_uri(), "name": root.name}
        await connection.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": root.as_uri(),
                "workspaceFolders": [folder],
                "capabilities": CAPABILITIES,
            },
        )
        connection.notify("initialized", {})
        yield Editor(connection, messages), time.perf_counter() - started
    finally:
        await connection.close()
