"""A run's state on disk: one file, written whole or not at all, from which it goes on as if it had never ended.

Imported only by the process that trains.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx.optimizers import Optimizer
from mlx.utils import tree_flatten, tree_unflatten

from punie_training.exceptions import RunError

_MODEL, _OPTIMIZER = "model.", "optimizer."


@dataclass
class Progress:
    """How far a run is.

    Args:
        iteration: those that are done.
        seconds: spent so far.
        tokens: trained on so far.
        first_loss: the first loss that was measured.
        best_loss: the lowest one on the validation data, and `best_iteration`, after which it was that.
        worse: validations since then.
        validated: the last iteration after which the run was validated; -1 before the first one.
    """

    iteration: int = 0
    seconds: float = 0.0
    tokens: int = 0
    first_loss: float | None = None
    best_loss: float | None = None
    best_iteration: int = 0
    worse: int = 0
    validated: int = -1


@dataclass(frozen=True)
class Signature:
    """What must be the same when a run is resumed: the settings, the seed, the base and the data."""

    values: dict[str, Any] = field(default_factory=dict)

    def refuse_other(self, other: dict[str, Any], path: Path) -> None:
        """Raises RunError when a checkpoint is of a run with other values."""
        names = sorted(name for name in {*self.values, *other} if self.values.get(name) != other.get(name))
        if names:
            changes = ", ".join(f"{name} was {other.get(name)!r} and is {self.values.get(name)!r}" for name in names)
            raise RunError(f"{path} is of another run ({changes}): resume with the same settings, or start a new run.")


def save_checkpoint(
    path: Path, model: nn.Module, optimizer: Optimizer, progress: Progress, signature: Signature
) -> None:
    """Write the trained weights, the optimizer's state, the random state and the progress into one file."""
    arrays = {_MODEL + name: value for name, value in trained_weights(model).items()}
    arrays |= {_OPTIMIZER + name: value for name, value in _flat(optimizer.state).items()}
    metadata = {
        "progress": json.dumps(asdict(progress)),
        "signature": json.dumps(signature.values),
        "random": str(_random_seed()),
    }
    save_arrays(path, arrays, metadata)


def load_checkpoint(path: Path, model: nn.Module, optimizer: Optimizer, signature: Signature) -> Progress:
    """Put model, optimizer and random state back.

    Raises:
        RunError: the file is damaged, or of a run with other settings.
    """
    try:
        loaded: Any = mx.load(str(path), return_metadata=True)
        arrays, metadata = loaded
        progress, other = json.loads(metadata["progress"]), json.loads(metadata["signature"])
        random = int(metadata["random"])
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is damaged ({error}): delete it, and the run begins anew.") from error
    signature.refuse_other(other, path)
    model.load_weights(list(_under(_MODEL, arrays).items()), strict=False)
    optimizer.state = tree_unflatten(list(_under(_OPTIMIZER, arrays).items()))
    optimizer.init(model.trainable_parameters())
    mx.random.seed(random)
    mx.eval(model.parameters(), optimizer.state)
    return Progress(**progress)


def trained_weights(model: nn.Module) -> dict[str, mx.array]:
    """What is trained, by its names."""
    return _flat(model.trainable_parameters())


def save_arrays(path: Path, arrays: dict[str, mx.array], metadata: dict[str, str] | None = None) -> None:
    """Write a safetensors file under another name, and rename it when it is safely on disk."""
    partial = path.with_name(f".{path.stem}.partial.safetensors")
    mx.save_safetensors(str(partial), arrays, metadata or {})
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    partial.replace(path)


def _random_seed() -> int:
    """The seed that gives the random state as it is: its two halves are the state."""
    state: Any = mx.random.state
    high, low = state[0].tolist()
    return high << 32 | low


def _under(prefix: str, arrays: dict[str, mx.array]) -> dict[str, mx.array]:
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def _flat(tree: Any) -> dict[str, mx.array]:  # noqa: ANN401 - mlx's trees
    return dict(tree_flatten(tree))
