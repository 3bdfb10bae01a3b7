"""Where and with what the figures were measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from punie_semantic.environment import find_tool

PACKAGES = ("rassumfrassum", "pygls", "lsprotocol", "cattrs", "orjson", "msgspec")


def describe() -> dict[str, Any]:
    """Processor, load, and the versions of all that is compared."""
    versions = {
        tool: subprocess.run([str(find_tool(tool)), "--version"], capture_output=True, text=True, check=True).stdout
        for tool in ("ty", "ruff")
    }
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.system(),
        **{tool: text.split()[1] for tool, text in versions.items()},
        **{name: _version(name) for name in PACKAGES},
    }


def sentence(machine: dict[str, Any]) -> str:
    """The same for readers, without the packages."""
    return (
        f"{machine['system']}, {machine['cores']} cores ({machine['processor']}), load {machine['load']:.1f} at the "
        f"start, Python {machine['python']}, ty {machine['ty']}, ruff {machine['ruff']}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
