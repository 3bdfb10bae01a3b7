"""What a run tells while it works. Front ends show it; the run does not depend on who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from punie_training.runs.state import StageName, Status


@dataclass(frozen=True)
class RunStarted:
    """A run begins or goes on; `folder` is where all of it is kept."""

    run: str
    folder: str
    resumed: bool = False
    kind: Literal["run"] = "run"


@dataclass(frozen=True)
class StageStarted:
    """A stage begins, the `number`-th of `total`."""

    stage: StageName
    number: int
    total: int
    kind: Literal["stage"] = "stage"


@dataclass(frozen=True)
class StageEnded:
    """A stage is over. `skipped` when an earlier process had done it; `summary` is a short line for people."""

    stage: StageName
    status: Status
    seconds: float
    summary: str = ""
    skipped: bool = False
    kind: Literal["stage_ended"] = "stage_ended"


@dataclass(frozen=True)
class Progress:
    """A stage is at `done` of `total`; `total` is 0 where nobody knows. `values` are figures to show beside it."""

    stage: StageName
    done: int
    total: int
    text: str = ""
    values: dict[str, float] = field(default_factory=dict)
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True)
class Remark:
    """Something that the user should know."""

    stage: StageName
    text: str
    kind: Literal["remark"] = "remark"


RunEvent = RunStarted | StageStarted | StageEnded | Progress | Remark
OnEvent = Callable[[RunEvent], None]


def as_dict(event: RunEvent) -> dict[str, Any]:
    """An event as plain data."""
    return asdict(event)
