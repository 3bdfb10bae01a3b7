"""`punie-ls fuse`, `quantize` and `export`: results on stdout, refusals on stderr with status 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from punie_ls.cli.training.export import export
from punie_ls.cli.training.fuse import fuse
from punie_ls.cli.training.quantize import quantize
from punie_training.mlx.base_models import fingerprint, read_base
from tests.tiny_models import write_safetensors

app = typer.Typer()
for verb in (fuse, quantize, export):
    app.command()(verb)


@pytest.fixture
def adapter(base: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "adapter"
    folder.mkdir()
    name = "model.layers.0.self_attn.q_proj"
    arrays = {f"{name}.lora_a": np.ones((32, 4), "f4"), f"{name}.lora_b": np.ones((4, 64), "f4")}
    write_safetensors(folder / "adapters.safetensors", arrays)
    parameters = {"rank": 4, "scale": 1.0, "dropout": 0.0, "keys": ["self_attn.q_proj"]}
    config = {"fine_tune_type": "lora", "num_layers": -1, "lora_parameters": parameters, "model": str(base)}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "punie": {"base": fingerprint(base)}}))
    return folder


def test_from_an_adapter_to_an_archive(adapter: Path, tmp_path: Path) -> None:
    fused, narrow = tmp_path / "fused", tmp_path / "narrow"

    done = CliRunner().invoke(app, ["fuse", str(adapter), str(fused)])
    assert (done.exit_code, done.stdout.replace("\n", "").startswith(f"{fused} (")) == (0, True), done.output
    done = CliRunner().invoke(app, ["quantize", str(fused), str(narrow), "--bits", "4", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["path"] == str(narrow)
    done = CliRunner().invoke(app, ["export", str(narrow), str(tmp_path / "shared"), "--archive", "--json"])
    assert done.exit_code == 0, done.output

    assert read_base(narrow).bits == 4
    assert json.loads(done.stdout)["path"] == str(tmp_path / "shared.tar.gz")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fuse", "unknown", "out"], "There is no adapter 'unknown'"),
        (["quantize", "gone", "out"], "gone is no folder: name the folder of a model"),
        (["quantize", "gone", "out", "--bits", "7"], "--bits 7: there are 4, 5, 6, 8."),
        (["quantize", "gone"], "Name the new model's folder"),
        (["quantize", "gone", "--sweep", "--suite", "none"], "There is no suite 'none'"),
        (["export", "unknown", "out"], "There is no adapter 'unknown'"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUNIE_STORE", str(tmp_path / "store.db"))

    done = CliRunner().invoke(app, arguments)

    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_a_base_that_is_gone_is_asked_for(adapter: Path, tmp_path: Path) -> None:
    config = json.loads((adapter / "adapter_config.json").read_text())
    (adapter / "adapter_config.json").write_text(json.dumps({**config, "model": "/gone/base"}))

    done = CliRunner().invoke(app, ["fuse", str(adapter), str(tmp_path / "out")])

    assert done.exit_code == 2
    assert "is not at /gone/base: name its folder with --base." in done.stderr.replace("\n", " ")
