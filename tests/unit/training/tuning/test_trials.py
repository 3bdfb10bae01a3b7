"""The loop of a study: failures do not end it, kills are noticed, poor trials end early, Ctrl-C keeps what there is."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.tuning.space import space_of
from punie_training.tuning.studies import open_study, spec_of, state_counts
from punie_training.tuning.trials import Budget, Pruned, RunningTrial, TrialBegin, TrialEnd, TrialStep, run_trials

SPACE = space_of("train", ["rank=4,8,16", "scale=1:4"])
SPEC = spec_of("study", "train", "loss", "", SPACE)
ACCURACY = spec_of("study", "train", "accuracy", "tool", SPACE)


async def test_the_lowest_loss_wins_and_everything_is_told():
    heard = []

    async def objective(trial: RunningTrial) -> float:
        trial.loss(10, 1.5)
        return float(trial.values["rank"])

    study = open_study(SPEC, seed=1)
    await run_trials(study, SPEC, SPACE, objective, Budget(8), on_event=heard.append)

    assert study.best_value == min(float(trial.params["rank"]) for trial in study.get_trials())
    assert [type(event) for event in heard[:3]] == [TrialBegin, TrialStep, TrialEnd]
    assert (heard[0].number, heard[0].done, heard[0].total) == (0, 0, 8)
    assert heard[1] == TrialStep(0, 10, 1.5)
    assert (heard[2].state, heard[2].value) == ("complete", float(heard[0].values["rank"]))
    assert len(heard) == 24


async def test_the_highest_accuracy_wins():
    async def objective(trial: RunningTrial) -> float:
        return float(trial.values["rank"])

    study = open_study(ACCURACY, seed=1)
    await run_trials(study, ACCURACY, SPACE, objective, Budget(8))

    assert study.best_value == max(float(trial.params["rank"]) for trial in study.get_trials())


async def test_a_trial_that_fails_is_noted_and_the_study_goes_on():
    async def objective(trial: RunningTrial) -> float:
        if trial.number == 0:
            raise RunError("no memory")
        return float("nan") if trial.number == 1 else 1.0

    study = open_study(SPEC)
    await run_trials(study, SPEC, SPACE, objective, Budget(4))

    assert state_counts(study) == {"fail": 2, "complete": 2}
    reasons = [trial.user_attrs.get("reason") for trial in study.get_trials()]
    assert reasons == ["no memory", "its value is no number", None, None]


async def test_when_nothing_works_the_reason_is_said_after_three():
    tried = []

    async def objective(trial: RunningTrial) -> float:
        tried.append(trial.number)
        raise RunError("the base has no chat template")

    with pytest.raises(RunError, match="All 3 trials of this run failed, the last one because: the base has no chat"):
        await run_trials(open_study(SPEC), SPEC, SPACE, objective, Budget(20))

    assert tried == [0, 1, 2]


@pytest.mark.parametrize("spec", [SPEC, ACCURACY])
async def test_a_trial_that_is_worse_on_its_way_ends_early(spec):
    async def objective(trial: RunningTrial) -> float:
        for step in range(1, 6):
            loss = 1.0 / step if trial.number < 4 else 5.0
            if trial.loss(step, loss):
                raise Pruned(f"others were better after {step} iterations")
        return 0.5

    study = open_study(spec)
    await run_trials(study, spec, SPACE, objective, Budget(6))

    assert [trial.state.name for trial in study.get_trials()] == ["COMPLETE"] * 4 + ["PRUNED"] * 2
    assert study.get_trials()[5].user_attrs["reason"] == "others were better after 1 iterations"
    assert study.best_value == 0.5


async def test_a_grid_is_run_once_and_ends():
    async def objective(trial: RunningTrial) -> float:
        return float(trial.values["rank"]) + float(trial.values["scale"])

    study = open_study(SPEC)
    await run_trials(study, SPEC, SPACE, objective, Budget(100), on_grid=True)
    await run_trials(study, SPEC, SPACE, objective, Budget(100), on_grid=True)

    seen = sorted((trial.params["rank"], trial.params["scale"]) for trial in study.get_trials())
    assert seen == [(r, s) for r in (4, 8, 16) for s in (1.0, 2.5, 4.0)]
    assert study.best_value == 5.0


async def test_a_grid_stops_at_its_budget_and_goes_on():
    async def objective(trial: RunningTrial) -> float:
        return 1.0

    study = open_study(SPEC)
    await run_trials(study, SPEC, SPACE, objective, Budget(4), on_grid=True)
    assert state_counts(study) == {"complete": 4, "waiting": 5}

    await run_trials(study, SPEC, SPACE, objective, Budget(100), on_grid=True)

    assert state_counts(study) == {"complete": 9}


async def test_cancelling_keeps_what_has_ended_and_the_values_are_tried_again():
    values = []

    async def objective(trial: RunningTrial) -> float:
        values.append(trial.values)
        if len(values) == 3:
            await asyncio.sleep(60)
        return 1.0

    study = open_study(SPEC)
    task = asyncio.create_task(run_trials(study, SPEC, SPACE, objective, Budget(4)))
    while len(values) < 3:  # noqa: ASYNC110 - there is nothing to wait for
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert state_counts(study) == {"complete": 2, "fail": 1, "waiting": 1}

    await run_trials(open_study(SPEC), SPEC, SPACE, objective, Budget(4))

    assert state_counts(study) == {"complete": 4, "fail": 1}
    assert values[3] == values[2]


async def test_time_ends_a_study():
    async def objective(trial: RunningTrial) -> float:
        await asyncio.sleep(0.2)
        return 1.0

    study = open_study(SPEC)
    await run_trials(study, SPEC, SPACE, objective, Budget(1000, seconds=0.5))

    assert 1 <= state_counts(study)["complete"] <= 4


KILLED = """
import asyncio
from punie_training.tuning.space import space_of
from punie_training.tuning.studies import open_study, spec_of
from punie_training.tuning.trials import Budget, run_trials

SPACE = space_of("train", ["rank=4,8,16", "scale=1:4"])
SPEC = spec_of("study", "train", "loss", "", SPACE)

async def objective(trial):
    if trial.number == 1:
        print("running", flush=True)
        await asyncio.sleep(60)
    return 1.0

asyncio.run(run_trials(open_study(SPEC), SPEC, SPACE, objective, Budget(4)))
"""


async def test_a_trial_whose_process_was_killed_is_marked_failed_and_tried_again(home: Path):
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", KILLED, stdout=pipe, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"running\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    study = open_study(SPEC)
    assert state_counts(study) == {"complete": 1, "running": 1}
    lost = study.get_trials()[1].params

    async def objective(trial: RunningTrial) -> float:
        return 1.0

    await run_trials(study, SPEC, SPACE, objective, Budget(4))

    assert state_counts(study) == {"complete": 4, "fail": 1}
    assert study.get_trials()[2].params == lost
