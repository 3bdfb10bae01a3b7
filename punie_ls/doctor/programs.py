"""Versions: Punie's own packages, and the ty and ruff that the server would start."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from punie_ls import __version__
from punie_ls.doctor.report import Finding, Tool
from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run

VERSION_SECONDS = 10.0
PACKAGES = ("pygls", "lsprotocol", "pydantic-ai-slim", "pydantic-monty", "msgspec", "watchfiles", "platformdirs")


def versions() -> dict[str, str | None]:
    """Punie's version, its Python's, and those of the packages it stands on; None for one that is missing."""
    packages = {name: _installed(name) for name in PACKAGES}
    return {"punie-ls": __version__, "Python": platform.python_version(), **packages}


def missing_packages(found: Mapping[str, str | None]) -> list[Finding]:
    """What to say of packages that are not there."""
    missing = [name for name, version in found.items() if version is None]
    if not missing:
        return []
    return [Finding(f"Punie's installation lacks {', '.join(missing)}.", "Install punie-ls again.")]


async def examine_tools(findings: list[Finding], folder: Path, environ: Mapping[str, str] = os.environ) -> list[Tool]:
    """ty and ruff, each asked for its version."""
    tools = await asyncio.gather(*(_tool(name, folder, environ) for name in ("ty", "ruff")))
    for tool in tools:
        findings.extend(_findings(tool))
    return tools


async def _tool(name: str, folder: Path, environ: Mapping[str, str]) -> Tool:
    path = find_tool(name, environ=environ)
    if path is None:
        return Tool(name, None, None, None, error=f"there is no {name} beside {sys.executable} nor on PATH")
    chosen_by = _chosen_by(name, path, environ)
    try:
        done = await run([str(path), "--version"], cwd=folder, environ=child_environ(environ), timeout=VERSION_SECONDS)
    except ToolUnavailable as error:
        return Tool(name, str(path), chosen_by, None, error=str(error))
    words = done.stdout.decode(errors="replace").split()
    if done.returncode or len(words) < 2 or words[0] != name:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        last = f": {said[-1]}" if said else ""
        return Tool(name, str(path), chosen_by, None, error=f"{path} is no {name}: exit code {done.returncode}{last}")
    return Tool(name, str(path), chosen_by, words[1])


def _chosen_by(name: str, path: Path, environ: Mapping[str, str]) -> str:
    if environ.get(f"PUNIE_{name.upper()}"):
        return f"PUNIE_{name.upper()}"
    return "beside Punie" if path.parent == Path(sys.executable).parent else "PATH"


def _findings(tool: Tool) -> list[Finding]:
    losses = {"ty": "type errors, hover, completion and navigation", "ruff": "linting and formatting"}
    remedy = f"Install {tool.name} beside Punie (pip install {tool.name}) or set PUNIE_{tool.name.upper()} to its path."
    if tool.path is None:
        return [Finding(f"There is no {tool.name}, so {losses[tool.name]} are off.", remedy)]
    if tool.error is not None:
        what = f"{tool.name} does not work, so {losses[tool.name]} are off ({tool.error.rstrip('.')})."
        if tool.chosen_by == f"PUNIE_{tool.name.upper()}":
            remedy = f"Set {tool.chosen_by} to a working {tool.name}, or unset it."
        return [Finding(what, remedy)]
    expected = _installed(tool.name)
    if expected is not None and tool.version != expected:
        what = f"{tool.name} {tool.version} is in use (by {tool.chosen_by}); Punie is tested with {expected}."
        return [Finding(what, "When something behaves oddly, try with the tested one.", wrong=False)]
    return []


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
