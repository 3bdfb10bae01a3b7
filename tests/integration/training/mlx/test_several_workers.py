"""`--hosts 2`: two processes through mlx.launch share each batch, and both take part."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.mlx import LoraConfig, LoraJob, TrainPoint, run_lora
from punie_training.mlx.job import ValidPoint
from tests.integration.training.mlx.conftest import needs_posix

pytestmark = needs_posix


async def test_two_local_processes_share_the_batches(base: Path, chats: Path, tmp_path: Path) -> None:
    config = LoraConfig(iters=4, batch_size=4, steps_per_report=2, steps_per_eval=4, learning_rate=1e-2)
    alone = await run_lora(LoraJob(base, chats, tmp_path / "alone", config))

    shared = await run_lora(LoraJob(base, chats, tmp_path / "shared", config, hosts="2"))

    assert shared.notes == ("2 workers trained on 8 + 8 examples.",)
    assert (tmp_path / "shared" / "adapters.safetensors").exists()
    one, two = ([p for p in result.points if isinstance(p, TrainPoint)] for result in (alone, shared))
    assert [p.trained_tokens for p in one] == [p.trained_tokens for p in two]
    valid = ([p.loss for p in result.points if isinstance(p, ValidPoint)] for result in (alone, shared))
    assert next(valid) == pytest.approx(next(valid), abs=0.01)
