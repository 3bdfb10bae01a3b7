"""Defaults suit the base, the data and the memory, and say why."""

from __future__ import annotations

from pathlib import Path

from punie_training.mlx import machine
from punie_training.mlx.defaults import defaults_for
from punie_training.mlx.estimates import estimate, refuse_what_cannot_run
from tests.tiny_models import make_chats, make_tiny_model


def test_each_choice_has_a_reason_and_can_run(tmp_path: Path) -> None:
    base, data = make_tiny_model(tmp_path / "tiny"), make_chats(tmp_path / "data", train=200)

    chosen = defaults_for(base, data)

    refuse_what_cannot_run(base, chosen.config, data, tmp_path / "adapter")
    text = "\n".join(chosen.reasons)
    for word in (f"rank {chosen.config.rank}", "learning rate", "batch size 16", f"{chosen.config.iters} iterations"):
        assert word in text
    assert all(reason.endswith(".") for reason in chosen.reasons)
    assert "model.embed_tokens" in chosen.config.keys
    assert chosen.config.patience


def test_few_examples_make_a_small_batch(tmp_path: Path) -> None:
    base, data = make_tiny_model(tmp_path / "tiny"), make_chats(tmp_path / "data", train=3)

    chosen = defaults_for(base, data)

    assert chosen.config.batch_size == 3
    assert "batch size 3: there are no more than 3 examples." in chosen.reasons


def test_little_memory_makes_batches_smaller_with_the_same_updates(tmp_path: Path) -> None:
    base, data = make_tiny_model(tmp_path / "tiny", layers=6), make_chats(tmp_path / "data", train=200)
    plenty = defaults_for(base, data, memory=16 * machine.GIB)
    small = {"grad_checkpoint": True, "batch_size": 4, "grad_accumulation": 4}
    least = estimate(base, plenty.config.model_copy(update=small), data)

    little = defaults_for(base, data, memory=int(least.memory_bytes / 0.8) + 4096)

    assert not plenty.config.grad_checkpoint
    assert little.config.grad_checkpoint
    assert (little.config.batch_size, little.config.grad_accumulation) == (4, 4)
    assert little.config.updates == plenty.config.updates
    assert any(reason.startswith("gradient checkpoints: without") for reason in little.reasons)
