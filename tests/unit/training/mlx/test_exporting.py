"""An export has what others need, names no place of this machine, and is the same each time."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from punie_training.exceptions import AdapterError, RunError
from punie_training.mlx.exporting import About, export
from punie_training.mlx.origins import base_licence, data_origin, leave_origin
from tests.tiny_models import make_chats, make_tiny_model, write_safetensors

METRICS = {"tool": 0.875, "execution": 0.75}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = make_tiny_model(tmp_path / "secret-place" / "small-base")
    (folder / "LICENSE").write_text("Do what you want.")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Small\n")
    return folder


@pytest.fixture
def adapter(base: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "adapter"
    folder.mkdir()
    write_safetensors(
        folder / "adapters.safetensors", {"model.layers.0.self_attn.q_proj.lora_a": np.zeros((32, 4), "f4")}
    )
    data = {"hash": "abc", "examples": {"train": 24}, "licences": {"templates": "MIT"}}
    own = {"base": "fingerprint", "seed": 3, "data": data, "config": {"rank": 4, "iters": 100}}
    config = {
        "fine_tune_type": "lora",
        "num_layers": -1,
        "lora_parameters": {"rank": 4},
        "model": str(base),
        "punie": own,
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def test_an_adapter_with_its_card(adapter: Path, base: Path, tmp_path: Path) -> None:
    out = export(adapter, tmp_path / "shared", About("punie-1", METRICS, {"mlx-lm": "0.32.2"}))

    assert sorted(path.name for path in out.iterdir()) == [
        "LICENSE", "README.md", "adapter_config.json", "adapters.safetensors",
    ]  # fmt: skip
    card = (out / "README.md").read_text()
    for text in (
        "license: apache-2.0", "base_model: small-base", "# punie-1", "| tool | 0.875 |", "- Examples: 24 train",
        "| templates | MIT |", "- rank: 4", "- mlx-lm: 0.32.2", "mlx_lm.server --model BASE --adapter-path THIS_FOLDER",
    ):  # fmt: skip
        assert text in card
    assert json.loads((out / "adapter_config.json").read_text())["model"] == "small-base"
    assert not any(b"secret-place" in path.read_bytes() for path in out.iterdir())


def test_a_model_with_its_card(base: Path, tmp_path: Path) -> None:
    fused = make_tiny_model(tmp_path / "fused")
    leave_origin(base, fused, adapter="punie-1")

    out = export(fused, tmp_path / "shared", About(metrics=METRICS))

    assert {"model.safetensors", "config.json", "tokenizer.json", "LICENSE", "README.md"} <= {
        p.name for p in out.iterdir()
    }
    card = (out / "README.md").read_text()
    for text in ("# shared", "- Made from: small-base", "- Adapter: punie-1", "- Licence of the base: apache-2.0"):
        assert text in card


def test_an_archive_is_the_same_each_time(adapter: Path, tmp_path: Path) -> None:
    first = export(adapter, tmp_path / "one" / "punie-1", About("punie-1"), archive=True)
    again = export(adapter, tmp_path / "two" / "punie-1.tar.gz", About("punie-1"), archive=True)

    assert first.name == again.name == "punie-1.tar.gz"
    assert first.read_bytes() == again.read_bytes()
    assert [path.name for path in first.parent.iterdir()] == ["punie-1.tar.gz"]
    with tarfile.open(first) as archive:
        assert archive.getnames()[1] == "punie-1/README.md"
        assert {entry.uid for entry in archive} == {0}


def test_a_licence_that_nobody_names_is_said_to_be_unknown(tmp_path: Path, adapter: Path) -> None:
    bare = make_tiny_model(tmp_path / "bare")

    out = export(adapter, tmp_path / "shared", About(base=bare))

    assert base_licence(bare) == "unknown"
    card = (out / "README.md").read_text()
    assert "The base's files name no licence. Find out what it allows before this is passed on." in card
    assert "Not evaluated: `punie-ls eval --model FOLDER` does." in card


def test_what_is_there_is_not_overwritten(adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_text("mine")

    with pytest.raises(RunError, match=r"x\.tar\.gz is there already"):
        export(adapter, tmp_path / "x", About(), archive=True)

    assert (tmp_path / "x.tar.gz").read_text() == "mine"


def test_what_is_neither(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(AdapterError, match=r"is neither an adapter \(adapter_config\.json\) nor a model"):
        export(tmp_path / "empty", tmp_path / "out", About())

    assert not (tmp_path / "out").exists()


def test_a_damaged_adapter(adapter: Path, tmp_path: Path) -> None:
    (adapter / "adapters.safetensors").write_bytes(b"short")

    with pytest.raises(AdapterError, match=r"adapters\.safetensors is damaged"):
        export(adapter, tmp_path / "out", About())


def test_data_tells_its_licences(tmp_path: Path) -> None:
    data = make_chats(tmp_path / "data", train=4, valid=2)
    provenance = {"a": {"source": "templates", "licence": "MIT"}, "b": {"source": "attrs", "licence": ""}}
    (data / "manifest.json").write_text(json.dumps({"provenance": provenance}))

    origin = data_origin(data)

    assert origin["examples"] == {"train": 4, "valid": 2, "test": 2}
    assert origin["licences"] == {"attrs": "unknown", "templates": "MIT"}
