"""The loop of a study: one trial after the other, each asked for, run, and told how it ended. Knows no models."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import socket
import time
import warnings
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from punie_training.exceptions import RunError, TrainingError
from punie_training.tuning.space import Parameter, Value, grid
from punie_training.tuning.studies import BEAT_SECONDS, StudySpec

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

# So many trials that fail at the beginning of a run, all for the same reason, end it.
HOPELESS = 3
_FINISHED = ("COMPLETE", "PRUNED", "FAIL")


class Pruned(Exception):
    """The trial cannot become a good one: it was ended early. The message says why."""


@dataclass(frozen=True)
class Budget:
    """When a study ends: with so many trials in all, earlier runs counted, or after so many seconds of this run."""

    trials: int = 20
    seconds: float = math.inf


@dataclass(frozen=True)
class TrialEnd:
    """How a trial ended: `complete`, `pruned` or `failed`, with its value, or the reason."""

    number: int
    values: dict[str, Value]
    state: str
    value: float | None
    reason: str
    seconds: float


@dataclass(frozen=True)
class TrialBegin:
    """A trial begins with these values; `done` trials of `total` have ended before."""

    number: int
    values: dict[str, Value]
    done: int
    total: int


@dataclass(frozen=True)
class TrialStep:
    """A trial under way: the loss after so many iterations."""

    number: int
    step: int
    loss: float


StudyEvent = TrialBegin | TrialStep | TrialEnd
OnStudy = Callable[[StudyEvent], None]


class RunningTrial:
    """A trial as an objective sees it.

    Attributes:
        number: within the study.
        values: what it is to be run with.
    """

    def __init__(self, trial: Trial, values: dict[str, Value], *, maximize: bool, on_event: OnStudy) -> None:
        self.number = trial.number
        self.values = values
        self._trial = trial
        self._sign = -1.0 if maximize else 1.0
        self._tell = on_event

    def loss(self, step: int, loss: float) -> bool:
        """Note the loss after so many iterations. True when other trials were better there: it should end."""
        self._tell(TrialStep(self.number, step, loss))
        if not math.isfinite(loss):
            return True
        self._trial.report(self._sign * loss, step)
        return self._trial.should_prune()

    def note(self, name: str, value: Any) -> None:  # noqa: ANN401 - plain data
        """Keep something beside the trial."""
        self._trial.set_user_attr(name, value)


Objective = Callable[[RunningTrial], Awaitable[float]]


async def run_trials(
    study: Study,
    spec: StudySpec,
    space: tuple[Parameter, ...],
    objective: Objective,
    budget: Budget,
    *,
    on_grid: bool = False,
    on_event: OnStudy = lambda _event: None,
) -> None:
    """Run trials until the budget is used up, or the grid.

    A trial that fails is noted as failed with its reason, and the study goes on. One that is cancelled or whose process
    was killed is noted as failed too, and its values are tried again. What has ended is kept in any case.

    Raises:
        RunError: not one trial of this run came to an end but by failing; says why the last one did.
    """
    end = time.monotonic() + budget.seconds
    await asyncio.to_thread(retry_dead_trials, study)
    if on_grid:
        await asyncio.to_thread(_enqueue, study, grid(space))
    ends: list[TrialEnd] = []
    while time.monotonic() < end:
        done, waiting = await asyncio.to_thread(_counts, study)
        total = done + waiting if on_grid else budget.trials
        if done >= (min(total, budget.trials) if on_grid else total) or (on_grid and not waiting):
            break
        trial = await asyncio.to_thread(_ask, study)
        ends.append(await _one(study, trial, spec, space, objective, on_event, done, total))
        if (
            len(ends) == HOPELESS
            and len({(each.state, each.reason) for each in ends}) == 1
            and ends[0].state == "failed"
        ):
            break
    if ends and all(each.state == "failed" for each in ends):
        raise RunError(f"All {len(ends)} trials of this run failed, the last one because: {ends[-1].reason}")


def _ask(study: Study) -> Trial:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # signs of life are given by us, not by Study.optimize
        return study.ask()


def retry_dead_trials(study: Study) -> int:
    """Mark trials as failed whose processes are gone, and have their values tried again. Returns how many."""
    from optuna.storages import fail_stale_trials
    from optuna.trial import TrialState

    before = {trial.number for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fail_stale_trials(study)
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        if _is_dead(trial):
            study.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)
    dead = [t for t in study.get_trials(deepcopy=False) if t.number in before and t.state is TrialState.FAIL]
    for trial in dead:
        _again(study, trial.params)
    return len(dead)


async def _one(
    study: Study,
    trial: Trial,
    spec: StudySpec,
    space: Iterable[Parameter],
    objective: Objective,
    on_event: OnStudy,
    done: int,
    total: int,
) -> TrialEnd:
    from optuna.trial import TrialState

    values = {parameter.name: parameter.suggest(trial) for parameter in space}
    trial.set_user_attr("process", f"{socket.gethostname()} {os.getpid()}")
    running = RunningTrial(trial, values, maximize=spec.direction == "maximize", on_event=on_event)
    on_event(TrialBegin(trial.number, values, done, total))
    began = time.monotonic()
    beating = asyncio.create_task(_beat(study, trial))
    value, reason, state = None, "", TrialState.COMPLETE
    try:
        value = await objective(running)
        if not math.isfinite(value):
            value, reason, state = None, "its value is no number", TrialState.FAIL
    except Pruned as pruned:
        reason, state = str(pruned), TrialState.PRUNED
    except TrainingError as error:
        reason, state = str(error), TrialState.FAIL
    except BaseException:
        trial.set_user_attr("reason", "interrupted")
        study.tell(trial, state=TrialState.FAIL)
        _again(study, values)
        raise
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
    if reason:
        trial.set_user_attr("reason", reason[:500])
    trial.set_user_attr("seconds", round(time.monotonic() - began, 3))
    await asyncio.to_thread(study.tell, trial, value, state=state)
    name = {"COMPLETE": "complete", "PRUNED": "pruned"}.get(state.name, "failed")
    end = TrialEnd(trial.number, values, name, value, reason, time.monotonic() - began)
    on_event(end)
    return end


async def _beat(study: Study, trial: Trial) -> None:
    """Signs of life, by which other machines know that the trial is still run."""
    storage: Any = study._storage
    while True:
        await asyncio.to_thread(storage.record_heartbeat, trial._trial_id)
        await asyncio.sleep(BEAT_SECONDS)


def _is_dead(trial: FrozenTrial) -> bool:
    """Whether its process was on this machine, and is gone."""
    host, _, process = str(trial.user_attrs.get("process", "")).rpartition(" ")
    if host != socket.gethostname() or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _again(study: Study, values: dict[str, Any]) -> None:
    if values:
        study.enqueue_trial(values, user_attrs={"again": True})


def _enqueue(study: Study, points: list[dict[str, Value]]) -> None:
    """The grid's points that nobody has tried, in an order that is the same everywhere."""
    known = [trial.system_attrs.get("fixed_params", trial.params) for trial in study.get_trials(deepcopy=False)]
    for point in points:
        if point not in known:
            study.enqueue_trial(point)


def _counts(study: Study) -> tuple[int, int]:
    """Trials that have ended, one that is tried again counted once; and those that wait."""
    trials = study.get_trials(deepcopy=False)
    again = sum(bool(trial.user_attrs.get("again")) for trial in trials)
    return sum(t.state.name in _FINISHED for t in trials) - again, sum(t.state.name == "WAITING" for t in trials)
