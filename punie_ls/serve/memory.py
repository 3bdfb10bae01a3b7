"""How much memory a process and its children use, where the system says so without being asked twice."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def tree_megabytes(pid: int) -> float | None:
    """The resident memory of a process and all its descendants; None where there is no /proc."""
    if not (PROC / str(pid)).is_dir():
        return None
    total = 0
    left = [pid]
    while left:
        process = left.pop()
        try:
            total += _resident_kilobytes(process)
            left += _children(process)
        except (OSError, ValueError):  # it has just ended
            continue
    return round(total / 1024, 1)


def _resident_kilobytes(pid: int) -> int:
    for line in (PROC / str(pid) / "status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for listing in (PROC / str(pid) / "task").glob("*/children"):
        found += map(int, listing.read_text(encoding="ascii").split())
    return found
