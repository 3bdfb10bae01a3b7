"""What a run leaves in the store: itself, and its adapter, which is promoted in one step or not at all."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from punie_training.adapters import AdapterRecord, Registry, RunRecord, open_registry
from punie_training.runs.machine import Result
from punie_training.runs.state import RunState
from punie_training.runs.work import Work


async def register(work: Work, state: RunState) -> Result:
    """Put the adapter into the registry, and promote it when the verdict says so. A second attempt does it once.

    Raises:
        AdapterError, StoreError: nothing is promoted then.
    """
    plan, verdict = work.plan, state.result("verdict")
    if state.result("lora").get("diverged"):
        return {"adapter": "", "promoted": False, "summary": "no adapter: the training diverged"}
    if verdict["outcome"] != "promote":
        kept = f"{plan.incumbent} stays promoted" if plan.incumbent else "nothing is promoted"
        return {"adapter": "", "promoted": False, "summary": f"{kept}; the refused adapter is {work.folder.adapter}"}
    with open_registry() as registry:
        if not _is_added(registry, work):
            registry.add(_record(work, state))
        if not plan.promote:
            return {"adapter": plan.name, "promoted": False, "summary": f"{plan.name} is kept: punie-ls adapters list"}
        registry.promote(plan.name)
    return {"adapter": plan.name, "promoted": True, "summary": f"{plan.name} is promoted"}


def keep_run(work: Work, state: str) -> None:
    """Write the run into the store, as it stands."""
    with open_registry() as registry:
        registry.save_run(_run_record(work, state))


def _is_added(registry: Registry, work: Work) -> bool:
    """Whether an earlier attempt at this stage has come so far."""
    plan = work.plan
    return any(record.name == plan.name and record.run == plan.id for record in registry.all())


def _record(work: Work, state: RunState) -> AdapterRecord:
    plan = work.plan
    return AdapterRecord(
        name=plan.name,
        base=str(plan.base),
        path=str(work.folder.adapter),
        run=plan.id,
        dataset=plan.dataset_hash,
        metrics=_metrics(state),
        versions=plan.versions,
    )


def _run_record(work: Work, state: str) -> RunRecord:
    plan, current = work.plan, work.folder.state()
    return RunRecord(
        id=plan.id,
        state=state,
        folder=str(work.folder.path),
        config=plan.config.model_dump(mode="json") if plan.config else dict(plan.settings),
        dataset=plan.dataset_hash,
        seed=plan.seed,
        versions=plan.versions,
        metrics=_metrics(current),
        started=datetime.fromisoformat(plan.created).timestamp(),
        ended=None if current.ending == "unfinished" else time.time(),
    )


def _metrics(state: RunState) -> dict[str, Any]:
    verdict, lora = state.result("verdict"), state.result("lora")
    found: dict[str, Any] = dict(state.result("candidate").get("candidate", {}))
    found |= {f"base_{name}": value for name, value in state.result("baseline").get("base", {}).items()}
    if verdict:
        found |= {name: verdict[name] for name in ("gain", "cases")}
    if lora.get("best_valid") is not None:
        found["valid_loss"] = lora["best_valid"]
    return found
