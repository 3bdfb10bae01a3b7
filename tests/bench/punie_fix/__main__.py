"""PunieFix for those who work on the fixes; `python -P -m tests.bench punie_fix` measures all and writes the page.

python -P -m tests.bench.punie_fix --dev --quick --static      # about three minutes, less from the second time on
python -P -m tests.bench.punie_fix --show 12                   # one defect of the last run in full
python -P -m tests.bench.punie_fix --dev --kind missing-await --package asgiref --each 3 --baselines ruff,ty
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.bench.punie_fix import console
from tests.bench.punie_fix.baselines import BASELINES, missing
from tests.bench.punie_fix.campaign import Plan, measure
from tests.bench.punie_fix.kinds.table import FAMILIES, KINDS
from tests.bench.punie_fix.packages import PACKAGES, cache_folder

QUICK = 2


def main() -> int:
    """Measure what is asked for and print it."""
    options = _options()
    cache = cache_folder(options.cache)
    last = options.last or cache / "last-run.json"
    if options.show:
        rows = console.kept(last)
        for number in options.show:
            _tell(console.shown(rows[number - 1]) + "\n" if 0 < number <= len(rows) else f"There is no row {number}.")
        return 0
    started = time.monotonic()
    plan = _plan(options, cache)
    if absent := {name: why for name, why in missing().items() if name in plan.baselines}:
        _tell("; ".join(f"{name}: {why}" for name, why in absent.items()))
        return 2
    chosen = [p for p in PACKAGES if _wanted(p.short, p.held_out, options)]
    measured = measure(plan, chosen, options.jobs, _tell)
    rows = measured.rows
    console.keep(last, rows)
    if rows:
        _tell(f"\n{console.table(rows)}\n\nnot mended:\n{console.failures(rows, 'Punie')}")
    _tell(f"\n{sum(measured.dropped.values())} tries were noticed by nobody; {time.monotonic() - started:.0f} s")
    return 0


def _wanted(name: str, held_out: bool, options: argparse.Namespace) -> bool:
    if options.package:
        return name in options.package
    return held_out == options.held_out if options.dev or options.held_out else True


def _plan(options: argparse.Namespace, cache: Path) -> Plan:
    noticed = ("static",) if options.static else ("tests",) if options.tests else ("static", "tests")
    kinds = [kind for name in options.kind for kind in _named(name)]
    return Plan(
        noticed=noticed,
        kinds=tuple(kinds),
        held_out_kinds=False if options.dev else None,
        seed=options.seed,
        each=options.each,
        per_kind=QUICK if options.quick else 0,
        baselines=tuple(_present() if options.baselines == "all" else filter(None, options.baselines.split(","))),
        cache=cache,
        make_only=options.make_only,
        limit=options.limit,
        test_seconds=options.test_seconds,
        with_tests=options.with_tests,
    )


def _present() -> list[str]:
    return [name for name in BASELINES if name not in missing()]


def _named(name: str) -> list[str]:
    if name in FAMILIES:
        return [kind.name for kind in FAMILIES[name]]
    return [kind for kind in KINDS if kind.startswith(name)] or [name]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--dev", action="store_true", help="only packages and kinds that may be looked at")
    which.add_argument("--held-out", action="store_true", help="only packages that are held out, all kinds")
    sort = parser.add_mutually_exclusive_group()
    sort.add_argument("--static", action="store_true", help="only what ty or ruff notices")
    sort.add_argument("--tests", action="store_true", help="only what nothing but a test notices")
    parser.add_argument("--quick", action="store_true", help=f"about {QUICK} of a kind, from different packages")
    parser.add_argument("--package", action="append", default=[], choices=[p.short for p in PACKAGES])
    parser.add_argument("--kind", action="append", default=[], help="a kind, the beginning of some, or a family")
    parser.add_argument("--each", type=int, default=1, help="defects of a kind in a package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="defects of a package at most")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--baselines", default="", help=f"`all`, or some of {','.join(BASELINES)}")
    parser.add_argument("--make-only", action="store_true", help="make the defects and ask nobody")
    parser.add_argument("--test-seconds", type=float, default=30.0, help="how long to search for a failing test's fix")
    parser.add_argument("--with-tests", action="store_true", help="Punie also with the affected tests asked")
    parser.add_argument("--cache", type=Path, help="where sources and defects are kept")
    parser.add_argument("--last", type=Path, help="where the last run is kept for --show")
    parser.add_argument("--show", type=int, action="append", help="print a row of the last run in full")
    return parser.parse_args()


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
