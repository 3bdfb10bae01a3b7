"""A study as one HTML page with charts of its own: how it went, what mattered, and every trial. Runs nothing."""

from __future__ import annotations

import html
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_training.tuning.best import best_of
from punie_training.tuning.studies import described, state_counts

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

WIDTH, HEIGHT, EDGE = 720, 260, 48
# Fewer trials say nothing about what mattered.
LEAST_FOR_IMPORTANCE = 4


@dataclass(frozen=True)
class _Trial:
    """A trial that is complete."""

    number: int
    value: float
    params: dict[str, Any]


def write_picture(study: Study, path: Path) -> Path:
    """Write the page; it needs no network and no scripts."""
    path.write_text(page(study), encoding="utf-8")
    return path


def page(study: Study) -> str:
    """The page's HTML."""
    about, best = described(study), best_of(study)
    trials = study.get_trials(deepcopy=False)
    counts = ", ".join(f"{number} {state}" for state, number in state_counts(study).items()) or "no trials"
    name = html.escape(study.study_name)
    lead = "No trial is complete yet." if best is None else f"Best: {best.value:.4g} in trial {best.number}."
    body = [
        f"<h1>{name}</h1><p>{html.escape(_purpose(about))} {counts}. <strong>{lead}</strong></p>",
        f"<h2>Trial by trial</h2>{_history(study, trials)}",
        f"<h2>What mattered</h2>{_importance(study)}",
        f"<h2>All settings side by side</h2>{_parallel(study, trials)}",
        f"<h2>Trials</h2>{_table(trials)}",
    ]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title><style>{_STYLE}</style>'
    return f"{head}{''.join(body)}</html>\n"


def importances(study: Study) -> dict[str, float]:
    """How much each parameter mattered for the value, as shares of 1; empty when too few trials are complete."""
    import optuna

    values = [trial.value for trial in _complete(study.get_trials(deepcopy=False))]
    if len(values) < LEAST_FOR_IMPORTANCE or len(set(values)) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
        )
    return {name: share for name, share in found.items() if math.isfinite(share)}


def _purpose(about: dict[str, Any]) -> str:
    goal = {"loss": "the lowest validation loss", "seconds": "the fewest seconds for each right answer"}
    wanted = goal.get(str(about.get("goal")), f"the highest {about.get('metric', '')} accuracy")
    return f"A study of {about.get('kind', 'something')}, looking for {wanted}."


def _complete(trials: Sequence[FrozenTrial]) -> list[_Trial]:
    return [_Trial(t.number, t.value, t.params) for t in trials if t.state.name == "COMPLETE" and t.value is not None]


def _history(study: Study, trials: Sequence[FrozenTrial]) -> str:
    done = [(trial.number, trial.value) for trial in _complete(trials)]
    if not done:
        return "<p>Nothing to draw yet.</p>"
    better: Callable[..., float] = max if study.direction.name == "MAXIMIZE" else min
    x = _scale(min(n for n, _ in done), max(n for n, _ in done), EDGE, WIDTH - EDGE)
    y = _scale(min(v for _, v in done), max(v for _, v in done), HEIGHT - EDGE, EDGE)
    dots = "".join(
        f'<circle class="dot" cx="{x(n):.1f}" cy="{y(v):.1f}" r="4"><title>trial {n}: {v:.4g}</title></circle>'
        for n, v in done
    )
    steps, best = [], done[0][1]
    for number, value in done:
        best = better(best, value)
        steps.append(f"{x(number):.1f},{y(best):.1f}")
    low, high = min(v for _, v in done), max(v for _, v in done)
    ends = _text(4, y(high), f"{high:.3g}") + (_text(4, y(low), f"{low:.3g}") if low != high else "")
    names = _text(x(done[0][0]), HEIGHT - 16, f"trial {done[0][0]}") + _text(
        x(done[-1][0]) - 20, HEIGHT - 16, f"{done[-1][0]}"
    )
    return _svg(f'<polyline class="best" points="{" ".join(steps)}"/>{dots}{ends}{names}', HEIGHT)


def _importance(study: Study) -> str:
    found = importances(study)
    if not found:
        return f"<p>That can be said once {LEAST_FOR_IMPORTANCE} trials are complete and differ.</p>"
    rows = []
    for place, (name, share) in enumerate(sorted(found.items(), key=lambda item: -item[1])):
        top = 8 + 28 * place
        rows.append(
            _text(4, top + 14, name)
            + f'<rect class="bar" x="180" y="{top}" width="{max(1, share * (WIDTH - 260)):.1f}" height="18"/>'
            + _text(188 + share * (WIDTH - 260), top + 14, f"{share:.0%}")
        )
    return _svg("".join(rows), 16 + 28 * len(rows))


def _parallel(study: Study, trials: Sequence[FrozenTrial]) -> str:
    done = [trial for trial in _complete(trials) if trial.params]
    if not done:
        return "<p>Nothing to draw yet.</p>"
    names = sorted({name for trial in done for name in trial.params})
    axes = [*names, "value"]
    gap = (WIDTH - 2 * EDGE) / max(1, len(axes) - 1)
    places = [_axis([_coordinate(trial, axis) for trial in done]) for axis in axes]
    maximize = study.direction.name == "MAXIMIZE"
    ranked = sorted(done, key=lambda trial: trial.value, reverse=not maximize)
    lines = []
    for rank, trial in enumerate(ranked):
        points = " ".join(
            f"{EDGE + gap * k:.1f},{places[k](_coordinate(trial, axis)):.1f}" for k, axis in enumerate(axes)
        )
        kind = "best" if rank == len(ranked) - 1 else "line"
        lines.append(f'<polyline class="{kind}" points="{points}"><title>trial {trial.number}</title></polyline>')
    frame = "".join(
        f'<line class="axis" x1="{EDGE + gap * k:.1f}" x2="{EDGE + gap * k:.1f}" y1="{EDGE}" y2="{HEIGHT - EDGE}"/>'
        + _text(EDGE + gap * k, HEIGHT - 24, axis, middle=True)
        + _text(EDGE + gap * k, EDGE - 8, _end([_coordinate(trial, axis) for trial in done]), middle=True)
        for k, axis in enumerate(axes)
    )
    return _svg(frame + "".join(lines), HEIGHT)


def _table(trials: Sequence[FrozenTrial]) -> str:
    names = sorted({name for trial in trials for name in trial.params})
    head = "".join(f"<th>{html.escape(name)}" for name in ("trial", "state", "value", *names, "seconds", "reason"))
    rows = []
    for trial in trials:
        value = f"{trial.value:.4g}" if trial.state.name == "COMPLETE" and trial.value is not None else ""
        cells = [
            str(trial.number),
            trial.state.name.lower(),
            value,
            *(_shown(trial.params.get(name, "")) for name in names),
        ]
        cells += [_shown(trial.user_attrs.get("seconds", "")), str(trial.user_attrs.get("reason", ""))]
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}" for cell in cells))
    return f"<div class=wide><table><tr>{head}{''.join(rows)}</table></div>"


def _coordinate(trial: _Trial, axis: str) -> Any:  # noqa: ANN401 - a number, a text, or None
    return trial.value if axis == "value" else trial.params.get(axis)


def _axis(values: list[Any]) -> Callable[[Any], float]:
    """From a value to its height on an axis; texts stand in their order."""
    if all(isinstance(value, int | float) for value in values):
        low, high = min(values), max(values)
        if low > 0 and high / low > 30:
            inner = _scale(math.log(low), math.log(high), HEIGHT - EDGE, EDGE)
            return lambda value: inner(math.log(value))
        return _scale(low, high, HEIGHT - EDGE, EDGE)
    order = sorted({str(value) for value in values})
    inner = _scale(0, len(order) - 1, HEIGHT - EDGE, EDGE)
    return lambda value: inner(order.index(str(value)))


def _end(values: list[Any]) -> str:
    return f"{max(values):.3g}" if all(isinstance(value, int | float) for value in values) else max(map(str, values))


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    if high == low:
        return lambda _: (begin + end) / 2
    return lambda value: begin + (value - low) / (high - low) * (end - begin)


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _text(x: float, y: float, text: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{anchor}>{html.escape(text)}</text>'


def _svg(inner: str, height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{inner}</svg>'


_STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--soft:#6b7686;--line:#c9d1dc;--good:#0b7a4b;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b6;--line:#3a4657;--good:#4fc38a;--page:#12161c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:780px;margin:32px auto}
body{padding:0 16px}
h1{margin:0 0 4px}h2{font-size:17px;margin:28px 0 8px}svg{width:100%;height:auto}
text{font:12px system-ui,sans-serif;fill:var(--soft)}.dot{fill:var(--soft)}.bar{fill:var(--good)}
.best{fill:none;stroke:var(--good);stroke-width:2.5}.line{fill:none;stroke:var(--soft);opacity:.35}.axis{stroke:var(--line)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}
td,th{padding:3px 10px 3px 0;text-align:left;border-bottom:1px solid var(--line)}
"""
