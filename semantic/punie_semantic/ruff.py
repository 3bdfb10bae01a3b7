"""ruff on stdin: the overlay's text is checked as if it were the file, with the project's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.diagnostics import Diagnostic, from_ruff
from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.paths import relative
from punie_semantic.processes import Completed, run

FILES_SECONDS = 60.0


async def check_text(root: Path, file: Path, text: str, *, exclude: bool = True) -> list[Diagnostic]:
    """ruff's findings in `text`. Raises ToolUnavailable when ruff cannot answer: never an empty list then.

    Args:
        root: the project.
        file: the path that the text stands for; it need not exist.
        text: what is checked.
        exclude: whether the files that the project's configuration excludes have no findings.
    """
    skipping = ["--force-exclude"] if exclude else []
    done = await _ruff(root, ["--stdin-filename", str(file), *skipping, "-"], text.encode("utf-8", "replace"))
    return [from_ruff(item, relative(root, file)) for item in _items(done)]


async def check_files(root: Path, files: Sequence[Path]) -> dict[Path, list[Diagnostic]]:
    """ruff's findings in files as they are on disk, by file. Raises ToolUnavailable when ruff cannot answer."""
    found: dict[Path, list[Diagnostic]] = {file: [] for file in files}
    done = await _ruff(root, ["--force-exclude", "--", *map(str, files)], None, FILES_SECONDS)
    for item in _items(done):
        file = Path(item["filename"])
        if item.get("code") == "E902":  # it could not be read
            found.pop(file, None)
        elif file in found:
            found[file].append(from_ruff(item, relative(root, file)))
    return found


async def _ruff(root: Path, arguments: list[str], stdin: bytes | None, timeout: float = 30) -> Completed:
    program = find_tool("ruff")
    if program is None:
        raise ToolUnavailable("ruff is not installed. Install it beside punie-ls: pip install ruff.")
    command = [str(program), "check", "--output-format", "json", "--no-fix", "--no-cache", "--quiet"]
    return await run([*command, *arguments], cwd=root, environ=child_environ(), stdin=stdin, timeout=timeout)


def _items(done: Completed) -> list[dict[str, Any]]:
    # Even a clean file is told as `[]`; silence means that ruff did not get that far.
    if done.returncode not in (0, 1) or not done.stdout.strip():
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise ToolUnavailable(f"ruff failed: {' '.join(reason[:4]) or f'exit status {done.returncode}'}")
    try:
        return msgspec.json.decode(done.stdout)
    except msgspec.DecodeError as error:
        raise ToolUnavailable(f"ruff wrote what is not JSON: {error}") from error
