"""`punie-ls --version`: ours, and those of the programs that would be started."""

from __future__ import annotations

import platform
import subprocess

from punie_ls import __version__
from punie_semantic.environment import find_tool

TOOL_SECONDS = 5


def version_line() -> str:
    """For example `punie-ls 0.1.0 (ty 0.0.104, ruff 0.17.5, Python 3.13.2)`."""
    tools = ", ".join(f"{name} {_tool_version(name)}" for name in ("ty", "ruff"))
    return f"punie-ls {__version__} ({tools}, Python {platform.python_version()})"


def _tool_version(name: str) -> str:
    path = find_tool(name)
    if path is None:
        return "not found"
    try:
        command = [str(path), "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return f"not working: {path}"
    words = answer.stdout.split()
    return words[1] if len(words) > 1 else "unknown"
