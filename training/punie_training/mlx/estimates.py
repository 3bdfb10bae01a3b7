"""What a run will need, estimated before it begins, and the refusal of one that cannot end well. Imports no mlx."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from punie_training.exceptions import DatasetError, RunError
from punie_training.mlx import machine
from punie_training.mlx.base_models import BaseModel, read_base
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.trainable import trainable_parameters

# Python, mlx, the tokenizer.
_PROCESS_BYTES = 350 << 20
_LOG_BYTES = 10 << 20
# Numbers kept for the backward pass, for each token and layer, in units of the hidden size, the intermediate size, and
# heads times length. Fitted to measured peaks of two models.
_HIDDEN, _INTERMEDIATE, _ATTENTION, _LOGITS = 14, 4, 3, 4
_OPTIMIZER_COPIES = {"adam": 2, "adamw": 2, "muon": 1, "sgd": 0, "adafactor": 1}
_CHARACTERS_PER_TOKEN = 3
_PAD = 32


@dataclass(frozen=True)
class Estimate:
    """What a run needs at most. `seconds` is None when the machine's speed was not told."""

    memory_bytes: int
    disk_bytes: int
    trainable: int
    longest: int
    seconds: float | None = None


def estimate(base: Path, config: LoraConfig, dataset: Path, *, gflops: float | None = None) -> Estimate:
    """Memory, disk and time of a run.

    Args:
        base: the base model's folder.
        config: the settings.
        dataset: mlx-lm's folder.
        gflops: what `blas.measure` gave, for the time.

    Raises:
        BaseModelError, DatasetError, RunError: it cannot be estimated, because one of them cannot be used.
    """
    model = read_base(base)
    trained = trainable_parameters(model, config)
    mean, longest = lengths(dataset, config.max_seq_length)
    adapter = trained * (model.float_bytes if config.fine_tune_type == "full" else 4)
    copies = _OPTIMIZER_COPIES[config.optimizer]
    gradients = 2 if config.grad_accumulation > 1 else 1
    memory = (
        _PROCESS_BYTES
        + model.weight_bytes
        + adapter * (gradients + copies + (0 if config.fine_tune_type == "full" else 1))
        + activations(model, config, longest)
    )
    # The last checkpoint and the next one, the best weights, and the adapter itself.
    disk = adapter * (2 * (1 + copies) + 2) + _LOG_BYTES
    seconds = None
    if gflops:
        operations = 2 * (2 * model.parameters + 2 * trained) * mean * config.batch_size * config.iters
        seconds = operations / (gflops * 1e9)
    return Estimate(memory, disk, trained, longest, seconds)


def refuse_what_cannot_run(base: Path, config: LoraConfig, dataset: Path, adapter: Path) -> Estimate:
    """The estimate of a run that has a chance.

    Raises:
        RunError: the fine-tune type is not possible with this base, or there is too little memory or disk; the message
            says what to change.
    """
    refuse_type(read_base(base), config)
    needed = estimate(base, config, dataset)
    available, disk = machine.available_memory(), machine.free_disk(adapter)
    if available and needed.memory_bytes > available:
        raise RunError(
            f"Training needs about {gib(needed.memory_bytes)} of memory and {gib(available)} are left. "
            f"{_less_memory(config, needed.longest)}"
        )
    if needed.disk_bytes > disk:
        raise RunError(
            f"Training writes up to {gib(needed.disk_bytes)} and {gib(disk)} are left in {adapter.parent}: "
            "free some, take a smaller rank, or name another folder."
        )
    return needed


def refuse_type(base: BaseModel, config: LoraConfig) -> None:
    """Raises RunError when the base cannot be trained in this way."""
    if config.fine_tune_type == "full" and base.bits:
        raise RunError(
            f"{base.folder} is quantized to {base.bits} bits, whose weights cannot be trained: "
            "take fine_tune_type lora, or the model that is not quantized."
        )
    if config.fine_tune_type == "dora" and any("switch_mlp" in name or ".experts." in name for name in base.tensors):
        raise RunError(
            f"{base.folder} is a mixture of experts, which mlx-lm has no DoRA for: take fine_tune_type lora."
        )
    if config.fine_tune_type == "dora" and base.bits and any("embed" in key for key in config.keys):
        raise RunError(
            f"{base.folder} is quantized, and mlx-lm has no DoRA for a quantized embedding: "
            "leave it out of `keys`, or take fine_tune_type lora."
        )


def lengths(dataset: Path, limit: int) -> tuple[int, int]:
    """The mean and the greatest length of the examples in tokens, guessed from their characters.

    Raises:
        DatasetError: there is no train.jsonl, or it is empty.
    """
    path = dataset / "train.jsonl"
    try:
        with path.open("rb") as stream:
            sizes = [len(line) // _CHARACTERS_PER_TOKEN for line in stream if line.strip()]
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}): name the folder of a dataset.") from error
    if not sizes:
        raise DatasetError(f"{path} is empty: there is nothing to train on.")
    padded = [min(limit, _PAD * -(-size // _PAD) + 1) for size in sizes]
    return max(1, sum(padded) // len(padded)), max(padded)


def gib(number: int) -> str:
    """Bytes for people."""
    return f"{number / machine.GIB:.1f} GiB" if number >= machine.GIB // 10 else f"{number / (1 << 20):.0f} MiB"


def activations(model: BaseModel, config: LoraConfig, longest: int) -> int:
    """Bytes that one batch takes on its way through a model; `longest` is in tokens."""
    tokens = config.batch_size * longest
    layer = _HIDDEN * model.hidden + _INTERMEDIATE * model.intermediate + _ATTENTION * model.heads * longest
    kept = model.layers * layer
    if config.grad_checkpoint:
        kept = min(kept, model.layers * model.hidden + 2 * layer)
    return tokens * (kept * model.float_bytes + _LOGITS * model.vocabulary * 4)


def _less_memory(config: LoraConfig, longest: int) -> str:
    ways = []
    if config.fine_tune_type == "full":
        ways.append("take fine_tune_type lora")
    if config.batch_size > 1:
        ways.append(f"set batch_size to 1 and grad_accumulation to {config.batch_size * config.grad_accumulation}")
    if not config.grad_checkpoint:
        ways.append("set grad_checkpoint to true")
    if longest > 512:
        ways.append(f"set max_seq_length below {longest}")
    ways.append("take a smaller or a quantized base")
    return f"{'; or '.join(ways)}.".capitalize()
