"""Runs stages in order and keeps how far they came, so that a kill costs only the stage it hits.

Knows nothing of what the stages do.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from punie_training.exceptions import RunError
from punie_training.runs.events import OnEvent, RunStarted, StageEnded, StageStarted
from punie_training.runs.folder import RunFolder
from punie_training.runs.plan import now
from punie_training.runs.state import STAGES, Ending, RunState, StageName, Status

Result = dict[str, Any]
Stage = Callable[[RunState], Awaitable[Result]]
"""Does a stage, given what the earlier ones found. `summary` in its result is shown to people."""


async def run_stages(
    folder: RunFolder, stages: Mapping[StageName, Stage], ending: Callable[[RunState], Ending], on_event: OnEvent
) -> RunState:
    """Do all stages that are not done yet. The caller holds the folder's lock.

    Args:
        folder: where the state is kept; what is done there is not repeated.
        stages: what to do, for every name in `STAGES`.
        ending: how the run ended, once all are done.
        on_event: is told of each stage.

    Raises:
        TrainingError: of the stage that failed; the state says so, and the run can be resumed.
        asyncio.CancelledError: the state says `interrupted`.
    """
    state = folder.state()
    if state.ending != "unfinished":
        raise RunError(f"Run {folder.id} is finished: {state.ending}. Its report: {folder.report}")
    on_event(RunStarted(folder.id, str(folder.path), resumed=any(s.attempts for s in state.stages.values())))
    for number, name in enumerate(STAGES, start=1):
        if state.stages[name].status == "done":
            old = state.stages[name]
            on_event(StageEnded(name, "done", old.seconds, str(old.result.get("summary", "")), skipped=True))
            continue
        on_event(StageStarted(name, number, len(STAGES)))
        state = await _do(folder, state, name, stages[name], on_event)
    state = state.ended(ending(state))
    _keep(folder, state)
    return state


async def _do(folder: RunFolder, state: RunState, name: StageName, stage: Stage, on_event: OnEvent) -> RunState:
    state = state.begun(name, now())
    _keep(folder, state)
    begin = time.monotonic()
    try:
        result = await stage(state)
        seconds = time.monotonic() - begin
        state = state.done(name, now(), seconds, result)
        _keep(folder, state)
    except asyncio.CancelledError:
        _stopped(folder, state, name, time.monotonic() - begin, on_event)
        raise
    except Exception as error:
        _stopped(folder, state, name, time.monotonic() - begin, on_event, str(error) or type(error).__name__)
        if isinstance(error, OSError):
            raise RunError(_of_disk(folder, name, error)) from error
        raise
    on_event(StageEnded(name, "done", seconds, str(result.get("summary", ""))))
    return state


def _stopped(
    folder: RunFolder, state: RunState, name: StageName, seconds: float, on_event: OnEvent, error: str = ""
) -> None:
    status: Status = "failed" if error else "interrupted"
    # On a full disk the state goes on saying `running`, which can be resumed as well.
    with contextlib.suppress(OSError):
        folder.write_state(state.stopped(name, now(), seconds, status, error))
    on_event(StageEnded(name, status, seconds, error))


def _keep(folder: RunFolder, state: RunState) -> None:
    try:
        folder.write_state(state)
    except OSError as error:
        raise RunError(_of_disk(folder, "", error)) from error


def _of_disk(folder: RunFolder, stage: str, error: OSError) -> str:
    where = f" in the stage {stage}" if stage else ""
    reason = error.strerror or str(error)
    return f"Run {folder.id} stopped{where}: {reason}. When that is put right: punie-ls train --resume {folder.id}"
