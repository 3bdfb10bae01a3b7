"""One workspace for the fuzz tests, and Hypothesis without chance or memory."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return project(tmp_path / "workspace")


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "fuzz"\nversion = "1"\nrequires-python = ">=3.11"\n')
    return folder.resolve()
