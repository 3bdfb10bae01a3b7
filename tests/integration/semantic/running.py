"""Which processes still run."""

from __future__ import annotations

import asyncio

import psutil


def marked(mark: str) -> list[int]:
    """The processes that have an argument of this text, in sandboxes too."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if mark in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


async def something_marked(mark: str) -> None:
    """Wait for a process with an argument of this text."""
    async with asyncio.timeout(60):
        while not marked(mark):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)


async def nothing_marked(mark: str) -> None:
    """The system may take a moment to end what was killed. Raises TimeoutError when it does not."""
    async with asyncio.timeout(30):
        while marked(mark):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
