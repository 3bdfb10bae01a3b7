"""A very small editor: it speaks LSP to a real `punie-ls` as VS Code would, with buffers in utf-16."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from punie_semantic.lsp.connection import ChildConnection, ResponseError
from punie_semantic.sources import read_source
from punie_semantic.wire.framing import CONTENT_MODIFIED, SERVER_CANCELLED
from punie_semantic.wire.positions import TextLines, apply_edits

START_SECONDS = 60.0

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
            "isPreferredSupport": True,
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
        report = await self._report({"textDocument": {"uri": path.as_uri()}})
        found = [d for d in report["items"] if d.get("severity", 1) < 4]
        return sorted(found, key=lambda d: (d["range"]["start"]["line"], d["range"]["start"]["character"]))

    async def _report(self, params: dict[str, Any]) -> dict[str, Any]:
        """A diagnostic report; ty drops the request when a text changes meanwhile, and then it is asked again."""
        deadline = time.perf_counter() + START_SECONDS
        while True:
            try:
                return await self._connection.request("textDocument/diagnostic", params)
            except ResponseError as error:
                if error.code not in (CONTENT_MODIFIED, SERVER_CANCELLED) or time.perf_counter() > deadline:
                    raise

    def type(self, path: Path, old: str, new: str) -> None:
        """Replace the first place of a text, without saving."""
        file = self._files[path]
        self._change(file, file.text.replace(old, new, 1))

    def text(self, path: Path) -> str:
        """A buffer's text."""
        return self._files[path].text

    async def fix(self, path: Path, problem: dict[str, Any]) -> FixAttempt | None:
        """Choose the first “Fix with Punie” on a problem; None when it is not offered."""
        started = time.perf_counter()
        found = await self.menu(path, problem)
        while not found and not self._offered and time.perf_counter() < started + START_SECONDS:
            found = await self.menu(path, problem)  # on a slow machine Punie's own server is still starting
        self._offered = self._offered or bool(found)
        offered = time.perf_counter() - started
        if not found:
            return None
        if disabled := found[0].get("disabled"):
            text = self._files[path].text
            return FixAttempt(text, text, disabled["reason"], offered, 0.0)
        attempt = await self.choose(path, found[0])
        return replace(attempt, offer_seconds=offered)

    async def choices(self, path: Path, problem: dict[str, Any]) -> list[dict[str, Any]]:
        """The menu once it names its fixes: until they are found, one action stands for all."""
        deadline = time.perf_counter() + START_SECONDS
        found = await self.menu(path, problem)
        while time.perf_counter() < deadline and not any("isPreferred" in action for action in found):
            await asyncio.sleep(0.05)
            found = await self.menu(path, problem)
        return found

    async def menu(self, path: Path, problem: dict[str, Any]) -> list[dict[str, Any]]:
        """The actions “Fix with Punie” on a problem."""
        context = {"diagnostics": [problem], "only": ["quickfix"], "triggerKind": 1}
        params = {"textDocument": {"uri": path.as_uri()}, "range": problem["range"], "context": context}
        actions = await self._connection.request("textDocument/codeAction", params)
        return [action for action in actions if action["title"].startswith("Fix with Punie")]

    async def choose(self, path: Path, action: dict[str, Any]) -> FixAttempt:
        """Resolve an action, and apply and save its edit."""
        file = self._files[path]
        before = file.text
        self._messages.clear()
        started = time.perf_counter()
        resolved = await self._connection.request("codeAction/resolve", action)
        seconds = time.perf_counter() - started
        for change in (resolved.get("edit") or {}).get("documentChanges", []):
            self._apply(change)
        return FixAttempt(before, file.text, " ".join(self._messages), 0.0, seconds)

    def _apply(self, change: dict[str, Any]) -> None:
        """Apply a document change as editors do: only onto the version it was made for; then save."""
        file = next(f for f in self._files.values() if f.path.as_uri() == change["textDocument"]["uri"])
        if change["textDocument"]["version"] != file.version:
            raise RuntimeError(f"the edit is for version {change['textDocument']['version']}, not {file.version}")
        self._change(file, apply_edits(file.text, change["edits"], "utf-16"))
        file.path.write_bytes(read_source(file.path).encode(file.text))
        self._connection.notify("textDocument/didSave", {"textDocument": {"uri": file.path.as_uri()}})

    def _change(self, file: OpenFile, text: str) -> None:
        file.text, file.version = text, file.version + 1
        document = {"uri": file.path.as_uri(), "version": file.version}
        changes = {"textDocument": document, "contentChanges": [{"text": text}]}
        self._connection.notify("textDocument/didChange", changes)


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
