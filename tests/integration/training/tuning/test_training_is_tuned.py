"""`tune train` with real LoRA runs on a tiny model: the best settings in a file that `train --config` takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from punie_training.exceptions import RunError
from punie_training.mlx.config import LoraConfig, load_config
from punie_training.tuning.running import TuneOptions, tune_train
from punie_training.tuning.studies import load_study, state_counts
from punie_training.tuning.trials import StudyEvent, TrialBegin, TrialEnd, TrialStep

pytestmark = pytest.mark.timeout(300)

SHORT = LoraConfig(iters=8, batch_size=4, steps_per_report=4, steps_per_eval=2, steps_per_save=8)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    SHORT.save(tmp_path / "short.yaml")
    return tmp_path / "short.yaml"


async def test_the_best_rate_is_found_by_loss(base: Path, dataset: Path, config: Path, home: Path):
    heard: list[StudyEvent] = []
    options = TuneOptions("rates", ("learning_rate=1e-6,1e-2",), goal="loss", sampler="grid")

    tuned = await tune_train(options, dataset, base=str(base), config=config, on_event=heard.append)

    assert tuned.best is not None
    assert tuned.best.values == {"learning_rate": 1e-2}
    assert tuned.file is not None
    best = load_config(tuned.file)
    assert (best.learning_rate, best.iters, best.rank) == (1e-2, 8, SHORT.rank)
    assert [type(event) for event in heard].count(TrialEnd) == 2
    assert {event.step for event in heard if isinstance(event, TrialStep)} >= {2, 4, 6, 8}
    kept = [path.name for path in (home / "studies" / "rates").glob("trial-*")]
    assert sorted(kept) == sorted({f"trial-{tuned.best.number:05d}", f"trial-{tuned.best.number:05d}.work"})
    assert (home / "studies" / "rates" / kept[0].removesuffix(".work") / "adapters.safetensors").is_file()
    assert "<svg" in tuned.picture.read_text()


async def test_impossible_settings_fail_and_the_others_go_on(base: Path, dataset: Path, config: Path):
    heard: list[StudyEvent] = []
    options = TuneOptions("mixed", ("num_layers=2,9",), goal="loss", sampler="grid")

    tuned = await tune_train(options, dataset, base=str(base), config=config, on_event=heard.append)

    ends = {event.values["num_layers"]: event for event in heard if isinstance(event, TrialEnd)}
    assert ends[9].state == "failed"
    assert "num_layers is 9" in ends[9].reason
    assert ends[2].state == "complete"
    assert tuned.best is not None


async def test_a_cancelled_study_goes_on(base: Path, dataset: Path, config: Path):
    begun = asyncio.Event()

    def hear(event: StudyEvent) -> None:
        if isinstance(event, TrialBegin) and event.number == 1:
            begun.set()

    options = TuneOptions("stopped", ("learning_rate=1e-3,1e-2",), goal="loss", sampler="grid")
    task = asyncio.create_task(tune_train(options, dataset, base=str(base), config=config, on_event=hear))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert state_counts(load_study("stopped")) == {"complete": 1, "fail": 1, "waiting": 1}

    await tune_train(options, dataset, base=str(base), config=config)

    assert state_counts(load_study("stopped")) == {"complete": 2, "fail": 1}


async def test_accuracy_is_measured_on_the_validation_split(base: Path, dataset: Path, config: Path):
    options = TuneOptions("accuracy", ("rank=4",), metric="valid", sampler="grid")

    tuned = await tune_train(options, dataset, base=str(base), config=config)

    assert tuned.best is not None
    assert 0.0 <= tuned.best.value <= 1.0
    assert set(tuned.best.notes["summary"]) >= {"valid", "tool", "execution"}
    about = load_study("accuracy").user_attrs["punie"]
    assert (about["goal"], about["metric"]) == ("accuracy", "valid")
    assert about["suite"]
    with pytest.raises(RunError, match="has another objective"):
        await tune_train(TuneOptions("accuracy", ("rank=4",), goal="loss"), dataset, base=str(base), config=config)
