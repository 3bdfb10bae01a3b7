"""What a run needs is told before it begins, and what cannot end well is refused with what to change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.exceptions import DatasetError, RunError
from punie_training.mlx import machine
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.estimates import estimate, lengths, refuse_what_cannot_run
from tests.tiny_models import make_chats, make_tiny_model


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return make_tiny_model(tmp_path / "tiny", hidden=64, layers=4)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return make_chats(tmp_path / "data")


def test_trained_numbers_are_those_of_the_adapters(base: Path, data: Path) -> None:
    config = LoraConfig(rank=4, keys=("self_attn.q_proj",))

    assert estimate(base, config, data).trainable == 4 * 4 * (64 + 64)
    assert estimate(base, config.model_copy(update={"num_layers": 1}), data).trainable == 4 * (64 + 64)
    dora = config.model_copy(update={"fine_tune_type": "dora"})
    assert estimate(base, dora, data).trainable == 4 * (4 * (64 + 64) + 64)
    embedding = config.model_copy(update={"keys": ("model.embed_tokens",)})
    assert estimate(base, embedding, data).trainable == 4 * (384 + 64)


def test_what_needs_more_is_estimated_higher(base: Path, data: Path) -> None:
    usual = estimate(base, LoraConfig(batch_size=4), data)

    assert estimate(base, LoraConfig(batch_size=8), data).memory_bytes > usual.memory_bytes
    assert estimate(base, LoraConfig(batch_size=4, grad_checkpoint=True), data).memory_bytes < usual.memory_bytes
    assert estimate(base, LoraConfig(rank=64), data).disk_bytes > usual.disk_bytes
    assert usual.seconds is None
    slow, fast = (estimate(base, LoraConfig(), data, gflops=speed).seconds for speed in (1.0, 100.0))
    assert slow == pytest.approx(100 * (fast or 0))


def test_too_little_memory_says_what_to_change(base: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available_memory", lambda: 100 << 20)

    with pytest.raises(RunError) as caught:
        refuse_what_cannot_run(base, LoraConfig(batch_size=4), data, base / "adapter")

    assert (
        "of memory and 100 MiB are left. Set batch_size to 1 and grad_accumulation to 4; or set grad_checkpoint"
        in str(caught.value)
    )


def test_too_little_disk_is_told(base: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_disk", lambda _folder: 1 << 20)

    with pytest.raises(RunError, match=r"Training writes up to \d+ MiB and 1 MiB are left in .*: free some"):
        refuse_what_cannot_run(base, LoraConfig(), data, base / "adapter")


def test_a_quantized_base_is_not_trained_in_full(base: Path, data: Path) -> None:
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "quantization": {"bits": 4, "group_size": 64}}))

    with pytest.raises(
        RunError, match=r"is quantized to 4 bits, whose weights cannot be trained: take fine_tune_type lora"
    ):
        refuse_what_cannot_run(base, LoraConfig(fine_tune_type="full"), data, base / "adapter")
    with pytest.raises(RunError, match=r"no DoRA for a quantized embedding: leave it out of `keys`"):
        refuse_what_cannot_run(
            base, LoraConfig(fine_tune_type="dora", keys=("model.embed_tokens",)), data, base / "adapter"
        )


def test_more_layers_than_there_are(base: Path, data: Path) -> None:
    with pytest.raises(RunError, match=r"num_layers is 16, but .* has 4 layers: set it to at most 4, or to -1"):
        estimate(base, LoraConfig(num_layers=16), data)


def test_keys_that_are_nowhere(base: Path, data: Path) -> None:
    with pytest.raises(RunError, match=r"No module of .* is called c_attn: `keys` may name .*self_attn\.q_proj"):
        estimate(base, LoraConfig(keys=("c_attn",)), data)


def test_lengths_are_padded_and_cut(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("x" * 30 + "\n" + "y" * 3000 + "\n")

    assert lengths(tmp_path, 10_000)[1] == 1025
    assert lengths(tmp_path, 512) == ((33 + 512) // 2, 512)


def test_no_examples(base: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train\.jsonl cannot be read"):
        estimate(base, LoraConfig(), tmp_path / "gone")
    (tmp_path / "train.jsonl").write_text("\n")
    with pytest.raises(DatasetError, match=r"is empty: there is nothing to train on"):
        estimate(base, LoraConfig(), tmp_path)
