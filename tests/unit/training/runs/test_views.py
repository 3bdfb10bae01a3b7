"""What `punie-ls train` shows of a run: lines for people, JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_ls.cli.training.train_progress import open_view
from punie_training.runs.events import Progress, Remark, RunEvent, RunStarted, StageEnded, StageStarted
from punie_training.runs.folder import create
from punie_training.runs.training import RunOutcome
from punie_training.runs.verdict import Scored, judge
from tests.unit.training.runs.planning import a_plan

EVENTS: tuple[RunEvent, ...] = (
    RunStarted("run-1", "/runs/run-1"),
    StageStarted("lora", 4, 9),
    Progress("lora", 10, 100, "train", {"loss": 1.5, "tokens_per_second": 1234.4, "peak_gb": 0.5, "seconds_left": 65}),
    Progress("lora", 100, 100, "train", {"loss": 0.25}),
    Remark("lora", "The batch size is 8."),
    StageEnded("lora", "done", 12.34, "loss 1.500 to 0.250"),
    StageEnded("data", "done", 1.0, skipped=True),
)


@pytest.fixture
def outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOutcome:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path))
    before = [Scored(f"c{number}", "x", 1.0, 0.0, 0.0) for number in range(20)]
    after = [Scored(f"c{number}", "x", 1.0, 0.0, 0.0) for number in range(20)]
    return RunOutcome(create(a_plan(incumbent="old-one")), "refused", judge(before, after), "")


def test_people_get_lines_on_stderr_and_the_verdict_on_stdout(
    outcome: RunOutcome, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_view(as_json=False) as view:
        for event in EVENTS:
            view(event)
        view.show_outcome(outcome)

    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "Run run-1: /runs/run-1",
        "[4/9] Training",
        "      100 of 100  loss 0.250",
        "      The batch size is 8.",
        "  done    Training (12.3 s): loss 1.500 to 0.250",
        "  done    Data (earlier)",
    ]
    lines = out.splitlines()
    assert lines[0] == "Refused: tiny-20260301-120000-ab12"
    assert lines[2].startswith("  no   Tool and execution accuracy together changed by +0.0 points")
    assert lines[-2:] == ["What was promoted stays: old-one.", f"Report: {outcome.folder.report}"]


def test_programs_get_one_json_object_on_each_line(outcome: RunOutcome, capsys: pytest.CaptureFixture[str]) -> None:
    with open_view(as_json=True) as view:
        for event in EVENTS:
            view(event)
        view.show_outcome(outcome)

    out, err = capsys.readouterr()
    assert err == ""
    told = [json.loads(line) for line in out.splitlines()]
    kinds = ["run", "stage", "progress", "progress", "remark", "stage_ended", "stage_ended", "result"]
    assert [event["kind"] for event in told] == kinds
    assert told[2]["values"]["loss"] == 1.5
    assert (told[-1]["ending"], told[-1]["verdict"]["outcome"]) == ("refused", "refuse")
    assert view.run == "run-1"
