"""What a process costs: processor time, memory now and at most."""

from __future__ import annotations

from pathlib import Path

import psutil


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads; to the nanosecond where the kernel tells, else in its clock's ticks."""
    try:
        tasks = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except OSError:
        tasks = []
    if tasks:
        return sum(int(text.split()[0]) for text in tasks) / 1e9
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def memory_mb(pid: int) -> float:
    """Resident memory now."""
    return psutil.Process(pid).memory_info().rss / 1e6


def peak_memory_mb(pid: int) -> float:
    """The most resident memory so far; what there is now where the kernel does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return memory_mb(pid)
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def child_pid(pid: int, word: str) -> int:
    """The child process whose command line has the word. Raises StopIteration when there is none."""
    return next(c.pid for c in psutil.Process(pid).children() if any(word in part for part in c.cmdline()))
