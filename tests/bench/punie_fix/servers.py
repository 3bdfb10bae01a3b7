"""Other language servers' quick fixes; each server stays open on the package that is broken."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.wire.positions import apply_edits
from tests.bench.client import AnswerError, BenchClient
from tests.bench.punie_fix.defects import Defect
from tests.bench.punie_fix.fixers import Choice, Offer, preferred, with_sorted_imports
from tests.bench.punie_fix.subject import Subject
from tests.bench.workspace import CAPABILITIES


class Server:
    """A server that is asked for the quick fixes of its own findings where the defect is."""

    name = ""
    command: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._client: BenchClient | None = None
        self._version = 0

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """The first quick fix, of the first new finding on the target's line, else of the first new one at all."""
        return await asyncio.to_thread(self._offer, subject, defect, problem)

    def close(self) -> None:
        """End the server."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def configure(self, subject: Subject) -> None:
        """What the server needs to see the package as ty sees it."""

    def _offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        if problem is None:
            return Offer((), 0.0)
        client = self._running(subject)
        path = subject.root / defect.file
        original, broken = subject.originals[defect.file], defect.apply(subject.originals[defect.file])
        known = [_key(item) for item in self._findings(client, path, original)]
        found = [item for item in self._findings(client, path, broken) if _key(item) not in known]
        found.sort(key=lambda item: abs(item["range"]["start"]["line"] - problem.line))
        started = time.monotonic()
        choices: list[Choice] = []
        also: tuple[str, ...] = ()
        for item in found[:3]:
            actions = self._actions(client, path, item)
            for action in preferred(actions):
                files = _edits(action)
                if edits := files.pop(path.as_uri(), None):
                    also = also if choices else tuple(sorted(Path(name).name for name in files))
                    text = with_sorted_imports(path, apply_edits(broken, edits, "utf-16"))
                    choices.append(Choice(action["title"], defect.file, text))
            if choices:
                break
        seconds = time.monotonic() - started
        client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
        return Offer(tuple(choices), seconds, also=also)

    def _running(self, subject: Subject) -> BenchClient:
        if self._client is None:
            self.configure(subject)
            path = os.pathsep.join([str(subject.environment / "bin"), os.environ.get("PATH", os.defpath)])
            environ = {"VIRTUAL_ENV": str(subject.environment), "PATH": path}
            program = find(self.command[0]) or self.command[0]
            self._client = BenchClient([program, *self.command[1:]], subject.root, environ)
            self._client.initialize(CAPABILITIES)
        return self._client

    def _findings(self, client: BenchClient, path: Path, text: str) -> list[dict[str, Any]]:
        self._version += 1
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "python", "version": self._version, "text": text}
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        client.notify("textDocument/didOpen", {"textDocument": document})
        report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        return [item for item in report.get("items", []) if item.get("severity", 1) < 4]

    def _actions(self, client: BenchClient, path: Path, item: dict[str, Any]) -> list[dict[str, Any]]:
        params = {
            "textDocument": {"uri": path.as_uri()},
            "range": item["range"],
            "context": {"diagnostics": [item], "only": ["quickfix"]},
        }
        try:
            found = client.request("textDocument/codeAction", params) or []
            return [a if a.get("edit") or a.get("command") else client.request("codeAction/resolve", a) for a in found]
        except AnswerError:
            return []


def find(name: str) -> str | None:
    """The server installed beside this Python, else on PATH."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", os.defpath)]))


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return str(item.get("code")), item["message"]


def _edits(action: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    edit = action.get("edit") or {}
    files = {uri: list(edits) for uri, edits in (edit.get("changes") or {}).items()}
    for change in edit.get("documentChanges") or []:
        if "textDocument" in change:
            files.setdefault(change["textDocument"]["uri"], []).extend(change["edits"])
    return files


class Pyrefly(Server):
    """pyrefly."""

    name = "pyrefly"
    command = ("pyrefly", "lsp")

    def configure(self, subject: Subject) -> None:
        """Without a file of its own it shows an editor nothing of most projects."""
        lines = (
            f'python-interpreter-path = "{subject.environment / "bin" / "python"}"',
            f'search-path = ["{subject.root / subject.package.path}"]',
        )
        (subject.root / "pyrefly.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


class BasedPyright(Server):
    """basedpyright."""

    name = "basedpyright"
    command = ("basedpyright-langserver", "--stdio")
