"""Workspaces and runners for the agent's tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest

from punie_agent.codemode.runner import CodeRunner, open_runner
from tests.integration.semantic.projects import write_project

Project = Callable[[dict[str, str | bytes]], Path]

STUBS = """
class Answer:
    value: int
def answer(question: str, weight: int = 1) -> Answer: ...
def fail(kind: str) -> int: ...
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes a project."""
    return lambda files: write_project(tmp_path / "project", files)


@pytest.fixture
async def runner() -> AsyncGenerator[CodeRunner]:
    """A runner with two tools."""
    async with open_runner(STUBS, {"answer", "fail"}) as opened:
        yield opened


async def no_tool(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    """For programs that call no tool."""
    raise AssertionError(f"{name} was called")
