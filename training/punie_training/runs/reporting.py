"""The last stage: one file that tells what a run came to, made from what lies in its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from punie_training.evals.results import EvalResult, load_result
from punie_training.exceptions import EvaluationError
from punie_training.mlx.estimates import gib
from punie_training.runs import report_parts as parts
from punie_training.runs.curves import Curve, loss_curves
from punie_training.runs.deciding import read_verdict
from punie_training.runs.files import write_atomically
from punie_training.runs.folder import RunFolder
from punie_training.runs.machine import Result
from punie_training.runs.plan import RunPlan
from punie_training.runs.report_style import STYLE
from punie_training.runs.state import STAGES, RunState
from punie_training.runs.verdict import Verdict
from punie_training.runs.work import Work


async def report(work: Work, state: RunState) -> Result:
    """Write report.html. Raises OSError when it cannot be written."""
    write_atomically(work.folder.report, page(work.folder, work.plan, state))
    return {"file": str(work.folder.report), "summary": str(work.folder.report)}


def page(folder: RunFolder, plan: RunPlan, state: RunState) -> str:
    """The report as one HTML file without scripts, pictures or other files beside it."""
    told = _Told(folder, plan, state)
    sections = (told.verdict(), told.figures(), told.losses(), told.changes(), told.confusion(), told.details())
    title = f"{plan.name}: {'promoted' if told.promoted else 'not promoted'}"
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{''.join(sections)}</main></body></html>\n"
    )


@dataclass(frozen=True)
class _Told:
    folder: RunFolder
    plan: RunPlan
    state: RunState

    @property
    def judged(self) -> Verdict:
        return read_verdict(self.state.result("verdict"))

    @property
    def promoted(self) -> bool:
        return bool(self.state.result("registry").get("promoted"))

    def verdict(self) -> str:
        verdict = self.judged
        better = verdict.outcome == "promote"
        head = "Promoted" if self.promoted else "Better, and kept" if better else "Refused"
        was = self.plan.incumbent or "nothing"
        then = "" if self.promoted else f" What was promoted stays: {was}."
        numbers = (
            f"Right tool and right result together: {100 * verdict.gain:+.1f} points on {verdict.cases} cases, "
            f"{100 * verdict.low:+.1f} to {100 * verdict.high:+.1f} points with "
            f"{self.plan.rule.confidence:.0%} confidence. {verdict.better} cases got the right tool, {verdict.worse} "
            f"lost it (McNemar p = {verdict.p_value:.2g})."
            if verdict.cases
            else ""
        )
        return (
            f"<p class='quiet'>Run {escape(self.plan.id)}, {escape(self.plan.created)}</p>"
            f"<section class='verdict {'promote' if better else 'refuse'}'>"
            f"<h1 class='{'good' if better else 'bad'}'>{head}: {escape(self.plan.name)}</h1>"
            f"<p>{escape(numbers + then)}</p>{parts.conditions(verdict.conditions)}</section>"
        )

    def figures(self) -> str:
        named = self._evaluations()
        before, after = self._compared()
        text = parts.models(named) if named else "<p class='quiet'>No model was evaluated.</p>"
        if before is None or after is None:
            return f"<h2>Figures</h2>{text}"
        return (
            f"<h2>Figures</h2>{parts.cards(before, after)}{text}<h2>By category</h2>{parts.categories(before, after)}"
        )

    def losses(self) -> str:
        points = self._points()
        curves = [
            Curve(name, kind, tuple((p["iteration"], _number(p["loss"])) for p in points if p["kind"] == kind))
            for name, kind in (("training", "train"), ("validation", "valid"))
        ]
        result = self.state.result("lora")
        notes = "".join(f"<p class='quiet'>{escape(note)}</p>" for note in result.get("notes", ()))
        return f"<h2>Losses</h2><p>{escape(str(result.get('summary', '')))}</p>{loss_curves(curves)}{notes}"

    def changes(self) -> str:
        before, after = self._compared()
        if before is None or after is None:
            return ""
        pairs = parts.changed(before, after)
        worse, better = [p for p in pairs if p.change < 0], [p for p in pairs if p.change > 0]
        better = better[::-1]
        return (
            f"<h2>Regressions ({len(worse)})</h2>{parts.cases(worse)}"
            f"<details><summary>Improvements ({len(better)})</summary>{parts.cases(better)}</details>"
        )

    def confusion(self) -> str:
        _, after = self._compared()
        return f"<h2>Which tool was called (rows: expected)</h2>{parts.confusion(after)}" if after else ""

    def details(self) -> str:
        checks, data = self.state.result("checks"), self.state.result("data")
        needed = {name: gib(checks[f"{name}_bytes"]) for name in ("memory", "disk") if f"{name}_bytes" in checks}
        facts: list[tuple[str, object]] = [
            ("base", self.plan.base),
            ("hash of the base", self.plan.base_hash),
            ("data", data.get("folder", "")),
            ("hash of the data", self.plan.dataset_hash),
            ("examples", data.get("summary", "")),
            ("seed", self.plan.seed),
            ("tools", self.plan.tool_registry),
            *((f"estimated {name}", text) for name, text in needed.items()),
            *self.plan.versions.items(),
        ]
        config = self.plan.config.model_dump(mode="json") if self.plan.config else self.plan.settings
        choices = "".join(f"<li>{escape(choice)}</li>" for choice in self.plan.choices)
        stages = ((name, f"{self.state.stages[name].seconds:.1f} s") for name in STAGES if name != "report")
        return (
            f"<h2>Data and versions</h2>{parts.facts(facts)}<h2>Settings</h2>{parts.facts(config.items())}"
            f"<ul class='quiet'>{choices}</ul><h2>Time</h2>{parts.facts(stages)}"
        )

    def _evaluations(self) -> dict[str, EvalResult]:
        names = {"base": "base", "incumbent": f"{self.plan.incumbent} (promoted before)", "candidate": self.plan.name}
        found = {label: self._evaluation(name) for name, label in names.items()}
        return {label: result for label, result in found.items() if result}

    def _compared(self) -> tuple[EvalResult | None, EvalResult | None]:
        against = str(self.state.result("baseline").get("against", "base"))
        return self._evaluation(against), self._evaluation("candidate")

    def _evaluation(self, name: str) -> EvalResult | None:
        try:
            return load_result(self.folder.evaluation(name))
        except EvaluationError:
            return None

    def _points(self) -> list[dict[str, Any]]:
        try:
            return json.loads((self.folder.path / "losses.json").read_bytes())
        except (OSError, ValueError):
            return []


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
