"""Events as lines: nothing is lost on the way, and what a killed process left half written is no event."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx import Checkpoint, Ended, Event, LoraConfig, LoraJob, Note, TrainPoint, ValidPoint
from punie_training.mlx.job import event_line, load_job, parse_event, parse_events, result_of

TRAIN = TrainPoint(10, 1.5, 1e-4, 200.0, 4000, 1.25)
EVENTS: list[Event] = [ValidPoint(0, 2.0, 0.5), TRAIN, Checkpoint(10), Note(10, "slow"), ValidPoint(10, 1.75, 0.5)]
JOB = LoraJob(Path("base"), Path("data"), Path("out/adapter"))


@pytest.mark.parametrize("event", [*EVENTS, Ended(10, "done", 12.5)])
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert parse_event(event_line(event)) == event


def test_a_loss_that_is_no_number_comes_back_as_such() -> None:
    back = parse_event(event_line(ValidPoint(3, math.nan, 1.0)))

    assert isinstance(back, ValidPoint)
    assert math.isnan(back.loss)


@pytest.mark.parametrize("line", ["", "{", '{"event": "train", "iteration": 3', "[1]", '{"event": "other"}', "null"])
def test_what_is_none(line: str) -> None:
    assert parse_event(line) is None


def test_wrong_types_are_no_events() -> None:
    assert parse_events('{"event": "checkpoint", "iteration": "many"}\n{"event": "checkpoint", "iteration": 4}\n') == [
        Checkpoint(4)
    ]


def test_a_result_is_told_by_the_events() -> None:
    result = result_of(JOB, [*EVENTS, Ended(10, "stopped_early", 12.5)])

    assert result is not None
    assert result.points == (EVENTS[0], TRAIN, EVENTS[4])
    assert (result.best_valid, result.seconds, result.stopped_early, result.diverged) == (1.75, 12.5, True, False)
    assert result.notes == ("slow",)


def test_no_result_before_the_end() -> None:
    assert result_of(JOB, EVENTS) is None
    assert result_of(JOB, [*EVENTS, Ended(10, "interrupted", 1.0)]) is None


def test_a_job_comes_back_as_it_was(tmp_path: Path) -> None:
    job = LoraJob(tmp_path, tmp_path / "d", tmp_path / "a", LoraConfig(keys=("q",)), seed=5, resume=True, hosts="2")

    assert load_job(job.save()) == job


def test_what_is_no_job(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text('{"base": 3}')

    with pytest.raises(RunError, match=r"job\.json is not a training job"):
        load_job(tmp_path / "job.json")
