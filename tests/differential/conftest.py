"""The workspace of a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.workspace import Workspace, build


@pytest.fixture(autouse=True)
def no_user_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """ty and ruff would read the configuration of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return build(tmp_path)
