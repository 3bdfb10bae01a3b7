"""Small datasets on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from punie_agent.models.small_prompt import SYSTEM
from punie_training.dataset import SPLITS, Dataset, Example, Provenance, example_of

Save = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(folder))
    return folder


def program(query: str, code: str = "typecheck('src').error_count", **known: object) -> Example:
    values: dict[str, object] = {"category": "single_tool", "source": "templates", "licence": "MIT", **known}
    return example_of(query, Provenance.model_validate(values), program=code)


def words(query: str, answer: str = "A type checker finds wrong types.", **known: object) -> Example:
    values: dict[str, object] = {"category": "direct", "source": "templates", "licence": "MIT", "outcome": "stated"}
    return example_of(query, Provenance.model_validate({**values, **known}), words=answer)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Writes a dataset with a manifest, and gives its folder."""

    def write(
        train: Sequence[Example] = (),
        valid: Sequence[Example] = (),
        test: Sequence[Example] = (),
        *,
        name: str = "data",
        tools: str = "v1",
    ) -> Path:
        splits = dict(zip(SPLITS, (train, valid, test), strict=True))
        Dataset.model_validate({"tool_registry": tools, "splits": splits}).save(tmp_path / name)
        return tmp_path / name

    return write


def line(query: str = "Check types", answer: str = "```python\ntypecheck('src').error_count\n```") -> str:
    """A sound line of a folder without a manifest."""
    roles = (("system", SYSTEM), ("user", query), ("assistant", answer))
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles]})


@pytest.fixture
def foreign(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Writes train.jsonl of a folder without a manifest, byte for byte, and gives the folder."""

    def write(content: str | bytes) -> Path:
        folder = tmp_path / "foreign"
        folder.mkdir()
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "train.jsonl").write_bytes(data)
        return folder

    return write
