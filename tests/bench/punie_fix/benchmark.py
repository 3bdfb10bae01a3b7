"""PunieFix as `make bench` knows it: everything measured, in figures that a page can show."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.bench import machine
from tests.bench.punie_fix.baselines import BASELINES, missing
from tests.bench.punie_fix.campaign import Measured, Plan
from tests.bench.punie_fix.campaign import measure as campaign
from tests.bench.punie_fix.fixers import PUNIE, PUNIE_TESTED
from tests.bench.punie_fix.kinds.table import FAMILY, KINDS
from tests.bench.punie_fix.model import VARIABLE
from tests.bench.punie_fix.packages import PACKAGES, cache_folder
from tests.bench.punie_fix.page import page as page
from tests.bench.punie_fix.tables import Row, grouped, shares

SEED = 1
JOBS = 2
HELD_OUT_PACKAGES = {package.short for package in PACKAGES if package.held_out}

Found = dict[str, Any]


def measure() -> Found:
    """All packages, all kinds, everybody."""
    plan = Plan(
        noticed=("static", "tests"),
        kinds=(),
        held_out_kinds=None,
        seed=SEED,
        each=1,
        per_kind=0,
        baselines=tuple(name for name in BASELINES if name not in missing()),
        cache=cache_folder(),
        with_tests=True,
    )
    described = machine.describe()
    return summarised(campaign(plan, PACKAGES, JOBS, lambda text: _tell(text)), described)


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def summarised(measured: Measured, described: Found) -> Found:
    """Shares and times by fixer and part, by kind, and by package; and what Punie harmed."""
    static = [row for row in measured.rows if row["noticed"] == "static"]
    tested = [row for row in measured.rows if row["noticed"] == "tests"]
    punie = [row for row in measured.rows if row["fixer"] == PUNIE]
    found: Found = {
        "machine": described,
        "seed": SEED,
        "model": os.environ.get(VARIABLE, ""),
        "missing": missing(),
        "failed": dict(Counter(row["fixer"] for row in measured.rows if row["note"].startswith("failed: "))),
        "dropped": sum(measured.dropped.values()),
        "kinds": len({row["kind"] for row in measured.rows}),
        "static": _by_part(static),
        "tests": _by_part(tested),
        "by_kind": [_of_kind(kind, rows) for kind, rows in _sorted(grouped(punie, lambda row: row["kind"]))],
        "by_package": [
            {
                "package": package.name,
                "style": package.style,
                "held_out": package.held_out,
                **_both(punie, package.short),
            }
            for package in PACKAGES
        ],
        "harmful": [
            _brief(row)
            for row in measured.rows
            if row["outcome"] == "harmful" and row["fixer"] in (PUNIE, PUNIE_TESTED)
        ],
    }
    return {**found, "targets": judged(found)}


def _by_part(rows: list[Row]) -> dict[str, list[Found]]:
    """For each part of the defects, a line per fixer."""
    parts: dict[str, Callable[[Row], bool]] = {
        "held-out packages": lambda row: row["package"] in HELD_OUT_PACKAGES,
        "held-out kinds, all packages": lambda row: KINDS[row["kind"]].held_out,
        "packages and kinds that were looked at": lambda row: (
            row["package"] not in HELD_OUT_PACKAGES and not KINDS[row["kind"]].held_out
        ),
        "all": lambda row: True,
    }
    return {
        part: [
            {"fixer": fixer, **shares(mine)}
            for fixer, mine in grouped((row for row in rows if inside(row)), lambda row: row["fixer"]).items()
        ]
        for part, inside in parts.items()
    }


def _sorted(kinds: dict[str, list[Row]]) -> list[tuple[str, list[Row]]]:
    order = list(KINDS)
    return sorted(kinds.items(), key=lambda item: order.index(item[0]))


def _of_kind(kind: str, rows: list[Row]) -> Found:
    return {
        "kind": kind,
        "title": KINDS[kind].title,
        "family": FAMILY[kind],
        "held_out": KINDS[kind].held_out,
        "static": shares(row for row in rows if row["noticed"] == "static"),
        "tests": shares(row for row in rows if row["noticed"] == "tests"),
    }


def _both(rows: list[Row], package: str) -> Found:
    mine = [row for row in rows if row["package"] == package]
    return {how: shares(row for row in mine if row["noticed"] == how) for how in ("static", "tests")}


def _brief(row: Row) -> Found:
    return {"id": row["id"], "fixer": row["fixer"], "title": row["fixes"][0]["title"], "why": row["why"]}


def judged(found: Found) -> list[Found]:
    """One row per target: what, the target, what was measured without and with the tests asked."""
    static = found["static"]["held-out packages"]
    best = max((row["repaired_share"] for row in static if row["fixer"] not in (PUNIE, PUNIE_TESTED)), default=0.0)
    tested = _of(found["tests"]["held-out packages"], PUNIE)["repaired_share"]
    both = []
    for fixer in (PUNIE, PUNIE_TESTED):
        mine = _of(static, fixer)
        # For a failing test there is no other Punie: its fixes are tested anyway.
        harmful = mine["harmful"] + _of(found["tests"]["held-out packages"], PUNIE)["harmful"]
        good = mine["repaired_share"]
        both.append(
            [
                ("seen by ty or ruff, repaired", "≥ 80 %", good, good >= 0.8),
                ("seen by ty or ruff, identical", "≥ 70 %", mine["identical_share"], mine["identical_share"] >= 0.7),
                ("seen by tests only, repaired", "≥ 40 %", tested, tested >= 0.4),
                ("harmful", "0", harmful, harmful == 0),
                ("seconds per problem, p50", "≤ 0.5", mine["p50"], mine["p50"] <= 0.5),
                ("seconds per problem, p95", "≤ 3", mine["p95"], mine["p95"] <= 3),
                ("times the best baseline's share", "≥ 5", good / best if best else 0.0, good >= max(5 * best, 0.01)),
            ]
        )
    return [
        {"what": what, "target": wanted, "measured": value, "met": met, "tested": asked, "tested_met": asked_met}
        for (what, wanted, value, met), (_, _, asked, asked_met) in zip(*both, strict=True)
    ]


def _of(rows: list[Found], fixer: str) -> Found:
    return next((row for row in rows if row["fixer"] == fixer), shares([]))
