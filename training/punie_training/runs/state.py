"""How far a run has come: its stages, with what each of them found. Pure data; `folder` keeps it on disk."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

StageName = Literal["data", "checks", "baseline", "lora", "fuse", "candidate", "verdict", "registry", "report"]
STAGES: tuple[StageName, ...] = (
    "data",
    "checks",
    "baseline",
    "lora",
    "fuse",
    "candidate",
    "verdict",
    "registry",
    "report",
)
Status = Literal["waiting", "running", "done", "failed", "interrupted"]
Ending = Literal["unfinished", "promoted", "kept", "refused", "failed"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StageState(_Model):
    """One stage. `result` is what later stages read, `seconds` of all attempts together."""

    status: Status = "waiting"
    started: str = ""
    ended: str = ""
    seconds: float = 0.0
    attempts: int = 0
    result: dict[str, Any] = {}
    error: str = ""


class RunState(_Model):
    """A run's stages, by name; `ending` is `unfinished` while a run can go on."""

    format: Literal[1] = 1
    stages: dict[StageName, StageState]
    ending: Ending = "unfinished"

    def result(self, stage: StageName) -> dict[str, Any]:
        """What a stage found; empty until it is done."""
        return self.stages[stage].result

    def next_stage(self) -> StageName | None:
        """The first stage that is not done."""
        return next((name for name in STAGES if self.stages[name].status != "done"), None)

    def begun(self, stage: StageName, when: str) -> RunState:
        """The same, with the stage running."""
        old = self.stages[stage]
        update = {"status": "running", "started": when, "ended": "", "error": "", "attempts": old.attempts + 1}
        return self._with(stage, old.model_copy(update=update))

    def done(self, stage: StageName, when: str, seconds: float, result: dict[str, Any]) -> RunState:
        """The same, with the stage done."""
        old = self.stages[stage]
        update = {"status": "done", "ended": when, "seconds": old.seconds + seconds, "result": result}
        return self._with(stage, old.model_copy(update=update))

    def stopped(self, stage: StageName, when: str, seconds: float, status: Status, error: str) -> RunState:
        """The same, with the stage failed or interrupted."""
        old = self.stages[stage]
        update = {"status": status, "ended": when, "seconds": old.seconds + seconds, "error": error}
        return self._with(stage, old.model_copy(update=update))

    def ended(self, ending: Ending) -> RunState:
        """The same, at its end."""
        return self.model_copy(update={"ending": ending})

    def _with(self, stage: StageName, state: StageState) -> RunState:
        return self.model_copy(update={"stages": {**self.stages, stage: state}})


def new_state() -> RunState:
    """A run of which nothing is done."""
    return RunState(stages={name: StageState() for name in STAGES})
