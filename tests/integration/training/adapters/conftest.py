"""A store and folders of the test's own, a project, and an agent on it that a scripted model answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punie_agent.events import Event
from punie_agent.session import Session
from punie_agent.sessions import SessionManager, open_agent
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project

APP: dict[str, str | bytes] = {
    "pyproject.toml": '[tool.ruff]\nlint.select = ["E", "F", "I"]\n',
    "app.py": "import os\n\nprint(len(3))\n",
}

OpenAgent = Callable[..., AbstractAsyncContextManager[SessionManager]]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own."""
    path = tmp_path / "store" / "punie.db"
    monkeypatch.setenv("PUNIE_STORE", str(path))
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training"))
    return path


@pytest.fixture
def open_on(tmp_path: Path) -> OpenAgent:
    """Opens the agent of a project, with settings over the workspace's."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncGenerator[SessionManager]:
        root = tmp_path / "project"
        if not root.exists():
            write_project(root, APP)
        async with Workspace.open(root) as workspace:
            changed = msgspec.structs.replace(workspace.settings, **settings)
            async with open_agent(workspace, changed) as manager:
                yield manager

    return opened


async def ask(session: Session, prompt: str) -> list[Event]:
    """One turn's events."""
    await session.begin()
    return [event async for event in session.prompt(prompt)]


def said(events: list[Event]) -> str:
    """What a turn said."""
    return "".join(event.text for event in events if event.type == "text")
