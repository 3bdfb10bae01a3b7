"""The results for those who work on the fixes: a table per kind, what failed, and one defect in full."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.bench.punie_fix.kinds.table import KINDS
from tests.bench.punie_fix.tables import Row, grouped, percent, shares

_GOOD = ("identical", "repaired")
_MARKS = {"identical": "=", "repaired": "+", "incomplete": "~", "wrong": "x", "harmful": "!", "declined": "."}


def table(rows: list[Row]) -> str:
    """A line per kind and fixer; kinds in the order of the table."""
    order = list(KINDS)
    lines = [f"{'kind':28} {'fixer':22} {'n':>3} {'same':>5} {'good':>5} {'offer':>5}  p50    p95   outcomes"]
    for fixer, mine in grouped(rows, lambda row: row["fixer"]).items():
        kinds = grouped(mine, lambda row: row["kind"])
        for kind in sorted(kinds, key=order.index):
            lines.append(_line(kind, fixer, kinds[kind]))
        lines.append(_line("ALL", fixer, mine))
    return "\n".join(lines)


def _line(name: str, fixer: str, rows: list[Row]) -> str:
    found = shares(rows)
    marks = "".join(_MARKS[row["outcome"]] for row in rows) if name != "ALL" else _counts(found)
    return (
        f"{name:28} {fixer:22} {found['n']:>3} {percent(found['identical_share']):>5} "
        f"{percent(found['repaired_share']):>5} {percent(found['offered_share']):>5} "
        f"{found['p50']:5.2f}s {found['p95']:5.2f}s  {marks}"
    )


def _counts(found: dict[str, Any]) -> str:
    return ", ".join(f"{found[outcome]} {outcome}" for outcome in _MARKS)


def failures(rows: Iterable[Row], fixer: str) -> str:
    """A paragraph per defect that the fixer did not mend, with the number that `--show` takes."""
    lines = []
    for number, row in enumerate(rows, 1):
        if row["fixer"] == fixer and row["outcome"] not in _GOOD:
            offered = " (the original is offered, not first)" if row["offered"] else ""
            lines.append(f"{number:4} {row['outcome']:10} {row['id']}  {row['code']}: {row['message'][:90]}{offered}")
    return "\n".join(lines)


def shown(row: Row) -> str:
    """One defect in full: what is broken, what is reported, what was offered, what became of it."""
    parts = [
        f"{row['id']}: {row['file']}, line {row['line']}",
        f"{row['code']}: {row['message']}" + (f" (and {row['others']} more)" if row["others"] else ""),
        "the defect:",
        _indented(row["defect"]),
        f"{row['fixer']}: {row['outcome']} in {row['seconds']:.2f} s. {row['why']}".rstrip(),
    ]
    for number, fix in enumerate(row["fixes"], 1):
        parts += [f"{number}. {fix['title']} ({fix['file']}): {fix['why']}", _indented(fix["diff"])]
    if row["note"]:
        parts += ["not offered:", _indented(row["note"])]
    return "\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def keep(path: Path, rows: list[Row]) -> None:
    """Remember the last run, so that `--show` needs no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), encoding="utf-8")


def kept(path: Path) -> list[Row]:
    """The last run's rows."""
    return json.loads(path.read_text("utf-8")) if path.exists() else []
