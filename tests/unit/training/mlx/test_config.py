"""Settings of a run: read from and written to files, and refused with the name of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx.config import LoraConfig, load_config


@pytest.mark.parametrize("name", ["run.yaml", "run.json"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    config = LoraConfig(rank=16, keys=("self_attn.q_proj",), learning_rate=1e-5, schedule="constant")

    config.save(tmp_path / name)

    assert load_config(tmp_path / name) == config


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.yaml", "rank: 4\nlearning_rate: 1e-4\n"),
        ("run.toml", "rank = 4\nlearning_rate = 1e-4\n"),
        ("run.json", '{"rank": 4, "learning_rate": 1e-4}'),
    ],
)
def test_each_form_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    assert load_config(tmp_path / name) == LoraConfig(rank=4, learning_rate=1e-4)


def test_changes_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text("rank: 4\niters: 10\n")

    assert load_config(tmp_path / "run.yaml", iters=20) == LoraConfig(rank=4, iters=20)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("run.yaml", "rnk: 4\n", r"`rnk` is no setting \(there are: fine_tune_type, rank, scale"),
        ("run.yaml", "rank: 0\n", r"`rank`: Input should be greater than or equal to 1, but it is 0"),
        ("run.yaml", "rank: many\n", r"`rank`: Input should be a valid integer, .*, but it is 'many'"),
        ("run.yaml", "iters: 2\ngrad_accumulation: 4\n", "grad_accumulation is greater than iters"),
        ("run.yaml", "patience: 2\nval_batches: 0\n", "patience needs validation"),
        ("run.yaml", "num_layers: 0\n", "num_layers is 0: nothing would be trained; -1 means all layers"),
        ("run.yaml", "- rank\n", "must have names and values"),
        ("run.yaml", "rank: [\n", "is not valid yaml"),
        ("run.json", "{", "is not valid json"),
        ("run.toml", "rank 4", "is not valid toml"),
        ("run.ini", "rank=4", r"settings are a \.yaml, \.json or \.toml file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(RunError, match=message):
        load_config(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"run\.yaml cannot be read .*: name a file of settings"):
        load_config(tmp_path / "run.yaml")


def test_checkpoints_are_made_where_no_gradient_is_half_accumulated() -> None:
    assert LoraConfig(steps_per_save=10, grad_accumulation=4).save_interval() == 12
    assert LoraConfig(steps_per_save=10).save_interval() == 10
    assert LoraConfig(iters=10, grad_accumulation=4).updates == 2


def test_keys_are_left_to_mlx_lm_when_there_are_none() -> None:
    assert LoraConfig().lora_parameters() == {"rank": 8, "scale": 20.0, "dropout": 0.0}
    assert LoraConfig(keys=("a",)).lora_parameters()["keys"] == ["a"]
