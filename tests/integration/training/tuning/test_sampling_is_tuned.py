"""`tune inference` with a real server: sampling in requests, widths and drafts in the server, options in a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from punie_agent.models.adapters import ServerConfig
from punie_agent.models.limits import ModelOptions
from punie_training.exceptions import RunError
from punie_training.tuning.running import TuneOptions, tune_inference
from punie_training.tuning.studies import load_study
from tests.tiny_models import make_tiny_model

pytestmark = pytest.mark.timeout(300)


async def test_options_of_the_best_trial_are_written(base: Path, dataset: Path, tmp_path: Path):
    draft = make_tiny_model(tmp_path / "draft", seed=3)
    params = ("temperature=0.0,0.8", "top_p=0.9", "draft_tokens=2")
    options = TuneOptions("sampling", params, metric="valid", sampler="grid")

    tuned = await tune_inference(options, str(base), draft=draft, dataset=dataset)

    assert tuned.best is not None
    assert tuned.file is not None
    found = tomllib.loads(tuned.file.read_text())
    server = msgspec.convert(found["adapters"]["sampling"], ServerConfig)
    assert (server.model, server.draft_model, server.num_draft_tokens) == (str(base), str(draft), 2)
    assert msgspec.convert(found["model-options"], ModelOptions).top_p == 0.9
    trials = load_study("sampling").get_trials()
    assert [trial.state.name for trial in trials] == ["COMPLETE", "COMPLETE"]
    assert all(trial.user_attrs["seconds_per_answer"] > 0 for trial in trials)


async def test_a_loss_cannot_be_tuned(base: Path, dataset: Path):
    with pytest.raises(RunError, match="Sampling changes no loss"):
        await tune_inference(TuneOptions("x", goal="loss"), str(base), dataset=dataset)


async def test_drafts_need_a_draft_model(base: Path, dataset: Path):
    with pytest.raises(RunError, match="pass --draft-model FOLDER"):
        await tune_inference(TuneOptions("x", ("draft_tokens",)), str(base), dataset=dataset)


async def test_without_queries_nothing_can_be_asked(base: Path):
    with pytest.raises(RunError, match="--suite NAME, or --dataset FOLDER"):
        await tune_inference(TuneOptions("x"), str(base))
