"""Positive controls: a planted error must be found before anybody's silence counts as "clean".

Once for each process of ty, and once for each ruff program, through the same path as every other question.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from punie_semantic import ruff
from punie_semantic.environment import find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.lsp.ty import TyServer

_DIAGNOSTIC = "textDocument/diagnostic"
_NUMBERS = itertools.count(random.randrange(1_000_000, 2_000_000))  # noqa: S311 - only has to be new


class Controls:
    """Which processes have found the planted error."""

    def __init__(self) -> None:
        self._ty = 0
        self._ruff: tuple[Path, Path, int, int] | None = None

    async def ty(self, server: TyServer) -> None:
        """Raises ToolUnavailable when the running ty does not find the error. The caller holds `server.turn`."""
        if self._ty == server.generation:
            return
        file, text, mark = planted_error(server.root)
        document = server.show(file, text)
        try:
            report = await server.request(_DIAGNOSTIC, {"textDocument": document})
        finally:
            server.hide(file)
        items = report.get("items") if isinstance(report, dict) else None
        if not any(mark in str(item.get("message")) for item in items or []):
            raise ToolUnavailable(
                "it did not find a planted error, so its silence means nothing. "
                "Try again; if that does not help, see whether the project's settings exclude all its files."
            )
        self._ty = server.generation

    async def ruff(self, root: Path) -> None:
        """Raises ToolUnavailable when the ruff that is installed now does not find the error."""
        key = _identity(root)
        if key is not None and key == self._ruff:
            return
        # No setting of the user's silences a syntax error, but one may exclude the file.
        found = await ruff.check_text(root, root / "punie_control.py", "(\n", exclude=False)
        if not any(item.code == "invalid-syntax" for item in found):
            raise ToolUnavailable("it did not find a planted error, so its silence means nothing. Reinstall ruff.")
        self._ruff = key


def planted_error(folder: Path) -> tuple[Path, str, str]:
    """A file that is not there, a text for it, and what ty must then say. No setting silences reveal_type."""
    number = next(_NUMBERS)
    return folder / f"punie_control_{number}.py", f"reveal_type({number})\n", str(number)


def _identity(root: Path) -> tuple[Path, Path, int, int] | None:
    program = find_tool("ruff")
    try:
        status = program.stat() if program else None
    except OSError:
        return None
    return (root, program, status.st_mtime_ns, status.st_size) if program and status else None
