"""Real mlx on a random model of a few kilobytes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tiny_models import make_chats, make_tiny_model

pytest.importorskip("mlx_lm", reason="mlx-lm is not installed")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model; not to be changed."""
    return make_tiny_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="session")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 examples to learn from, and 6 to validate with; not to be changed."""
    return make_chats(tmp_path_factory.mktemp("chats") / "data")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches and the hub's home are of this test alone, and nothing is fetched."""
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training-home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups")
