"""The evaluations of a run: the base, what is promoted now, and the candidate, all on the same cases."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from punie_training import places
from punie_training.evals import (
    EvalOptions,
    EvalResult,
    Suite,
    evaluate,
    load_result,
    load_suite,
    open_answerer,
    suite_of,
)
from punie_training.evals.suite import HELD_OUT
from punie_training.exceptions import EvaluationError, RunError
from punie_training.mlx.base_models import fingerprint
from punie_training.runs.files import hash_folder
from punie_training.runs.folder import RunFolder
from punie_training.runs.incumbents import incumbent_of
from punie_training.runs.machine import Result
from punie_training.runs.plan import RunPlan
from punie_training.runs.state import RunState, StageName
from punie_training.runs.work import Work


def suite_for(plan: RunPlan, folder: RunFolder) -> Suite:
    """The cases of a run. Raises EvaluationError or DatasetError when there are none, or they cannot be used."""
    chosen = plan.evaluating
    if chosen.suite == HELD_OUT:
        data = plan.dataset or folder.data
        try:
            suite = suite_of(data)
        except EvaluationError as error:
            raise EvaluationError(f"{error} Or compare on a built-in suite: --suite core-20") from error
    else:
        suite = load_suite(chosen.suite)
    workspace = chosen.workspace or (plan.building.workspace if chosen.suite == HELD_OUT else None)
    return suite.model_copy(update={"workspace": workspace}) if workspace else suite


async def evaluate_baseline(work: Work, state: RunState) -> Result:
    """Evaluate the base, and the promoted adapter where there is one: the candidate has to beat what is served."""
    plan = work.plan
    base = await _evaluated(work, "baseline", "base", plan.base, None)
    found: Result = {"base": base.summary, "against": "base", "summary": f"base: {told(base)}"}
    incumbent = incumbent_of(plan.incumbent)
    if incumbent is None:
        return found
    if incumbent.problem:
        work.say("baseline", f"{incumbent.problem} The candidate is compared with its base alone.")
        return found
    work.say("baseline", f"{incumbent.name} is promoted now: the candidate has to beat it.")
    result = await _evaluated(work, "baseline", "incumbent", incumbent.base, incumbent.path)
    summary = f"{found['summary']}; {incumbent.name}: {told(result)}"
    return {**found, "incumbent": result.summary, "against": "incumbent", "summary": summary}


async def evaluate_candidate(work: Work, state: RunState) -> Result:
    """Evaluate the adapter. One that diverged is not evaluated."""
    if state.result("lora").get("diverged"):
        return {"summary": "left out: the training diverged"}
    plan = work.plan
    if not work.folder.adapter.is_dir():
        raise RunError(f"The adapter {work.folder.adapter} is not there any more. Start a new run: punie-ls train")
    result = await _evaluated(work, "candidate", "candidate", plan.base, work.folder.adapter)
    return {"candidate": result.summary, "summary": told(result)}


def told(result: EvalResult) -> str:
    """The figures of an evaluation in a short line."""
    summary = result.summary
    return ", ".join(f"{name} {100 * summary.get(name, 0.0):.1f} %" for name in ("tool", "execution", "valid"))


async def _evaluated(work: Work, stage: StageName, name: str, model: Path, adapter: Path | None) -> EvalResult:
    """One evaluation, or the one that an earlier run made of the same model on the same cases."""
    plan = work.plan
    suite = suite_for(plan, work.folder)
    kept = places.cache() / "run-evaluations" / f"{_key(plan, suite, model, adapter)}.json"
    file = work.folder.evaluation(name)
    if found := _kept(kept):
        work.say(stage, f"{name} was evaluated on these cases before: {told(found)}.")
        found.save(file)
        return found
    chosen = plan.evaluating
    options = EvalOptions(
        seeds=chosen.seeds,
        temperatures=(chosen.temperature,),
        limit=chosen.limit,
        partial=work.folder.path / f"eval-{name}.partial.json",
    )
    label = str(model) if adapter is None else f"{model}+{adapter}"
    async with open_answerer(label, prompt="small", max_tokens=chosen.max_tokens) as answerer:
        result = await evaluate(
            answerer,
            suite,
            options,
            lambda p: work.progress(stage, p.done, p.total, name, right=p.right / p.done if p.done else 0.0),
        )
    result.save(file)
    if adapter is None:
        result.save(kept)
    return result


def _key(plan: RunPlan, suite: Suite, model: Path, adapter: Path | None) -> str:
    parts = {
        "model": fingerprint(model),
        "adapter": hash_folder(adapter) if adapter else "",
        "suite": suite.hash,
        "workspace": str(suite.workspace or ""),
        "evaluating": plan.evaluating.model_dump(mode="json"),
        "versions": plan.versions,
        "tools": plan.tool_registry,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def _kept(file: Path) -> EvalResult | None:
    try:
        found = load_result(file)
    except EvaluationError:
        return None
    return found if found.complete else None
