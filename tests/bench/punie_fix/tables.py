"""Shares and times of rows, by anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.bench.punie_fix.scoring import OUTCOMES

Row = dict[str, Any]


def shares(rows: Iterable[Row]) -> dict[str, Any]:
    """Counts of the outcomes, shares of what counts, and times of one fixer's rows."""
    kept = list(rows)
    number = len(kept)
    counts = {outcome: sum(row["outcome"] == outcome for row in kept) for outcome in OUTCOMES}
    seconds = sorted(row["seconds"] for row in kept)
    good = counts["identical"] + counts["repaired"]
    return {
        "n": number,
        **counts,
        "identical_share": counts["identical"] / number if number else 0.0,
        "same_ast_share": sum(row["same_ast"] for row in kept) / number if number else 0.0,
        "repaired_share": good / number if number else 0.0,
        "offered_share": sum(row["offered"] for row in kept) / number if number else 0.0,
        "p50": seconds[number // 2] if number else 0.0,
        "p95": seconds[min(number - 1, int(number * 0.95))] if number else 0.0,
    }


def grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows by a key, in order of first appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def percent(share: float) -> str:
    """For people."""
    return f"{100 * share:.0f} %"
