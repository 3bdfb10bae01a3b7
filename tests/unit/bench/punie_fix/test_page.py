"""The figures and the page of a run: shares, targets met and missed, what was harmed."""

from __future__ import annotations

from typing import Any

from tests.bench.punie_fix import benchmark
from tests.bench.punie_fix.campaign import Measured
from tests.bench.punie_fix.page import page

MACHINE = {
    "system": "Linux",
    "cores": 2,
    "processor": "a processor",
    "load": 0.1,
    "python": "3.11.2",
    "ty": "0.0.104",
    "ruff": "0.17.5",
}


def _row(fixer: str, outcome: str, **other: Any) -> dict[str, Any]:
    row = {
        "id": "misspelt-name/toolz/recipes.py@7",
        "kind": "misspelt-name",
        "package": "toolz",
        "noticed": "static",
        "fixer": fixer,
        "outcome": outcome,
        "same_ast": outcome == "identical",
        "offered": outcome == "identical",
        "seconds": 0.25,
        "fixes": [{"title": "Change nmae to name"}],
        "why": "",
        "note": "",
    }
    return row | other


def _found(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return benchmark.summarised(Measured(rows, {"boundary": 3}), MACHINE)


def test_shares_of_the_held_out_packages_are_judged():
    rows = [_row("Punie", "identical") for _ in range(8)] + [_row("Punie", "repaired"), _row("Punie", "declined")]
    rows += [_row("ruff --fix", "declined") for _ in range(9)] + [_row("ruff --fix", "identical")]
    rows += [_row("Punie", "declined", package="boltons")]
    found = _found(rows)
    assert [(t["what"], t["measured"], t["met"]) for t in found["targets"]] == [
        ("seen by ty or ruff, repaired", 0.9, True),
        ("seen by ty or ruff, identical", 0.8, True),
        ("seen by tests only, repaired", 0.0, False),
        ("harmful", 0, True),
        ("seconds per problem, p50", 0.25, True),
        ("seconds per problem, p95", 0.25, True),
        ("times the best baseline's share", 9.0, True),
    ]
    assert found["dropped"] == 3


def test_a_harmful_fix_is_counted_and_told():
    rows = [
        _row("Punie", "identical"),
        _row("Punie", "harmful", why="breaks tests/test_a.py::test_a"),
    ]
    rows += [_row("Punie, tests asked", "identical"), _row("Punie, tests asked", "declined")]
    found = _found(rows)
    (harmful,) = [t for t in found["targets"] if t["what"].startswith("harmful")]
    assert (harmful["measured"], harmful["met"]) == (1, False)
    assert (harmful["tested"], harmful["tested_met"]) == (0, True)
    assert "Punie, misspelt-name/toolz/recipes.py@7: Change nmae to name breaks tests/test_a.py::test_a" in page(found)


def test_the_page_shows_targets_parts_kinds_and_packages():
    rows = [_row("Punie", "identical"), _row("Punie", "declined"), _row("ruff --fix", "declined")]
    rows += [_row("Punie", "repaired", noticed="tests", kind="boundary", seconds=4.0)]
    rows += [_row("Punie, tests asked", "identical", seconds=1.25)]
    lines = page(_found(rows)).splitlines()
    assert "| seen by ty or ruff, repaired | ≥ 80 % | 50 % | missed | 100 % | met |" in lines
    assert "| seen by tests only, repaired | ≥ 40 % | 100 % | met | 100 % | met |" in lines
    assert "| Punie, tests asked | 1 | 100 % | 100 % | 100 % | 0 | 0 | 0 | 0 | 1.25 | 1.25 |" in lines
    assert "| Punie | 2 | 50 % | 50 % | 50 % | 0 | 0 | 0 | 1 | 0.25 | 0.25 |" in lines
    assert "| ruff --fix | 1 | 0 % | 0 % | 0 % | 0 | 0 | 0 | 1 | 0.25 | 0.25 |" in lines
    assert "| misspelt-name | a name with a typing mistake | 2 | 50 % | 50 % | 0 |  |" in lines
    assert "| boundary | `<` for `<=`, and so on | 0 |  |  | 1 | 100 % |" in lines
    assert "| toolz==1.2.0 * | untyped, functional | 2 | 50 % | 50 % | 1 | 100 % | 0.25 |" in lines


def test_who_failed_or_was_not_there_is_told():
    found = _found([_row("Punie", "identical"), _row("pyrefly", "declined", note="failed: TimeoutError: no answer")])
    text = page({**found, "missing": {"basedpyright": "not installed", "model": "PUNIE_BENCH_MODEL is not set"}})
    assert "Not measured: basedpyright (not installed)." in text
    assert "Failed, and is counted as having declined: pyrefly 1 times." in text
    assert "No model was configured" in text
