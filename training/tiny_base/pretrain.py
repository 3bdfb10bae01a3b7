"""Trains all weights of a model folder with mlx-lm's own loop, embeddings too. Knows nothing of what it trains on."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.optimizers as optim
import numpy as np
from mlx.utils import tree_flatten
from mlx_lm import load
from mlx_lm.models import qwen3
from mlx_lm.tuner.callbacks import TrainingCallback
from mlx_lm.tuner.datasets import CacheDataset, ChatDataset
from mlx_lm.tuner.trainer import TrainingArgs, train
from mlx_lm.utils import save

from tiny_base.copying import Weights, set_copying_heads

BATCH, RATE, WARM = 16, 2e-3, 40


def write_random_weights(folder: Path, config: dict[str, Any]) -> None:
    """Write model.safetensors for a Qwen3 of this configuration: normal weights, and two heads that copy."""
    model = qwen3.Model(qwen3.ModelArgs.from_dict(config))
    draw = np.random.default_rng(0)
    weights: Weights = {}
    shapes: dict[str, Any] = dict(tree_flatten(model.parameters()))
    for name, value in shapes.items():
        weights[name] = np.ones(value.shape, np.float32)
        if not name.endswith("norm.weight"):
            weights[name] = draw.normal(size=value.shape).astype(np.float32) * _deviation(name, value.shape)
    set_copying_heads(weights, head=config["head_dim"], base=config["rope_theta"], seed=1)
    arrays = {name: mx.array(value) for name, value in weights.items()}
    mx.save_safetensors(str(folder / "model.safetensors"), arrays, metadata={"format": "mlx"})


def _deviation(name: str, shape: tuple[int, ...]) -> float:
    """So that sums keep their size, and each layer adds little to the residual stream at first."""
    if "embed" in name:
        return 0.2
    return (0.3 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0) / math.sqrt(shape[1])


class _Losses(TrainingCallback):
    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []

    def on_val_loss_report(self, val_info: dict[str, Any]) -> None:
        self.seen.append((int(val_info["iteration"]) + 1, round(float(val_info["val_loss"]), 4)))


def pretrain(raw: Path, chats: list[Any], held_back: list[Any], *, out: Path, steps: int) -> list[tuple[int, float]]:
    """Train `raw` on chats (loss on the answers alone) and write it to `out`.

    Returns:
        The loss on the chats held back, by step.
    """
    loaded: Any = load(str(raw), return_config=True)
    model, tokenizer, config = loaded
    mx.random.seed(0)
    np.random.seed(0)
    model.unfreeze()
    rate = optim.join_schedules(
        [optim.linear_schedule(0, RATE, WARM), optim.cosine_decay(RATE, steps - WARM, RATE * 0.05)], [WARM]
    )
    out.mkdir(parents=True)
    losses = _Losses()
    train(
        model,
        optim.AdamW(learning_rate=rate, weight_decay=0.05),
        CacheDataset(ChatDataset(chats, tokenizer, mask_prompt=True)),
        CacheDataset(ChatDataset(held_back, tokenizer, mask_prompt=True)),
        TrainingArgs(
            batch_size=BATCH,
            iters=steps,
            val_batches=-1,
            steps_per_report=50,
            steps_per_eval=max(steps // 6, 1),
            steps_per_save=10**9,
            max_seq_length=256,
            adapter_file=str(out / "checkpoint.safetensors"),
        ),
        training_callback=losses,
    )
    (out / "checkpoint.safetensors").unlink()
    save(out, str(raw), model, tokenizer, config, donate_model=False)
    return losses.seen
