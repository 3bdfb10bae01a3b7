"""Settings that suit a base, a dataset and a machine, each with its reason. Imports no mlx."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_training.mlx import machine
from punie_training.mlx.base_models import BaseModel, read_base
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.estimates import estimate, gib, lengths

_TINY, _SMALL, _MEDIUM = 20_000_000, 1_000_000_000, 5_000_000_000
# Of the memory that is left, so that the machine stays usable.
_SHARE = 0.8


@dataclass(frozen=True)
class Defaults:
    """The settings, and a sentence about each choice."""

    config: LoraConfig
    reasons: tuple[str, ...]


def defaults_for(base: Path, dataset: Path, memory: int | None = None) -> Defaults:
    """Settings for a base, a dataset and so many bytes of memory; without, those that are available now.

    Raises:
        BaseModelError, DatasetError: one of them cannot be read.
    """
    model = read_base(base)
    available = machine.available_memory() if memory is None else memory
    examples = count_examples(dataset / "train.jsonl")
    _, longest = lengths(dataset, LoraConfig().max_seq_length)
    values: dict[str, Any] = {}
    reasons: list[str] = []
    for part in (_size(model), _batch(model, examples), _duration(model, examples), _length(longest)):
        values |= part[0]
        reasons += part[1]
    config = LoraConfig(**values)
    return _fitted(base, dataset, config, available, reasons)


def count_examples(path: Path) -> int:
    """Lines of a file that are not empty; 0 when there is no such file."""
    try:
        with path.open("rb") as stream:
            return sum(1 for line in stream if line.strip())
    except OSError:
        return 0


def _size(model: BaseModel) -> tuple[dict[str, Any], list[str]]:
    """Rank, scale and learning rate."""
    millions = model.parameters / 1e6
    if model.parameters < _TINY:
        keys = _all_keys(model)
        return (
            {"rank": 64, "scale": 1.0, "learning_rate": 3e-3, "optimizer": "adamw", "keys": keys},
            [
                f"rank 64 with the embedding: a model of {millions:.1f} M parameters knows too little for less.",
                "learning rate 3e-3: so small a model learns slowly below it, and is not ruined by it.",
            ],
        )
    if model.parameters < _SMALL:
        rank, rate = 8, 2e-4
    elif model.parameters < _MEDIUM:
        rank, rate = 16, 1e-4
    else:
        rank, rate = 16, 5e-5
    return (
        {"rank": rank, "scale": 20.0, "learning_rate": rate},
        [
            f"rank {rank}: enough for the form of programs and the choice of tools with {millions:,.0f} M parameters.",
            f"learning rate {rate:g}: the larger the model, the smaller the step that keeps what it knows.",
        ],
    )


def _batch(model: BaseModel, examples: int) -> tuple[dict[str, Any], list[str]]:
    wanted = 16 if model.parameters < _TINY else 4
    size = max(1, min(wanted, examples))
    reason = f"batch size {size}: " + (
        f"there are no more than {examples} examples." if size < wanted else "steady gradients at little memory."
    )
    return {"batch_size": size, "grad_accumulation": 1}, [reason]


def _duration(model: BaseModel, examples: int) -> tuple[dict[str, Any], list[str]]:
    """About three rounds through the data, within bounds; a tiny model needs more."""
    size = max(1, min(16 if model.parameters < _TINY else 4, examples))
    rounds, least, most = (6, 100, 500) if model.parameters < _TINY else (3, 60, 1000)
    iters = max(least, min(most, rounds * examples // size))
    interval = max(10, iters // 10)
    return (
        {
            "iters": iters,
            "schedule": "cosine",
            "warmup": 0.05,
            "steps_per_report": max(1, iters // 40),
            "steps_per_eval": interval,
            "steps_per_save": interval,
            "patience": 4,
        },
        [
            f"{iters} iterations: about {iters * size / max(1, examples):.1f} rounds through {examples} examples.",
            "cosine schedule with warmup: the first steps do no harm, the last ones settle.",
            f"stops early: when the validation loss was not lower 4 times, {interval} iterations apart.",
        ],
    )


def _length(longest: int) -> tuple[dict[str, Any], list[str]]:
    length = min(2048, max(128, 64 * -(-longest // 64) + 64))
    return (
        {"max_seq_length": length},
        [f"sequences of up to {length} tokens: the longest example has about {longest}."],
    )


def _fitted(base: Path, dataset: Path, config: LoraConfig, available: int, reasons: list[str]) -> Defaults:
    """Less memory, one step after the other, until it fits; when nothing helps, the refusal comes with the run."""
    budget = int(available * _SHARE)
    needed = estimate(base, config, dataset).memory_bytes
    if available and needed > budget:
        config = config.model_copy(update={"grad_checkpoint": True})
        reasons = [
            *reasons,
            f"gradient checkpoints: without, {gib(needed)} of memory would be needed of {gib(available)}.",
        ]
    while available and config.batch_size > 1 and estimate(base, config, dataset).memory_bytes > budget:
        half = config.batch_size // 2
        doubled = ("grad_accumulation", "iters", "steps_per_report", "steps_per_eval", "steps_per_save")
        update = {name: getattr(config, name) * 2 for name in doubled}
        config = config.model_copy(update={"batch_size": half, **update})
        reasons = [
            *reasons,
            f"batch size {half}, gradients of {config.grad_accumulation} added up: for the same reason.",
        ]
    return Defaults(config, tuple(reasons))


def _all_keys(model: BaseModel) -> tuple[str, ...]:
    """The linear modules of a layer, and the embedding."""
    inside = {
        name.split(".layers.", 1)[1].split(".", 1)[1].removesuffix(".weight")
        for name, tensor in model.tensors.items()
        if ".layers." in name and name.endswith(".weight") and len(tensor.shape) == 2
    }
    whole = {name.removesuffix(".weight") for name in model.tensors if name.endswith("embed_tokens.weight")}
    return (*sorted(inside), *sorted(whole))
