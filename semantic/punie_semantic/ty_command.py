"""`ty check`, for when ty's server cannot be started: slower, on a copy of the project with the overlay in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.controls import planted_error
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run
from punie_semantic.pytest_run import Copy
from punie_semantic.results import Severity
from punie_semantic.sources import Source

SECONDS = 60.0
MAX_OUTPUT = 64 << 20
_OPTIONS = ["--output-format", "gitlab", "--exit-zero", "--no-progress"]
_SEVERITIES: dict[str, Severity] = {"info": "info", "minor": "warning"}


async def check_copy(copy: Copy, files: Mapping[Path, Source]) -> dict[Path, tuple[Diagnostic, ...]]:
    """ty's findings in files of the project, by file; a planted error is found first, as with the server.

    Args:
        copy: the project; files of it that are no UTF-8 are made so, since ty reads nothing else.
        files: what is checked, and how it is encoded.

    Raises:
        ToolUnavailable: ty is missing, failed, or did not find the planted error.
    """
    program = find_tool("ty")
    if program is None:
        raise ToolUnavailable("ty is not installed. Install it beside punie-ls: pip install ty.")
    control, text, mark = planted_error(copy.folder)
    control.write_text(text, encoding="utf-8")
    names = [str(path.relative_to(copy.root)) for path in files]
    for path, source in files.items():
        if source.encoding not in ("utf-8", "ascii"):
            place = copy.folder / path.relative_to(copy.root)
            place.write_bytes(place.read_bytes().decode(source.encoding).encode())
    # Unlike --python, the variable does not win over the project's own settings.
    environ = child_environ() | {"VIRTUAL_ENV": str(copy.interpreter.sys_prefix)}
    command = [str(program), "check", *_OPTIONS, "--", control.name, *names]
    done = await run(command, cwd=copy.folder, environ=environ, timeout=SECONDS, max_output=MAX_OUTPUT)
    items = _items(done.stdout, done.returncode)
    if not any(mark in str(item.get("description")) for item in items):
        raise ToolUnavailable("`ty check` did not find a planted error, so its silence means nothing.")
    found: dict[Path, list[Diagnostic]] = {path: [] for path in files}
    for item in items:
        path = copy.root / item["location"]["path"]
        if path in found:
            found[path].append(_diagnostic(item, item["location"]["path"]))
    return {path: tuple(diagnostics) for path, diagnostics in found.items()}


def _items(output: bytes, status: int) -> list[dict[str, Any]]:
    try:
        items = msgspec.json.decode(output)
    except msgspec.DecodeError as error:
        raise ToolUnavailable(f"`ty check` failed with exit status {status}.") from error
    return items if isinstance(items, list) else []


def _diagnostic(item: Mapping[str, Any], file: str) -> Diagnostic:
    code = str(item["check_name"])
    places = item["location"]["positions"]
    return Diagnostic(
        tool="ty",
        file=file,
        range={"start": _position(places["begin"]), "end": _position(places["end"])},
        code=code,
        message=str(item["description"]).removeprefix(f"{code}: "),
        severity=_SEVERITIES.get(str(item.get("severity")), "error"),
    )


def _position(place: Mapping[str, int]) -> dict[str, int]:
    """GitLab's places are 1-based code points."""
    return {"line": place["line"] - 1, "character": place["column"] - 1}
