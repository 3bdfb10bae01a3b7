"""A run from a request to a verdict: plan it, do it, go on with it. What `punie-ls train` and other front ends call."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from punie_agent.exceptions import StoreError
from punie_training.exceptions import RunError
from punie_training.mlx.base_models import fingerprint
from punie_training.runs import checks, deciding, evaluating, keeping, learning, reporting
from punie_training.runs.data import gather
from punie_training.runs.events import OnEvent
from punie_training.runs.folder import RunFolder, create, find
from punie_training.runs.machine import Stage, run_stages
from punie_training.runs.plan import RunPlan, versions
from punie_training.runs.planning import hash_dataset
from punie_training.runs.state import Ending, RunState, StageName, new_state
from punie_training.runs.verdict import Verdict
from punie_training.runs.work import Work

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended: `promoted`, `kept` (better, but not to be promoted) or `refused`."""

    folder: RunFolder
    ending: Ending
    verdict: Verdict
    adapter: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for programs."""
        return {
            "run": self.folder.id,
            "folder": str(self.folder.path),
            "report": str(self.folder.report),
            "ending": self.ending,
            "adapter": self.adapter,
            "verdict": asdict(self.verdict),
        }


@dataclass(frozen=True)
class Preview:
    """What a run would do, found out without training."""

    plan: RunPlan
    data: str
    checks: str

    @property
    def settings(self) -> dict[str, Any]:
        """Of LoRA, all of them."""
        return self.plan.config.model_dump(mode="json") if self.plan.config else {}

    def as_dict(self) -> dict[str, str]:
        """The plan in words, by short names."""
        plan = self.plan
        return {
            "base": str(plan.base),
            "data": self.data,
            "training": self.checks,
            "to beat": plan.incumbent or "the base",
            "adapter": plan.name,
        }


async def start(plan: RunPlan, on_event: OnEvent) -> RunOutcome:
    """Do a new run.

    Raises:
        TrainingError: it could not be brought to an end; `resume` goes on where it stopped.
    """
    folder = create(plan)
    with folder.locked():
        return await _do(folder, on_event)


async def preview(plan: RunPlan, on_event: OnEvent) -> Preview:
    """Gather the data and make the checks of a run, in a folder that is deleted afterwards.

    Raises:
        TrainingError: the run could not begin.
    """
    with tempfile.TemporaryDirectory(prefix="punie-train-") as made:
        folder = RunFolder(Path(made))
        folder.write_plan(plan)
        folder.write_state(new_state())
        work = Work(folder, on_event)
        data = await gather(work, folder.state())
        checked = await checks.check(work, folder.state())
        return Preview(folder.plan(), str(data["summary"]), str(checked["summary"]))


async def resume(name: str, on_event: OnEvent, dataset: Path | None = None) -> RunOutcome:
    """Go on with a run, by its id; "" takes the newest that is unfinished.

    Raises:
        RunError: there is none, it is finished, at work elsewhere, or its base or data are not the ones it began with.
    """
    folder = find(name)
    with folder.locked():
        _refuse_changes(folder, dataset)
        return await _do(folder, on_event)


async def _do(folder: RunFolder, on_event: OnEvent) -> RunOutcome:
    work = Work(folder, on_event)
    keeping.keep_run(work, "running")
    try:
        state = await run_stages(folder, _stages(work), _ending, on_event)
    except BaseException:
        try:
            keeping.keep_run(work, "interrupted")
        except StoreError as error:
            logger.warning("%s", error)
        raise
    keeping.keep_run(work, state.ending)
    verdict = deciding.read_verdict(state.result("verdict"))
    return RunOutcome(folder, state.ending, verdict, str(state.result("registry").get("adapter", "")))


def _stages(work: Work) -> dict[StageName, Stage]:
    return {
        "data": partial(gather, work),
        "checks": partial(checks.check, work),
        "baseline": partial(evaluating.evaluate_baseline, work),
        "lora": partial(learning.learn, work),
        "fuse": partial(learning.fuse_candidate, work),
        "candidate": partial(evaluating.evaluate_candidate, work),
        "verdict": partial(deciding.decide, work),
        "registry": partial(keeping.register, work),
        "report": partial(reporting.report, work),
    }


def _ending(state: RunState) -> Ending:
    if state.result("verdict")["outcome"] != "promote":
        return "refused"
    return "promoted" if state.result("registry").get("promoted") else "kept"


def _refuse_changes(folder: RunFolder, dataset: Path | None) -> None:
    """A run goes on only with the very base and data it began with: else its figures would belong to neither."""
    plan = folder.plan()
    if plan.versions != versions():
        changed = sorted(
            name for name in {*plan.versions, *versions()} if plan.versions.get(name) != versions().get(name)
        )
        raise RunError(
            f"Run {folder.id} began with other versions of {', '.join(changed)}. Start a new one: punie-ls train"
        )
    if fingerprint(plan.base) != plan.base_hash:
        raise RunError(f"The base {plan.base} has changed since run {folder.id} began. Start a new one: punie-ls train")
    used = plan.dataset or folder.data
    if dataset is not None and hash_dataset(dataset) != plan.dataset_hash:
        raise RunError(
            f"Run {folder.id} began with other data than {dataset}: {used}. Leave DATASET out to go on, or start a new "
            "run without --resume."
        )
    if plan.dataset_hash and hash_dataset(used) != plan.dataset_hash:
        raise RunError(f"The data {used} has changed since run {folder.id} began. Start a new one: punie-ls train")
