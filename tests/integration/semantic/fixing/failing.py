"""Projects with a failing test, and the search for its repair."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from punie_semantic.fixing.failing_test import find_test_fixes
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import snapshot, write_project

SETTINGS = '[tool.pytest.ini_options]\npythonpath = ["."]\n\n[tool.ruff]\nlint.select = ["E", "F"]\n'
TESTS = "test_app.py"


@asynccontextmanager
async def opened(
    folder: Path, app: str, tests: str, *, trusted: bool = True, **others: str
) -> AsyncGenerator[Workspace]:
    """A workspace on app.py and test_app.py; its interpreter has pytest."""
    files: dict[str, str | bytes] = {"pyproject.toml": SETTINGS, "app.py": app, TESTS: tests}
    root = write_project(folder, files | {name.replace("__", "/") + ".py": text for name, text in others.items()})
    async with Workspace.open(root, trusted=trusted, interpreter=sys.prefix) as workspace:
        yield workspace


async def searched(
    workspace: Workspace, tests: Sequence[str] = (f"{TESTS}::test_it",), *, seconds: float = 60.0
) -> FixSearch:
    """The search; nothing on disk or in the overlay is changed by it."""
    before, state = snapshot(workspace.root), workspace.overlay.state
    search = await find_test_fixes(workspace, tests, FixOptions(seconds=seconds, enough_seconds=1.0))
    assert snapshot(workspace.root) == before
    assert workspace.overlay.state == state
    return search
