"""A registry of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from punie_training.adapters import Registry, open_registry


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where its store is; there is none before something is written."""
    path = tmp_path / "store" / "punie.db"
    monkeypatch.setenv("PUNIE_STORE", str(path))
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training"))
    return path


@pytest.fixture
def registry(store: Path) -> Iterator[Registry]:
    """The registry."""
    with open_registry() as opened:
        yield opened
