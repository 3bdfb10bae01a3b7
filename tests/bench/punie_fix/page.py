"""The page of PunieFix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.bench.machine import sentence
from tests.bench.punie_fix.packages import PACKAGES
from tests.bench.punie_fix.tables import percent

Found = dict[str, Any]

_WHAT = """\
One edit is made in a module of a real package, at a place that a seeded generator of random numbers draws. When ty or
ruff then reports in that module what it did not report before, the defect is *seen by ty or ruff*, and the first of
the most severe new problems is handed to everybody, the module and its package being as they are then. When they
report nothing and a test of the package fails that passed before, it is *seen by tests only*, and the ids of failing
tests are handed over. What nobody notices is dropped. All of it is done in a copy; the package is not installed
anywhere, so no fix can be looked up."""
_WORDS = """\
The first fix that is offered counts. *Identical*: the module is again the original's very text. *Repaired*: nothing
that ty or ruff report of the defect is left, in the module or in what depends on it, nothing new is reported, and all
tests of the package pass that passed with the original; identical ones are repaired too. *Incomplete*: the problem is
gone and nothing is new, but more of the defect is left. *Wrong*: the problem is still there, or tests fail that the
defect breaks. *Harmful*: something new is reported, a test fails that passed with the defect, or another file is
changed for nothing. *Declined*: no fix is offered. *In reach*: the original is among all that is offered."""
_OTHERS = """\
“Punie, tests asked”, measured on held-out packages, is Punie in a project whose tests may run: when even the best fix
is only a guess, the affected tests run before and after the fixes that were found, in a copy of the project, one after
the other until all pass. Those that break one are dropped, and the one after which fewest fail comes first. Its seconds
are Punie's and those of the tests.
ruff's fixes are those of `ruff check --fix`; what was there before is mended with them, which is not held against it.
ty's, pyrefly's and basedpyright's are the first quick fix of their language servers for their own new problem nearest
to the target; comments that hide a problem and generated definitions are no fixes, and imports are sorted afterwards
as editors do on saving. “ruff's and ty's, re-checked” takes the first of both that re-checks clean:
Punie without generators of its own. Nobody but Punie offers anything for a failing test. Seconds are those of the one
request to a warm program."""


def page(found: Found) -> str:
    """The page for people."""
    lines = [
        "# PunieFix: who mends a broken line",
        "",
        f"Written by `python -P -m tests.bench punie_fix`, seed {found['seed']}. {sentence(found['machine'])}. "
        f"{_total(found)} defects of {found['kinds']} kinds in {len(PACKAGES)} packages; {found['dropped']} more tries "
        "were noticed by nobody.",
        "",
        *_table(_HEAD_TARGETS, (_target(row) for row in found["targets"]), left=1),
        "",
        "## Held-out packages",
        "",
        "Nobody looked at these packages while the fixes were written.",
        "",
        *_parts(found, "held-out packages"),
        "## Held-out kinds",
        "",
        "Kinds of defects that nobody looked at either, in all packages.",
        "",
        *_parts(found, "held-out kinds, all packages"),
        "## What was looked at",
        "",
        *_parts(found, "packages and kinds that were looked at"),
        "## How it is made",
        "",
        _WHAT,
        "",
        _WORDS,
        "",
        _OTHERS,
        "",
        _model(found),
        "",
        *_unmeasured(found),
        "## By kind",
        "",
        "Punie, all packages. Kinds marked * are held out.",
        "",
        *_table(_HEAD_KINDS, (_kind(row) for row in found["by_kind"]), left=2),
        "",
        "## By package",
        "",
        *_table(_HEAD_PACKAGES, (_package(row) for row in found["by_package"]), left=2),
        "",
        *_harmful(found["harmful"]),
    ]
    return "\n".join(lines)


_HEAD = (
    "who",
    "n",
    "repaired",
    "identical",
    "in reach",
    "incomplete",
    "wrong",
    "harmful",
    "declined",
    "p50 s",
    "p95 s",
)
_HEAD_TARGETS = ("on held-out packages", "target", "Punie", "", "tests asked", "")
_HEAD_KINDS = ("kind", "what is wrong", "seen by ty, ruff", "repaired", "identical", "seen by tests", "repaired")
_HEAD_PACKAGES = ("package", "style", "seen by ty, ruff", "repaired", "identical", "seen by tests", "repaired", "p50 s")


def _parts(found: Found, part: str) -> list[str]:
    lines = []
    for how, words in (("static", "Seen by ty or ruff:"), ("tests", "Seen by tests only:")):
        rows = [row for row in found[how][part] if how == "static" or row["fixer"] == "Punie"]
        if rows:
            lines += [words, "", *_table(_HEAD, (_fixer(row) for row in rows), left=1), ""]
    return lines


def _fixer(row: Found) -> list[str]:
    good = [percent(row[f"{name}_share"]) for name in ("repaired", "identical", "offered")]
    bad = [str(row[name]) for name in ("incomplete", "wrong", "harmful", "declined")]
    return [row["fixer"], str(row["n"]), *good, *bad, f"{row['p50']:.2f}", f"{row['p95']:.2f}"]


def _kind(row: Found) -> list[str]:
    name = f"{row['kind']} *" if row["held_out"] else row["kind"]
    return [name, row["title"], *_figures(row)]


def _package(row: Found) -> list[str]:
    name = f"{row['package']} *" if row["held_out"] else row["package"]
    return [name, row["style"], *_figures(row), f"{row['static']['p50']:.2f}"]


def _figures(row: Found) -> list[str]:
    static, tests = row["static"], row["tests"]
    shown = [percent(static["repaired_share"]), percent(static["identical_share"])] if static["n"] else ["", ""]
    return [str(static["n"]), *shown, str(tests["n"]), percent(tests["repaired_share"]) if tests["n"] else ""]


def _target(row: Found) -> list[str]:
    cells = [row["what"], row["target"]]
    for value, met in ((row["measured"], row["met"]), (row["tested"], row["tested_met"])):
        shown = percent(value) if "%" in row["target"] else f"{value:.2f}".rstrip("0").rstrip(".")
        cells += [shown, "met" if met else "missed"]
    return cells


def _harmful(rows: list[Found]) -> list[str]:
    if not rows:
        return []
    lines = ["## Harmful", "", "What was offered first and should not have been:", ""]
    return [*lines, *(f"- {row['fixer']}, {row['id']}: {row['title']} {row['why']}" for row in rows), ""]


def _model(found: Found) -> str:
    if found["model"]:
        return f"The model is {found['model']}, asked in the words of “Fix with Punie”."
    return "No model was configured (PUNIE_BENCH_MODEL), so none was measured."


def _unmeasured(found: Found) -> list[str]:
    """Who was not there, and who failed instead of answering: that is not the same as declining."""
    absent = [f"{name} ({why})" for name, why in found["missing"].items() if name != "model"]
    failed = [f"{fixer} {count} times" for fixer, count in found["failed"].items()]
    lines = [f"Not measured: {', '.join(absent)}.", ""] if absent else []
    return [*lines, f"Failed, and is counted as having declined: {', '.join(failed)}.", ""] if failed else lines


def _total(found: Found) -> int:
    return sum(row["n"] for how in ("static", "tests") for row in found[how]["all"] if row["fixer"] == "Punie")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], *, left: int) -> list[str]:
    names = list(head)
    rule = ["---" if number < left else "---:" for number in range(len(names))]
    return [f"| {' | '.join(cells)} |" for cells in (names, rule, *(list(row) for row in rows))]
