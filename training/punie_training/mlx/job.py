"""A training run as data: what is to be done, what it reports, and how it ended. Imports no mlx."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from punie_training.exceptions import RunError
from punie_training.mlx.config import LoraConfig


@dataclass(frozen=True)
class LoraJob:
    """One run.

    Args:
        base: the base model's folder.
        data: mlx-lm's folder of `train.jsonl` and `valid.jsonl`, rendered for this base.
        adapter: the folder that will hold the adapter; it is there only when the run has ended well.
        config: the settings.
        seed: of the weights, the dropout and the order of the batches.
        resume: whether to go on from the last checkpoint, if there is one.
        hosts: what `mlx.launch` is to run it on: a number of local processes (`2`), names (`one,two`), or a host file.
            "" is one process without it.
    """

    base: Path
    data: Path
    adapter: Path
    config: LoraConfig = field(default_factory=LoraConfig)
    seed: int = 0
    resume: bool = False
    hosts: str = ""

    @property
    def work(self) -> Path:
        """The folder of the run's own files, beside the adapter: checkpoints, events, log."""
        return self.adapter.with_name(f"{self.adapter.name}.work")

    @property
    def events(self) -> Path:
        """The events, a JSON object on each line."""
        return self.work / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.work / "train.log"

    @property
    def file(self) -> Path:
        """The job itself, for the process that does it."""
        return self.work / "job.json"

    @property
    def stop(self) -> Path:
        """Once this file is there, the run makes a checkpoint and ends."""
        return self.work / "stop"

    def save(self) -> Path:
        """Write `file`."""
        self.work.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(TypeAdapter(LoraJob).dump_json(self, indent=1))
        return self.file


def load_job(path: Path) -> LoraJob:
    """A job that `LoraJob.save` wrote. Raises RunError."""
    try:
        return TypeAdapter(LoraJob).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RunError(f"{path} is not a training job ({error}): start the run anew.") from error


@dataclass(frozen=True)
class TrainPoint:
    """Means since the last one: loss, tokens/s; tokens since the beginning; the peak of memory in GB (1e9 bytes)."""

    iteration: int
    loss: float
    learning_rate: float
    tokens_per_second: float
    trained_tokens: int
    peak_gb: float


@dataclass(frozen=True)
class ValidPoint:
    """The loss on the validation data after so many iterations, and how long that took."""

    iteration: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class Note:
    """Something that the user should know, such as a batch that was made smaller."""

    iteration: int
    text: str


@dataclass(frozen=True)
class Checkpoint:
    """A kill from now on costs only what comes after this iteration."""

    iteration: int


@dataclass(frozen=True)
class Ended:
    """The run's end: `done`, `stopped_early`, `diverged` or `interrupted`, after so many iterations and seconds."""

    iteration: int
    state: str
    seconds: float


Event = TrainPoint | ValidPoint | Note | Checkpoint | Ended
_KINDS: dict[str, type[Event]] = {
    "train": TrainPoint,
    "valid": ValidPoint,
    "note": Note,
    "checkpoint": Checkpoint,
    "ended": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def event_line(event: Event) -> str:
    """An event as a line of JSON, with its end; a loss that is no number is `null`."""
    data = {name: _finite(value) for name, value in asdict(event).items()}
    return json.dumps({"event": _NAMES[type(event)], **data}) + "\n"


def parse_event(line: str) -> Event | None:
    """The event of a line. None for what is none, such as a line that a killed process left half written."""
    try:
        data: dict[str, Any] = json.loads(line)
        kind = data.pop("event")
        return _parsers()[kind].validate_python({name: _or_nan(value) for name, value in data.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def parse_events(text: str) -> list[Event]:
    """All events of a file."""
    return [event for line in text.splitlines() if (event := parse_event(line))]


@dataclass(frozen=True)
class LoraResult:
    """How a run ended.

    Args:
        adapter: the job's folder; there is an adapter in it only when the run has not diverged.
        points: the losses, in their order.
        best_valid: the lowest loss on the validation data; None without validation.
        seconds: of all its parts together, when it was resumed.
        diverged: the loss is no number any more, or worse than guessing: nothing was kept.
        stopped_early: the loss on the validation data did not get lower; the best weights were kept.
        notes: what the user should know.
    """

    adapter: Path
    points: tuple[TrainPoint | ValidPoint, ...]
    best_valid: float | None
    seconds: float
    diverged: bool
    stopped_early: bool
    notes: tuple[str, ...] = ()


def result_of(job: LoraJob, events: Iterable[Event]) -> LoraResult | None:
    """The result that the events of a run tell; None while it has not ended, or was interrupted."""
    every = list(events)
    end = next((event for event in reversed(every) if isinstance(event, Ended)), None)
    if end is None or end.state == "interrupted":
        return None
    valid = [event.loss for event in every if isinstance(event, ValidPoint) and math.isfinite(event.loss)]
    return LoraResult(
        adapter=job.adapter,
        points=tuple(event for event in every if isinstance(event, TrainPoint | ValidPoint)),
        best_valid=min(valid, default=None),
        seconds=end.seconds,
        diverged=end.state == "diverged",
        stopped_early=end.state == "stopped_early",
        notes=tuple(event.text for event in every if isinstance(event, Note)),
    )


@cache
def _parsers() -> dict[str, TypeAdapter[Event]]:
    return {name: TypeAdapter(kind) for name, kind in _KINDS.items()}


def _or_nan(value: Any) -> Any:  # noqa: ANN401 - a field's value
    return math.nan if value is None else value


def _finite(value: Any) -> Any:  # noqa: ANN401 - a field's value
    return None if isinstance(value, float) and not math.isfinite(value) else value
