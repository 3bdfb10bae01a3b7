"""Attacks on the tools: what each has to leave as it was."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from punie_semantic.permissions import Request
from punie_semantic.settings import Layer
from punie_semantic.workspace import Workspace

SECRET = "the-secret-that-nobody-may-see"
MORE_MEMORY = 200 << 20


class Everybody:
    """Allows everything, and remembers what."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def ask(self, request: Request) -> bool:
        self.asked.append(request)
        return True


class Nobody(Everybody):
    """Allows nothing."""

    async def ask(self, request: Request) -> bool:
        await super().ask(request)
        return False


@asynccontextmanager
async def attacked(root: Path, **settings: object) -> AsyncGenerator[Workspace]:
    """A workspace in which everything is allowed that can be asked for."""
    async with Workspace.open(root, trusted=True, layers=[Layer("test", settings)]) as workspace:
        workspace.permissions = Everybody()
        yield workspace


async def in_time(call: Awaitable[object], seconds: float = 60) -> object:
    """The result or the error of a call, which has to come, and to cost no more memory than a normal call."""
    before = psutil.Process().memory_info().rss
    async with asyncio.timeout(seconds):
        try:
            result: object = await call
        except Exception as error:
            result = error
    assert psutil.Process().memory_info().rss - before < MORE_MEMORY
    return result


def seen(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """All that is in a folder, with types and contents; nothing is followed, no device is read."""
    found: dict[str, tuple[int, int, bytes]] = {}
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(parent, name)
            status = path.lstat()
            data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[str(path.relative_to(folder))] = (status.st_mode, status.st_nlink if path.is_dir() else 0, data)
    return found


async def made(path: Path, seconds: float = 0.5) -> bool:
    """Whether a mark appears; an attack may need a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists():
            return True
        await asyncio.sleep(0.05)
    return path.exists()
