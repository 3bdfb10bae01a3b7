"""A runner with the real tools' stubs, and a shop to work on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from punie_agent.codemode.runner import CodeRunner, open_runner
from punie_semantic.registry import TOOLS
from punie_semantic.results import FileText
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.integration.agent.codemode.corpus import FILES
from tests.integration.semantic.projects import write_project


@pytest.fixture
async def runner() -> AsyncGenerator[CodeRunner]:
    """A runner for the real tools."""
    async with open_runner(render_stubs(), TOOLS) as opened:
        yield opened


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncGenerator[Workspace]:
    """A workspace of a small shop."""
    async with Workspace.open(write_project(tmp_path / "shop", FILES)) as workspace:
        yield workspace


class Recorded:
    """Tools that only remember how they were called; `wait` ones run until they are cancelled."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.running = 0
        self.most = 0
        self.cancelled = 0
        self.waiting = asyncio.Event()
        self.all_waiting = asyncio.Event()
        self.expected = 0

    async def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """One call."""
        self.calls.append((name, args, kwargs))
        self.running += 1
        self.most = max(self.most, self.running)
        if self.running == self.expected:
            self.all_waiting.set()
        try:
            if "wait" in args:
                self.waiting.set()
                await asyncio.Event().wait()
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        if "odd" in args:
            raise KeyError("odd")
        return FileText(file=str(args[0]), text="text", start_line=1, total_lines=len(self.calls))


@pytest.fixture
def recorded() -> Recorded:
    """Tools that only remember."""
    return Recorded()


def workers() -> list[int]:
    """The processes of sandboxes that this process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat, command = (entry / "stat").read_text(), (entry / "cmdline").read_text()
            except OSError:
                continue
            if stat.rsplit(")", 1)[1].split()[1] == str(os.getpid()) and "monty" in command:
                found.append(int(entry.name))
    return found
