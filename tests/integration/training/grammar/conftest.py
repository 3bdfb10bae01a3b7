"""A random tiny model, and a home of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiny_models import make_tiny_model

pytest.importorskip("mlx_lm", reason="mlx-lm is not installed")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose weights are random: unconstrained it writes nonsense."""
    return make_tiny_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training-home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
