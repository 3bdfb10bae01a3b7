"""The first stage: the data as it was given, or made from templates and from what the user's sessions have verified."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from punie_agent.exceptions import StoreError
from punie_training.dataset import SPLITS, Dataset, Example, load
from punie_training.exceptions import DatasetError
from punie_training.runs.files import hash_folder
from punie_training.runs.machine import Result
from punie_training.runs.state import RunState
from punie_training.runs.work import Work


async def gather(work: Work, state: RunState) -> Result:
    """Have the data, and complete the plan with its hash.

    Raises:
        DatasetError: it cannot be read, or nothing could be built.
    """
    plan = work.plan
    folder = plan.dataset
    if folder is None:
        folder = work.folder.data
        await _make(work)
    dataset = await asyncio.to_thread(load, folder)
    hashed = hash_folder(folder)
    work.folder.write_plan(plan.model_copy(update={"dataset_hash": hashed}))
    return {"folder": str(folder), "hash": hashed, "counts": _counts(dataset), "summary": _summary(dataset)}


async def _make(work: Work) -> None:
    """Make the data anew: what an interrupted attempt left is not trusted."""
    built, traced = work.folder.path / "built", work.folder.path / "traces"
    for folder in (built, traced, work.folder.data):
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await _build(work, built)
    if work.plan.building.traces and await _collect(work, traced):
        joined = await asyncio.to_thread(_joined, built, traced)
        await asyncio.to_thread(joined.save, work.folder.data)
    else:
        built.rename(work.folder.data)


async def _build(work: Work, out: Path) -> None:
    from punie_training.building import BuildOptions, build

    chosen = work.plan.building
    options = BuildOptions(
        out=out,
        workspace=chosen.workspace,
        tools=chosen.tools,
        per_template=chosen.per_template,
        seed=work.plan.seed,
        direct_share=chosen.direct_share,
    )
    report = await build(options, lambda step: work.progress("data", step.done, step.total, step.doing))
    for note in report.notes:
        work.say("data", note)


async def _collect(work: Work, out: Path) -> bool:
    """Whether the store had anything to learn from."""
    from punie_training.traces.collecting import collect

    workspace = work.plan.building.workspace
    try:
        found = await collect(
            out,
            workspace or Path.cwd(),
            all_projects=workspace is None,
            seed=work.plan.seed,
            on_notice=lambda text: work.say("data", text),
        )
    except (DatasetError, StoreError) as error:
        work.say("data", str(error))
        return False
    kept = found.looked_at - sum(found.dropped.values())
    work.say("data", f"{kept} of {found.looked_at} turns and fixes of your sessions are learned from, too.")
    return True


def _joined(built: Path, traced: Path) -> Dataset:
    """Both, where all of the second is trained on: its programs ran on other projects than those of the test split.

    A query that the other splits have stays out of training.
    """
    first, second = load(built), load(traced)
    taken = {_key(example) for split in SPLITS for example in first.splits.get(split, ())}
    more = [example for split in SPLITS for example in second.splits.get(split, ()) if _key(example) not in taken]
    train = (*first.splits.get("train", ()), *more)
    return Dataset(tool_registry=first.tool_registry, splits={**first.splits, "train": train})


def _key(example: Example) -> str:
    return " ".join(example.query.lower().split())


def _counts(dataset: Dataset) -> dict[str, int]:
    return {split: len(dataset.splits.get(split, ())) for split in SPLITS}


def _summary(dataset: Dataset) -> str:
    counts = _counts(dataset)
    return f"{counts['train']} to train, {counts['valid']} to validate, {counts['test']} to compare on"
