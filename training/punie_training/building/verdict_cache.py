"""What programs came to in earlier builds, by tools, project and program: none is executed twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.paths import relative
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from punie_training import places

FOLDER = "executions"


def registry_version() -> str:
    """Names the tools as they are now: their stubs with documentation, and the versions of ty and ruff."""
    parts = [render_stubs(docstrings=True), version("ty"), version("ruff"), version("pydantic-monty")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


async def project_hash(workspace: Workspace) -> str:
    """Names the project as it is now: its files, what git says of them, and whether it is trusted."""
    listed = await TOOLS["list_files"].call(workspace, hidden=True, limit=100_000)
    digest = hashlib.sha256(f"{workspace.trusted} {workspace.interpreter.executable}".encode())
    for name in listed.files:
        with contextlib.suppress(OSError):
            digest.update(f"\0{name}\0".encode(errors="replace") + (workspace.root / name).read_bytes())
    for path in sorted(workspace.files.paths):  # those that git ignores count too
        with contextlib.suppress(OSError):
            digest.update(f"\0{relative(workspace.root, path)}\0".encode(errors="replace") + path.read_bytes())
    for command in ("git_status", "git_log"):
        with contextlib.suppress(SemanticError):  # the project is in no repository
            digest.update((await TOOLS[command].call(workspace)).model_dump_json().encode())
    return digest.hexdigest()[:16]


class VerdictCache:
    """Verdicts of one project and one registry, in a file that is written at the end."""

    def __init__(self, registry: str, project: str) -> None:
        self._file = places.cache() / FOLDER / f"{registry}-{project}.json"
        self._known: dict[str, dict[str, Any]] = _read(self._file)
        self._changed = False

    def get(self, program: str) -> dict[str, Any] | None:
        """The verdict on a program, as plain data; None when it has none yet."""
        return self._known.get(program)

    def put(self, program: str, verdict: dict[str, Any]) -> None:
        """Remember a verdict."""
        self._known[program] = verdict
        self._changed = True

    def save(self) -> None:
        """Write the file, whole or not at all; a cache that cannot be written is none."""
        if not self._changed:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._known, file, ensure_ascii=False)
            Path(name).replace(self._file)


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    fields = {"reason", "tools", "result", "detail"}
    if not isinstance(known, dict):
        return {}
    return {key: value for key, value in known.items() if isinstance(value, dict) and set(value) == fields}
