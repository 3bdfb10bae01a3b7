"""One run through mlx-lm's trainer: what happens between two iterations, and when it ends.

Imported only by the process that trains; knows neither files of data nor the parent process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx.optimizers import Optimizer
from mlx_lm.tuner.callbacks import TrainingCallback
from mlx_lm.tuner.trainer import TrainingArgs, evaluate, train

from punie_training.mlx.batches import Batches
from punie_training.mlx.checkpoints import Progress, Signature, save_arrays, save_checkpoint, trained_weights
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.job import Checkpoint, Event, Note, TrainPoint, ValidPoint

# A loss so many times that of guessing at random, or of the untrained model, is not learning.
_RUINED = 2.0


@dataclass
class TrainingRun(TrainingCallback):
    """A run that can stop after any update.

    Args:
        model: with its adapters in place.
        optimizer: with its state, when it goes on.
        config: the settings, with a batch size that suits data and workers.
        train: the batches to learn from.
        valid: those to validate with; None for none.
        progress: where it begins.
        signature: what its checkpoints belong to.
        work: the folder of its checkpoints.
        vocabulary: how many tokens there are to guess from.
        tell: takes its events.
        asked_to_stop: whether it should make a checkpoint and end.
        state: `done` while nothing ends it before its time.
        rows: the examples that this worker has trained on.
    """

    model: nn.Module
    optimizer: Optimizer
    config: LoraConfig
    train: Batches
    valid: Batches | None
    progress: Progress
    signature: Signature
    work: Path
    vocabulary: int
    tell: Callable[[Event], None]
    asked_to_stop: Callable[[], bool]
    state: str = "done"
    rows: int = 0
    _began: float = field(default_factory=time.perf_counter)
    _before: Progress = field(default_factory=Progress)

    def run(self) -> str:
        """Train to the end. Gives `done`, `stopped_early`, `diverged` or `interrupted`.

        Then the model has the weights to keep: the best ones when it watches the validation loss, else the last ones.
        """
        self._before = Progress(**vars(self.progress))
        config, left = self.config, self.config.iters - self.progress.iteration
        if left > 0:
            arguments = TrainingArgs(
                batch_size=config.batch_size,
                iters=left,
                steps_per_report=config.steps_per_report,
                steps_per_save=left + 1,
                max_seq_length=config.max_seq_length,
                adapter_file=str(self.work / "last.safetensors"),
                grad_checkpoint=config.grad_checkpoint,
                grad_accumulation_steps=config.grad_accumulation,
            )
            train(self.model, self.optimizer, self.train, None, arguments,
                  iterate_batches=self._iterate, training_callback=self)  # fmt: skip
            Path(arguments.adapter_file).unlink(missing_ok=True)
        if self.state == "done":
            self.progress.iteration = config.iters
            self._validate()
            self._save()
        if self.state != "diverged" and not self._is_finite():
            self.state = "diverged"
        if self.state in ("done", "stopped_early"):
            self._take_best()
        return self.state

    def on_train_loss_report(self, train_info: dict[str, Any]) -> None:
        """mlx-lm tells of the iterations since the last report."""
        iteration = self._before.iteration + train_info["iteration"]
        loss = float(train_info["train_loss"])
        self.progress.tokens = self._before.tokens + int(train_info["trained_tokens"])
        self.tell(
            TrainPoint(
                iteration=iteration,
                loss=loss,
                learning_rate=float(train_info["learning_rate"]),
                tokens_per_second=float(train_info["tokens_per_second"]),
                trained_tokens=self.progress.tokens,
                peak_gb=float(train_info["peak_memory"]),
            )
        )
        self._watch(loss, iteration)

    @property
    def seconds(self) -> float:
        """Spent so far, in all parts of the run."""
        return self._before.seconds + time.perf_counter() - self._began

    def _iterate(self, **settings: Any) -> Iterator[tuple[mx.array, mx.array]]:  # noqa: ANN401 - mlx-lm's
        """The batches, for the trainer. When it asks for the next one, the model is as after the last one."""
        group = settings["comm_group"]
        first = self._before.iteration
        for iteration in range(first, self.config.iters):
            self.progress.iteration = iteration
            if self._ends_between(first):
                return
            batch = self.train.arrays(iteration, self.config.max_seq_length, rank=group.rank(), workers=group.size())
            self.rows += batch[0].shape[0]
            yield batch

    def _ends_between(self, first: int) -> bool:
        """What is due after so many iterations: a validation, a checkpoint, an end."""
        iteration = self.progress.iteration
        if self.state == "diverged":
            return True
        if iteration % self.config.steps_per_eval == 0:
            self._validate()
        if self.state == "done" and iteration > first and iteration % self.config.save_interval() == 0:
            self._save()
        if self.state == "done" and iteration % self.config.grad_accumulation == 0 and self.asked_to_stop():
            self.state = "interrupted"
            self._save()
        return self.state != "done"

    def _validate(self) -> None:
        iteration, progress = self.progress.iteration, self.progress
        if self.valid is None or progress.validated == iteration:
            return
        began = time.perf_counter()
        loss = evaluate(
            self.model, self.valid, self.config.batch_size, self.config.val_batches, self.config.max_seq_length,
            iterate_batches=self._iterate_valid,
        )  # fmt: skip
        self.model.train()
        progress.validated = iteration
        self.tell(ValidPoint(iteration, loss, time.perf_counter() - began))
        self._watch(loss, iteration)
        if self.state != "done" or not self.config.patience:
            return
        if progress.best_loss is None or loss < progress.best_loss:
            progress.best_loss, progress.best_iteration, progress.worse = loss, iteration, 0
            if self._is_first:
                save_arrays(self._best, trained_weights(self.model))
            return
        progress.worse += 1
        if progress.worse >= self.config.patience and iteration < self.config.iters:
            self.state = "stopped_early"
            self.tell(
                Note(iteration, f"Stopped after {iteration} iterations: the best were {progress.best_iteration}.")
            )

    def _iterate_valid(self, **settings: Any) -> Iterator[tuple[mx.array, mx.array]]:  # noqa: ANN401 - mlx-lm's
        assert self.valid is not None
        group = settings["comm_group"]
        yield from self.valid.once(
            self.config.max_seq_length, self.config.val_batches, rank=group.rank(), workers=group.size()
        )

    def _watch(self, loss: float, iteration: int) -> None:
        """Notice a loss that is no number, or worse than that of guessing."""
        if self.progress.first_loss is None and math.isfinite(loss):
            self.progress.first_loss = loss
        limit = _RUINED * max(self.progress.first_loss or 0.0, math.log(self.vocabulary))
        if not math.isfinite(loss) or loss > limit:
            self.state = "diverged"
            what = f"{loss:.3g}" if math.isfinite(loss) else "not a number"
            why = f"at iteration {iteration}, worse than guessing: lower learning_rate."
            if not iteration:
                why = "before anything was learned: the base itself is not usable, or damaged."
            self.tell(Note(iteration, f"The loss is {what} {why}"))

    def _save(self) -> None:
        if self._is_first:
            self.progress.seconds = self.seconds
            save_checkpoint(
                self.work / "checkpoint.safetensors", self.model, self.optimizer, self.progress, self.signature
            )
            self.tell(Checkpoint(self.progress.iteration))

    def _take_best(self) -> None:
        if self.config.patience and self.progress.best_loss is not None and self._best.exists():
            self.model.load_weights(str(self._best), strict=False)

    def _is_finite(self) -> bool:
        return all(bool(mx.isfinite(value).all().item()) for value in trained_weights(self.model).values())

    @property
    def _best(self) -> Path:
        return self.work / "best.safetensors"

    @property
    def _is_first(self) -> bool:
        return mx.distributed.init().rank() == 0
