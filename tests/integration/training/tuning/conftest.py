"""A random tiny model, a dataset for it, and a home of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.models.small_prompt import SYSTEM, fenced
from punie_training.dataset import Dataset, Example, Message, Provenance, Split
from tests.tiny_models import make_tiny_model

pytest.importorskip("mlx_lm", reason="mlx-lm is not installed")
FOLDERS = ("src", "tests", "docs", "app", "lib", "core", "shop", "web")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions about files; the validation split has two."""
    folder = tmp_path_factory.mktemp("data") / "dataset"
    splits: dict[Split, tuple[Example, ...]] = {
        "train": tuple(
            _example(f"Which files are in {name}, {n} times?", f'list_files("{name}/*")')
            for name in FOLDERS
            for n in (1, 2)
        ),
        "valid": tuple(_example(f"List the files of {name}", f'list_files("{name}/*")') for name in FOLDERS[:2]),
        "test": (_example("The files of all?", 'list_files("*")'),),
    }
    Dataset(tool_registry="1", splits=splits).save(folder)
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training-home"))
    monkeypatch.setenv("PUNIE_STORE", str(tmp_path / "store.db"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    return tmp_path / "training-home"


def _example(query: str, program: str) -> Example:
    messages = (
        Message(role="system", content=SYSTEM),
        Message(role="user", content=query),
        Message(role="assistant", content=fenced(program)),
    )
    return Example(messages=messages, provenance=Provenance(category="single_tool", source="test", licence="MIT"))
