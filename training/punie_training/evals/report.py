"""The report of an evaluation, and of a comparison, as one HTML file that needs nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from punie_training.evals.charts import bars, histogram, matrix
from punie_training.evals.comparing import Change, Comparison, Delta
from punie_training.evals.page import block, folded, page, percent, table, tile, write_page
from punie_training.evals.results import METRICS, CaseResult, EvalResult

MEANING = {
    "valid": "words, or a program that type-checks",
    "tool": "calls the right tool first",
    "args": "with the right arguments",
    "execution": "comes to the right result",
    "exact": "the same syntax tree",
}
# More would make a page that no browser likes; the JSON has all of them.
MOST_FAILURES = 200
LATENCIES = {
    "first_token_seconds": ("first token", "s"),
    "answer_seconds": ("whole answer", "s"),
    "tokens_per_second": ("tokens a second", ""),
    "tokens": ("tokens of an answer", ""),
    "tool_seconds": ("executing: in tools", "s"),
    "own_seconds": ("executing: type check and sandbox", "s"),
}


def write_report(result: EvalResult, path_html: Path) -> None:
    """Write the report of an evaluation. Raises EvaluationError when it cannot be written."""
    write_page(path_html, page(f"{result.model} on {result.suite}", sections(result)))


def write_comparison(comparisons: Sequence[Comparison], path_html: Path) -> None:
    """Write the report of comparisons with one first model. Raises EvaluationError when it cannot be written."""
    title = f"{comparisons[0].before} against {', '.join(c.after for c in comparisons)}"
    body = [f"<h1>{escape(title)}</h1>"]
    for comparison in comparisons:
        body += compared(comparison)
    write_page(path_html, page(title, body))


def sections(result: EvalResult) -> Iterator[str]:
    """The parts of an evaluation's report, for pages that show more."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(result.started)) if result.started else ""
    yield f"<h1>{escape(result.model)}</h1>"
    cut = "" if result.complete else " The model was lost in the middle: these are the answers until then."
    yield f"<p>{escape(f'{result.suite}: {len(result.cases)} answers in {result.seconds:.0f} s, {when}.{cut}')}</p>"
    yield tiles(result)
    yield "<h2>By category</h2>"
    yield categories(result)
    if len(result.by_temperature) > 1:
        yield "<h2>By temperature</h2>"
        yield _shares_table("temperature", result.by_temperature)
    yield "<h2>What was called</h2><p>Rows are what was expected, columns what was called first.</p>"
    yield matrix(result.confusion)
    yield "<h2>Latency</h2>"
    yield _latency(result)
    yield from failures(result)
    yield "<h2>How it was measured</h2>"
    yield table(["", ""], [(name, str(value)) for name, value in {**result.settings, **result.versions}.items()])


def tiles(result: EvalResult) -> str:
    """The summary with its confidence intervals."""
    found = []
    for metric in METRICS:
        interval = result.interval(metric)
        note = f"{percent(interval.low)} to {percent(interval.high)}"
        found.append(tile(MEANING[metric], percent(result.summary[metric]), note))
    method = result.interval("tool").method
    return f'<div class="tiles">{"".join(found)}</div><p>Below each figure its confidence interval ({method}).</p>'


def categories(result: EvalResult) -> str:
    """Scores by category, as a chart and as a table."""
    rows = [(name, (each["tool"], each["execution"])) for name, each in result.by_category.items()]
    return bars(rows, ("tool", "execution")) + _shares_table("category", result.by_category)


def failures(result: EvalResult) -> Iterator[str]:
    """What went wrong, the worst first: query, what was expected, what was said, and why it counts as wrong."""
    wrong = result.failures
    yield f"<h2>Not fully right ({len(wrong)})</h2>"
    if not wrong:
        yield "<p>Every answer has full credit.</p>"
    for case in wrong[:MOST_FAILURES]:
        expected = case.reference or case.expected
        where = f"{case.category}, credit {case.credit:.1f}{_sampling(case)}"
        yield folded(case.query, where, [block("Expected", expected), block(f"Said: {case.why}", case.answer)])
    if len(wrong) > MOST_FAILURES:
        yield f"<p>and {len(wrong) - MOST_FAILURES} more, which the JSON has.</p>"


def compared(comparison: Comparison) -> Iterator[str]:
    """The parts of a comparison's report: what changed, and what got worse with both answers."""
    yield f"<h2>{escape(f'{comparison.before} to {comparison.after}, {comparison.paired} answers')}</h2>"
    head = ["", "before", "after", "change", "95 %", "gained", "lost", "chance"]
    yield table(head, [delta_row(name, delta) for name, delta in comparison.deltas.items()])
    rows = [(name, (d["tool"].before, d["tool"].after)) for name, d in comparison.by_category.items()]
    yield "<h2>Right tool by category</h2>" + bars(rows, ("before", "after"))
    yield f"<h2>Regressions ({len(comparison.regressions)})</h2>"
    yield from (_change(change) for change in comparison.regressions[:MOST_FAILURES])
    yield f"<h2>Improvements ({len(comparison.improvements)})</h2>"
    yield from (_change(change) for change in comparison.improvements[:MOST_FAILURES])


def delta_row(name: str, delta: Delta) -> tuple[str, ...]:
    """One measure's change as the cells of a table."""
    interval = f"{100 * delta.interval.low:+.1f} to {100 * delta.interval.high:+.1f}"
    chance = "" if name == "credit" else f"{delta.chance:.2g}"
    change = f"{100 * delta.change:+.1f}"
    return (
        name,
        percent(delta.before),
        percent(delta.after),
        change,
        interval,
        str(delta.gained),
        str(delta.lost),
        chance,
    )


def _change(change: Change) -> str:
    case = change.after
    note = f"{case.category}, credit {change.before.credit:.1f} to {case.credit:.1f}{_sampling(case)}"
    parts = [
        block("Expected", case.reference or case.expected),
        block(f"Before: {change.before.why or 'right'}", change.before.answer),
        block(f"After: {case.why or 'right'}", case.answer),
    ]
    return folded(case.query, note, parts)


def _sampling(case: CaseResult) -> str:
    return f", seed {case.seed}, temperature {case.temperature:g}" if case.temperature else ""


def _shares_table(what: str, groups: dict[str, dict[str, float]]) -> str:
    rows = [
        (name, str(int(each["count"])), *(percent(each[metric]) for metric in METRICS), f"{each['credit']:.2f}")
        for name, each in groups.items()
    ]
    return table([what, "answers", *METRICS, "credit"], rows)


def _latency(result: EvalResult) -> str:
    rows = [(LATENCIES[name][0], f"{value:.3g} {LATENCIES[name][1]}".strip()) for name, value in result.latency.items()]
    return table(["median", ""], rows) + histogram([case.seconds for case in result.cases], "s of an answer")
