"""From data to a promoted adapter, and refusals that leave it where it is: with mlx and real servers."""

from __future__ import annotations

import asyncio
import json

import pytest

from punie_training.adapters import open_registry
from punie_training.runs.events import Progress, Remark, RunEvent, StageEnded
from punie_training.runs.plan import Evaluating
from punie_training.runs.planning import TrainRequest, plan_run
from punie_training.runs.state import STAGES
from punie_training.runs.training import RunOutcome, resume, start
from tests.integration.training.runs.conftest import Place

pytestmark = pytest.mark.timeout(300)

CHEAP = Evaluating(limit=16, max_tokens=24)
events: list[RunEvent] = []


@pytest.fixture(scope="module")
def learned(place: Place) -> RunOutcome:
    settings = {"fine_tune_type": "full", "iters": 150, "learning_rate": 4e-3, "batch_size": 16}
    request = TrainRequest(place.data, str(place.base), settings=settings, evaluating=CHEAP, name="first")
    return asyncio.run(start(plan_run(request), events.append))


async def test_what_learned_its_task_is_promoted(place: Place, learned: RunOutcome) -> None:
    assert learned.ending == "promoted"
    assert learned.verdict.cases == 16
    assert learned.verdict.gain > 0.4
    with open_registry() as registry:
        record = registry.promoted()
        run = registry.run(learned.folder.id)
    assert record is not None
    assert (record.name, record.run, record.base) == ("first", learned.folder.id, str(place.base))
    assert record.dataset == learned.folder.plan().dataset_hash
    assert record.metrics["tool"] > record.metrics["base_tool"] + 0.4
    assert (run.state, run.config["iters"]) == ("promoted", 150)
    assert run.ended is not None


async def test_its_plan_says_everything_that_decided_the_result(learned: RunOutcome) -> None:
    plan = learned.folder.plan()

    assert plan.config is not None
    assert (plan.config.iters, plan.config.max_seq_length) == (150, 97)
    assert plan.versions.keys() >= {"punie-ls", "mlx", "mlx-lm"}
    assert len(plan.dataset_hash) == 24
    assert plan.tool_registry
    assert not any("learning rate" in choice for choice in plan.choices)


async def test_every_stage_was_told_with_its_figures(learned: RunOutcome) -> None:
    ended = [event.stage for event in events if isinstance(event, StageEnded) and event.status == "done"]
    steps = [event for event in events if isinstance(event, Progress) and event.stage == "lora"]

    assert ended == list(STAGES)
    [checked] = [event for event in events if isinstance(event, StageEnded) and event.stage == "checks"]
    assert "; 16 cases to compare on" in checked.summary
    assert any({"loss", "tokens_per_second", "peak_gb", "seconds_left"} <= step.values.keys() for step in steps)


async def test_its_report_begins_with_the_verdict_and_needs_no_other_file(learned: RunOutcome) -> None:
    text = learned.folder.report.read_text(encoding="utf-8")

    assert text.index("Promoted: first") < text.index("By category") < text.index("Regressions")
    assert "<polyline class='train'" in text
    assert "<polyline class='valid'" in text
    for outside in ("http://", "https://", "<script", "<link", "src="):
        assert outside not in text


async def test_a_ruinous_learning_rate_is_refused_and_the_promoted_one_stays(place: Place, learned: RunOutcome) -> None:
    told: list[RunEvent] = []
    settings = {"iters": 20, "learning_rate": 1e3, "batch_size": 8}
    request = TrainRequest(place.data, str(place.base), settings=settings, evaluating=CHEAP, name="ruined")

    outcome = await start(plan_run(request), told.append)

    assert outcome.ending == "refused"
    assert "diverged" in outcome.verdict.reasons[0]
    with open_registry() as registry:
        promoted = registry.promoted()
        assert promoted is not None
        assert promoted.name == "first"
        assert [record.name for record in registry.all()] == ["first"]
        assert registry.run(outcome.folder.id).state == "refused"
    remarks = [event.text for event in told if isinstance(event, Remark)]
    assert any("first is promoted now: the candidate has to beat it" in text for text in remarks)
    assert any("base was evaluated on these cases before" in text for text in remarks)
    assert "What was promoted stays: first." in outcome.folder.report.read_text(encoding="utf-8")


async def test_what_is_no_better_than_the_promoted_one_is_refused(place: Place, learned: RunOutcome) -> None:
    settings = {"iters": 2, "learning_rate": 1e-5, "batch_size": 8}
    request = TrainRequest(place.data, settings=settings, evaluating=CHEAP, name="worse")

    outcome = await start(plan_run(request), lambda event: None)

    assert outcome.folder.plan().base == place.base
    assert outcome.ending == "refused"
    assert outcome.verdict.gain < 0
    assert json.loads((outcome.folder.path / "losses.json").read_text())
    with pytest.raises(Exception, match="is finished: refused"):
        await resume(outcome.folder.id, lambda event: None)
