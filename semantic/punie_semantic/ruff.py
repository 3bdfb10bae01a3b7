"""ruff on stdin: the overlay's text is checked as if it were the file, with the project's configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.diagnostics import Diagnostic, from_ruff
from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.paths import relative
from punie_semantic.processes import Completed, run


async def check_text(root: Path, file: Path, text: str) -> list[Diagnostic]:
    """ruff's findings in `text`. Raises ToolUnavailable when ruff cannot answer: never an empty list then."""
    done = await _ruff(root, ["--stdin-filename", str(file), "--force-exclude", "-"], text.encode("utf-8", "replace"))
    return [from_ruff(item, relative(root, file)) for item in _items(done)]


async def _ruff(root: Path, arguments: list[str], stdin: bytes) -> Completed:
    program = find_tool("ruff")
    if program is None:
        raise ToolUnavailable("ruff is not installed. Install it beside punie-ls: pip install ruff.")
    command = [str(program), "check", "--output-format", "json", "--no-fix", "--quiet", *arguments]
    return await run(command, cwd=root, environ=child_environ(), stdin=stdin)


def _items(done: Completed) -> list[dict[str, Any]]:
    # Even a clean file is told as `[]`; silence means that ruff did not get that far.
    if done.returncode not in (0, 1) or not done.stdout.strip():
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise ToolUnavailable(f"ruff failed: {' '.join(reason[:4]) or f'exit status {done.returncode}'}")
    try:
        return msgspec.json.decode(done.stdout)
    except msgspec.DecodeError as error:
        raise ToolUnavailable(f"ruff wrote what is not JSON: {error}") from error
