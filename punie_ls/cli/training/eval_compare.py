"""`punie-ls eval compare A.json B.json ...`: what changed, regressions first, each with both answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from punie_ls.cli.output import print_error
from punie_ls.cli.training.eval_model import wide_console
from punie_training.evals.comparing import MEASURES, Change, Comparison, compare
from punie_training.evals.page import percent
from punie_training.evals.report import delta_row, write_comparison
from punie_training.evals.results import EvalResult, load_result
from punie_training.exceptions import TrainingError

MOST_ANSWER = 400


def compare_results(files: Sequence[Path], report: Path | None, limit: int, *, as_json: bool) -> int:
    """Compare and print. Gives the exit status: 0 nothing got worse, 1 something did, 2 error."""
    if len(files) < 2:
        print_error("eval compare needs two files of results or more. Make them with eval --save FILE.")
        return 2
    try:
        first, *others = [load_result(file) for file in files]
        comparisons = [compare(first, other) for other in others]
        if report is not None:
            write_comparison(comparisons, report)
    except TrainingError as error:
        print_error(str(error))
        return 2
    if as_json:
        sys.stdout.write(json.dumps([c.as_json() for c in comparisons], indent=2, ensure_ascii=False) + "\n")
    else:
        _print(first, others, comparisons, limit)
    return 1 if any(comparison.regressions for comparison in comparisons) else 0


def _print(first: EvalResult, others: Sequence[EvalResult], comparisons: Sequence[Comparison], limit: int) -> None:
    out = wide_console()
    if len(others) > 1:
        _print_columns(out, [first, *others])
    for comparison in comparisons:
        out.print(Text(f"{comparison.before} to {comparison.after}, {comparison.paired} answers\n", "bold"))
        table = Table(box=None, pad_edge=False)
        for name in ("", "before", "after", "change", "95 %", "gained", "lost", "chance"):
            table.add_column(name, justify="right" if name else "left")
        for name, delta in comparison.deltas.items():
            cells = delta_row(name, delta)
            style = "green" if delta.change > 0 else "red" if delta.change < 0 else ""
            table.add_row(*cells[:3], Text(cells[3], style), *cells[4:])
        out.print(table)
        out.print()
        _print_changes(out, "Worse", comparison.regressions, limit, "red")
        _print_changes(out, "Better", comparison.improvements, limit, "green")


def _print_columns(out: Console, results: Sequence[EvalResult]) -> None:
    """Several models side by side."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for result in results:
        table.add_column(result.model, justify="right")
    for measure in MEASURES:
        table.add_row(measure, *(percent(result.summary[measure]) for result in results))
    out.print(table)
    out.print()


def _print_changes(out: Console, title: str, changes: Sequence[Change], limit: int, style: str) -> None:
    out.print(Text(f"{title}: {len(changes)}", style))
    for change in changes[: max(limit, 0)]:
        case = change.after
        credit = f"  {case.category}, credit {change.before.credit:.1f} to {case.credit:.1f}"
        out.print(Text.assemble("  ", (case.query, "bold"), (credit, "dim")))
        for name, one in (("before", change.before), ("after", case)):
            said = one.answer.strip()
            said = said if len(said) <= MOST_ANSWER else said[:MOST_ANSWER] + "…"
            out.print(Text(f"    {name} ({one.why or 'right'})", "dim"))
            out.print(Text("\n".join(f"      {line}" for line in said.splitlines() if line.strip())))
    if len(changes) > limit:
        out.print(Text(f"  and {len(changes) - limit} more: see --report or --json", "dim"))
    out.print()
