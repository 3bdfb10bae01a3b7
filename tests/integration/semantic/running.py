"""Which processes still run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil


async def written(path: Path) -> list[int]:
    """The process ids in a file, as soon as there is one."""
    async with asyncio.timeout(60):
        while not path.exists():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
    return [int(number) for number in path.read_text().split()]


async def nothing_runs(pids: list[int]) -> None:
    """The system may take a moment to end what was killed. Raises TimeoutError when it does not."""
    async with asyncio.timeout(30):
        while any(_runs(pid) for pid in pids):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
