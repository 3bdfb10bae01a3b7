"""A training home, a base and a dataset for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.training.runs.making import make_dataset
from tests.tiny_models import make_tiny_model


@dataclass(frozen=True)
class Place:
    """Where a file's runs happen."""

    home: Path
    base: Path
    data: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("training")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUNIE_TRAINING_HOME", str(folder / "home"))
        patch.setenv("PUNIE_STORE", str(folder / "punie.db"))
        patch.setenv("HF_HOME", str(folder / "hub"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        base = make_tiny_model(folder / "base", hidden=64)
        yield Place(folder / "home", base, make_dataset(folder / "data"))
