"""The stage that decides: the saved evaluations of a run are compared by the rule of its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean

from punie_training.evals.results import CaseResult, EvalResult, load_result
from punie_training.exceptions import RunError
from punie_training.runs.machine import Result
from punie_training.runs.state import RunState
from punie_training.runs.verdict import Condition, Scored, Verdict, judge, refused
from punie_training.runs.work import Work


async def decide(work: Work, state: RunState) -> Result:
    """Compare the candidate with what it has to beat. Raises RunError when they were asked different questions."""
    verdict = _decide(work, state)
    return {**asdict(verdict), "reasons": list(verdict.reasons), "summary": sentence(verdict)}


def sentence(verdict: Verdict) -> str:
    """The verdict in a line."""
    if verdict.outcome == "promote":
        return f"better: {100 * verdict.gain:+.1f} points on {verdict.cases} cases"
    return f"refused: {verdict.reasons[0]}"


def scored(cases: Sequence[CaseResult]) -> list[Scored]:
    """Each case once, with the means of all its answers."""
    groups: dict[str, list[CaseResult]] = defaultdict(list)
    for case in cases:
        groups[case.id].append(case)
    return [
        Scored(
            id=name,
            category=group[0].category,
            valid=fmean(case.valid for case in group),
            tool=fmean(case.tool for case in group),
            execution=fmean(case.execution for case in group),
        )
        for name, group in groups.items()
    ]


def read_verdict(result: Result) -> Verdict:
    """The verdict that a stage kept."""
    fields = {name: value for name, value in result.items() if name not in {"reasons", "summary", "conditions"}}
    return Verdict(conditions=tuple(Condition(**condition) for condition in result["conditions"]), **fields)


def _decide(work: Work, state: RunState) -> Verdict:
    if state.result("lora").get("diverged"):
        why = " ".join(state.result("lora").get("notes", ())) or "The loss is no number any more: take a lower --lr."
        return refused(f"The training diverged. {why}")
    before = load_result(work.folder.evaluation(str(state.result("baseline").get("against", "base"))))
    after = load_result(work.folder.evaluation("candidate"))
    _refuse_other_questions(before, after)
    plan = work.plan
    return judge(scored(before.cases), scored(after.cases), plan.rule, seed=plan.seed)


def _refuse_other_questions(before: EvalResult, after: EvalResult) -> None:
    if before.suite_hash != after.suite_hash:
        raise RunError(
            f"{before.model} and {after.model} were asked different questions ({before.suite_hash}, "
            f"{after.suite_hash}). Start a new run: punie-ls train"
        )
