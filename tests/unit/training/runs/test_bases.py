"""The base of a run: named, promoted, or the largest one here that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.exceptions import BaseModelError
from punie_training.mlx import machine
from punie_training.runs.bases import find_base, suggested
from tests.tiny_models import make_tiny_model

GIB = 1 << 30


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub-home"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    return tmp_path


def in_hub(home: Path, name: str, *, hidden: int = 64) -> Path:
    folder = home / "hub-home" / "hub" / f"models--{name.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc")
    return make_tiny_model(folder / "snapshots" / "abc", hidden=hidden)


def test_a_folder_is_taken_as_it_is(home: Path) -> None:
    base = make_tiny_model(home / "mine")

    assert find_base(str(base)).folder == base


def test_a_name_is_looked_up_in_our_models_and_in_the_hubs_cache(home: Path) -> None:
    own, hub = make_tiny_model(home / "home" / "models" / "fused"), in_hub(home, "someone/tiny")

    assert find_base("fused").folder == own
    assert find_base("someone/tiny").folder == hub
    with pytest.raises(BaseModelError, match=r"\(there are: fused, someone/tiny\).*model pull someone/other"):
        find_base("someone/other")


def test_a_snapshot_without_weights_is_not_there(home: Path) -> None:
    for file in in_hub(home, "someone/tiny").glob("*.safetensors"):
        file.unlink()

    with pytest.raises(BaseModelError, match="is not on this machine"):
        find_base("someone/tiny")


def test_without_a_name_the_base_of_the_promoted_adapter_goes_first(home: Path) -> None:
    promoted = make_tiny_model(home / "promoted")
    in_hub(home, "someone/large", hidden=512)

    assert find_base("", promoted).folder == promoted
    assert find_base("", home / "gone").folder.name == "abc"


def test_else_it_is_the_largest_that_fits(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = in_hub(home, "a/small", hidden=256), in_hub(home, "a/large", hidden=512)
    weights = [folder.joinpath("model.safetensors").stat().st_size for folder in (small, large)]
    assert weights[0] > 1 << 20

    assert find_base().folder == large
    monkeypatch.setattr(machine, "total_memory", lambda: int(GIB + 1.6 * weights[0] + 100_000))
    assert find_base().folder == small


def test_when_there_is_none_the_one_for_this_memory_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "total_memory", lambda: 16 * GIB)

    with pytest.raises(BaseModelError, match=r"With 16\.0 GiB of memory.*model pull mlx-community/Qwen3-8B-4bit"):
        find_base()


def test_more_memory_suggests_a_larger_model() -> None:
    names = [suggested(size * GIB) for size in (8, 16, 32, 64)]

    assert len(set(names)) == 4
