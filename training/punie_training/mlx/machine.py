"""How much memory and disk this machine has left. Knows no models."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

GIB = 1 << 30
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
# What macOS and its programs use while a model is trained.
_MACOS_SHARE = 0.75


def total_memory() -> int:
    """Bytes of memory; those of the container where it has a limit. 0 when the system does not tell."""
    if sys.platform == "darwin":
        return _sysctl("hw.memsize")
    with contextlib.suppress(OSError, ValueError):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        limit = _cgroup_number("memory.max")
        return min(total, limit) if limit else total
    return 0


def available_memory() -> int:
    """Bytes that a program can take now without swapping. 0 when the system does not tell."""
    if sys.platform == "darwin":
        return int(total_memory() * _MACOS_SHARE)
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        free = int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) * 1024
        limit, used = _cgroup_number("memory.max"), _cgroup_number("memory.current")
        return min(free, max(0, limit - used)) if limit else free
    return 0


def free_disk(folder: Path) -> int:
    """Bytes left where a folder is, or will be."""
    nearest = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    return shutil.disk_usage(nearest).free


def _cgroup_number(name: str) -> int:
    """0 when there is none, or it is `max`."""
    with contextlib.suppress(OSError, ValueError):
        return int((_CGROUP / name).read_text(encoding="ascii"))
    return 0


def _sysctl(name: str) -> int:
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        done = subprocess.run(["/usr/sbin/sysctl", "-n", name], capture_output=True, timeout=5, check=True)
        return int(done.stdout)
    return 0
