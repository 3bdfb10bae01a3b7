"""Stages are done once, in order, and a run goes on where it stopped."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from punie_training.exceptions import DatasetError, RunError
from punie_training.runs.events import RunEvent, RunStarted, StageEnded
from punie_training.runs.folder import RunFolder, create
from punie_training.runs.machine import Result, Stage, run_stages
from punie_training.runs.state import STAGES, Ending, RunState, StageName
from tests.unit.training.runs.planning import a_plan


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path))
    return create(a_plan())


class Recorded:
    """Stages that note that they ran; `failing` ones raise once."""

    def __init__(self, failing: dict[StageName, BaseException] | None = None) -> None:
        self.ran: list[StageName] = []
        self.failing = dict(failing or {})

    def stages(self) -> dict[StageName, Stage]:
        return {name: self._stage(name) for name in STAGES}

    def _stage(self, name: StageName) -> Stage:
        async def run(state: RunState) -> Result:
            self.ran.append(name)
            if error := self.failing.pop(name, None):
                raise error
            return {"summary": f"{name} is done", "before": [n for n in STAGES if state.stages[n].status == "done"]}

        return run


def promoted(state: RunState) -> Ending:
    return "promoted"


def ignore(event: RunEvent) -> None:
    pass


async def go(folder: RunFolder, stages: Recorded, on_event: Callable[[RunEvent], None] = ignore) -> RunState:
    return await run_stages(folder, stages.stages(), promoted, on_event)


async def test_all_stages_run_in_order_and_see_what_was_done_before(folder: RunFolder) -> None:
    recorded = Recorded()

    state = await go(folder, recorded)

    assert recorded.ran == list(STAGES)
    assert state.result("candidate")["before"] == ["data", "checks", "baseline", "lora", "fuse"]
    assert (state.ending, state.next_stage()) == ("promoted", None)
    assert folder.state() == state


async def test_a_run_that_failed_goes_on_with_the_stage_that_failed(folder: RunFolder) -> None:
    recorded = Recorded({"lora": DatasetError("the data is gone")})

    with pytest.raises(DatasetError, match="the data is gone"):
        await go(folder, recorded)

    assert folder.state().stages["lora"].status == "failed"
    assert folder.state().stages["lora"].error == "the data is gone"
    assert folder.state().ending == "unfinished"
    recorded.ran.clear()
    events: list[RunEvent] = []
    await go(folder, recorded, events.append)
    assert recorded.ran == ["lora", "fuse", "candidate", "verdict", "registry", "report"]
    assert events[0] == RunStarted(folder.id, str(folder.path), resumed=True)
    skipped = [event.stage for event in events if isinstance(event, StageEnded) and event.skipped]
    assert skipped == ["data", "checks", "baseline"]
    assert folder.state().stages["lora"].attempts == 2


async def test_a_run_that_is_cancelled_is_interrupted_and_goes_on(folder: RunFolder) -> None:
    recorded = Recorded({"baseline": asyncio.CancelledError()})

    with pytest.raises(asyncio.CancelledError):
        await go(folder, recorded)

    assert folder.state().stages["baseline"].status == "interrupted"
    await go(folder, recorded)
    assert recorded.ran.count("baseline") == 2
    assert recorded.ran.count("checks") == 1


async def test_a_run_that_was_killed_repeats_the_stage_it_was_in(folder: RunFolder) -> None:
    state = folder.state()
    for name in ("data", "checks"):
        state = state.begun(name, "t").done(name, "t", 1.0, {})
    folder.write_state(state.begun("baseline", "t"))
    recorded = Recorded()

    await go(folder, recorded)

    assert recorded.ran[0] == "baseline"


async def test_a_full_disk_is_a_sentence_that_says_how_to_go_on(folder: RunFolder) -> None:
    recorded = Recorded({"lora": OSError(errno.ENOSPC, "No space left on device")})

    with pytest.raises(RunError, match=rf"stage lora: No space left on device.*train --resume {folder.id}"):
        await go(folder, recorded)


async def test_what_was_not_foreseen_is_noted_and_raised_as_it_is(folder: RunFolder) -> None:
    recorded = Recorded({"fuse": ZeroDivisionError("oh")})

    with pytest.raises(ZeroDivisionError):
        await go(folder, recorded)

    assert folder.state().stages["fuse"].status == "failed"


async def test_a_finished_run_is_not_done_again(folder: RunFolder) -> None:
    recorded = Recorded()
    await go(folder, recorded)

    with pytest.raises(RunError, match=r"is finished: promoted.*report\.html"):
        await go(folder, recorded)
    assert len(recorded.ran) == len(STAGES)
