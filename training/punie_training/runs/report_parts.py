"""Fragments of the report's HTML. Every text that comes from data is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from punie_training.evals.results import METRICS, CaseResult, EvalResult
from punie_training.runs.verdict import Condition

_NAMES = {
    "valid": "valid answers",
    "tool": "right tool",
    "args": "right arguments",
    "execution": "right result",
    "exact": "same program",
}
MOST_CASES = 40
_MOST_COLUMNS = 16


@dataclass(frozen=True)
class Pair:
    """A case that changed: the answers of before and after."""

    before: CaseResult
    after: CaseResult

    @property
    def change(self) -> float:
        """Of the partial credit; below 0 for a regression."""
        return self.after.credit - self.before.credit


def cards(before: EvalResult, after: EvalResult) -> str:
    """The figures, before and after, with the interval of the second."""
    parts = []
    for metric in ("tool", "execution", "args", "valid"):
        old, new, sure = before.summary[metric], after.summary[metric], after.interval(metric)
        colour = "good" if new > old else "bad" if new < old else "quiet"
        parts.append(
            f"<div class='card'><span class='quiet'>{_NAMES[metric]}</span><b>{new:.0%}</b>"
            f"<span class='{colour}'>{100 * (new - old):+.1f} points</span> <span class='quiet'>from {old:.0%}; "
            f"{sure.low:.0%} to {sure.high:.0%}</span></div>"
        )
    return f"<div class='cards'>{''.join(parts)}</div>"


def conditions(every: Iterable[Condition]) -> str:
    """The conditions of the rule, each with its mark."""
    lines = (f"<li class='{'yes' if c.holds else 'no'}'>{escape(c.text)}</li>" for c in every)
    return f"<ul class='conditions'>{''.join(lines)}</ul>"


def categories(before: EvalResult, after: EvalResult) -> str:
    """The right tool by category, before and after, as bars."""
    old, rows = before.by_category, []
    for name, new in after.by_category.items():
        a, b = old.get(name, {}), new
        bars = f"{_bar(a.get('tool', 0.0), '')}{_bar(b['tool'], ' after')}"
        rows.append(
            f"<tr><td>{escape(name)}<br><small>{b['count']:.0f} answers</small></td><td class='bars'>{bars}</td>"
            f"<td class='number'>{a.get('tool', 0.0):.0%} to <b>{b['tool']:.0%}</b></td>"
            f"<td class='number'>{a.get('execution', 0.0):.0%} to <b>{b['execution']:.0%}</b></td></tr>"
        )
    head = "<tr><th>category</th><th></th><th class='number'>right tool</th><th class='number'>right result</th></tr>"
    return f"<div class='scroll'><table>{head}{''.join(rows)}</table></div>"


def models(named: Mapping[str, EvalResult]) -> str:
    """All evaluated models with all measures."""
    head = "".join(f"<th class='number'>{_NAMES[metric]}</th>" for metric in METRICS)
    rows = (
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td class='number'>{result.summary[metric]:.1%}</td>" for metric in METRICS)
        + f"<td class='number'>{_latency(result)}</td></tr>"
        for name, result in named.items()
    )
    speed = "<th class='number'>an answer</th>"
    return f"<div class='scroll'><table><tr><th>model</th>{head}{speed}</tr>{''.join(rows)}</table></div>"


def confusion(result: EvalResult) -> str:
    """Which tool was called where another was expected; columns beyond the most frequent ones are one column."""
    rows = result.confusion
    counts: dict[str, int] = {}
    for row in rows.values():
        for name, count in row.items():
            counts[name] = counts.get(name, 0) + count
    columns = sorted(counts, key=lambda name: (name not in rows, -counts[name], name))[:_MOST_COLUMNS]
    other = set(counts) - set(columns)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns) + ("<th>other</th>" if other else "")
    lines = []
    for expected, row in rows.items():
        cells = [_cell(row.get(name, 0), hit=name == expected) for name in columns]
        if other:
            cells.append(_cell(sum(row.get(name, 0) for name in other), hit=False))
        lines.append(f"<tr><th>{escape(expected)}</th>{''.join(cells)}</tr>")
    return f"<div class='scroll'><table class='confusion'><tr><th></th>{head}</tr>{''.join(lines)}</table></div>"


def changed(before: EvalResult, after: EvalResult) -> list[Pair]:
    """The cases whose credit changed, regressions first, the worst one at the top."""
    old = {case.key: case for case in before.cases}
    pairs = [Pair(old[case.key], case) for case in after.cases if case.key in old]
    return sorted((pair for pair in pairs if abs(pair.change) > 1e-9), key=lambda p: (p.change, p.after.id))


def cases(pairs: Sequence[Pair]) -> str:
    """Cases with both answers; what is beyond the first ones is counted."""
    if not pairs:
        return "<p class='quiet'>None.</p>"
    rest = len(pairs) - MOST_CASES
    more = f"<p class='quiet'>And {rest} more.</p>" if rest > 0 else ""
    return "".join(_case(pair) for pair in pairs[:MOST_CASES]) + more


def facts(rows: Iterable[tuple[str, object]]) -> str:
    """Names and values as a table."""
    lines = (f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>" for name, value in rows)
    return f"<div class='scroll'><table>{''.join(lines)}</table></div>"


def _case(pair: Pair) -> str:
    answers = (("before", pair.before), ("after", pair.after))
    columns = "".join(
        f"<div><span class='quiet'>{name}: {100 * case.credit:.0f} % {escape(case.why)}</span>"
        f"<pre>{escape(case.answer.strip()) or '(nothing)'}</pre></div>"
        for name, case in answers
    )
    reference = f"<div><span class='quiet'>right</span><pre>{escape(pair.after.reference)}</pre></div>"
    title = f"{escape(pair.after.query)} <span class='quiet'>{escape(pair.after.category)}</span>"
    return f"<div class='case'><h3>{title}</h3><div class='answers'>{columns}{reference}</div></div>"


def _bar(share: float, style: str) -> str:
    return f"<div class='bar{style}'><i style='width:{100 * share:.1f}%'></i></div>"


def _cell(count: int, *, hit: bool) -> str:
    style = ("hit" if hit else "miss") if count else ""
    return f"<td class='{style}'>{count or ''}</td>"


def _latency(result: EvalResult) -> str:
    seconds = result.latency.get("answer_seconds")
    return f"{seconds:.2f} s" if seconds else ""
