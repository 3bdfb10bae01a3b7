"""Every defect of a package put in place, and every fixer asked about it."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from tests.bench.punie_fix import packages
from tests.bench.punie_fix.baselines import BASELINES
from tests.bench.punie_fix.defects import Defect, Noticed
from tests.bench.punie_fix.fixers import Fixer, Offer, Punie, PunieTested
from tests.bench.punie_fix.generate import Made, chosen, defects_of
from tests.bench.punie_fix.packages import Package
from tests.bench.punie_fix.scoring import Score, difference, score
from tests.bench.punie_fix.subject import Subject, opened

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        noticed: defects that ty or ruff see, that tests see, or both sorts.
        kinds: names of kinds; none means all.
        held_out_kinds: only those, only the others, or both.
        seed: equal seeds make equal defects.
        each: how many of a kind in a package.
        per_kind: how many of a kind in all packages at most; 0 is no limit.
        baselines: names of those that are measured too.
        cache: where defects and sources are kept.
        make_only: make the defects and ask nobody.
        limit: how many defects of a package at most; 0 is no limit.
        test_seconds: how long the search for a failing test's fix may take.
        with_tests: whether Punie is also measured with the affected tests asked, in packages that are held out.
    """

    noticed: tuple[Noticed, ...]
    kinds: tuple[str, ...]
    held_out_kinds: bool | None
    seed: int
    each: int
    per_kind: int
    baselines: tuple[str, ...]
    cache: Path
    make_only: bool = False
    limit: int = 0
    test_seconds: float = 30.0
    with_tests: bool = False


@dataclass
class Measured:
    """The rows, one per defect and fixer, and how many tries to make a defect nobody noticed."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)


def measure(plan: Plan, chosen_packages: Sequence[Package], jobs: int, tell: Callable[[str], None]) -> Measured:
    """Measure the packages, each in a process of its own, `jobs` at once."""
    with packages.alone(plan.cache):
        environment = packages.environment()
        sources = {package: packages.fetched(package, plan.cache) for package in chosen_packages}
    whole = Measured()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        running = {
            package: pool.submit(
                _measure_package, plan, package, sources[package], environment, number, len(chosen_packages)
            )
            for number, package in enumerate(chosen_packages)
        }
        for package, future in running.items():
            measured = future.result()
            whole.rows += measured.rows
            for kind, count in measured.dropped.items():
                whole.dropped[kind] = whole.dropped.get(kind, 0) + count
            tell(f"{package.name}: {len({row['id'] for row in measured.rows})} defects")
    return whole


def _measure_package(
    plan: Plan, package: Package, sources: Path, environment: Path, number: int, among: int
) -> Measured:
    os.environ.pop("VIRTUAL_ENV", None)
    return asyncio.run(_measured(plan, package, sources, environment, number, among))


async def _measured(
    plan: Plan, package: Package, sources: Path, environment: Path, number: int, among: int
) -> Measured:
    with tempfile.TemporaryDirectory(prefix="punie-fix-") as scratch:
        async with opened(package, sources, environment, plan.cache, Path(scratch).resolve()) as subject:
            kinds = chosen(list(plan.kinds), held_out=plan.held_out_kinds)
            measured = Measured()
            punie = Punie(plan.test_seconds)
            tested = [PunieTested(punie)] if plan.with_tests and package.held_out else []
            fixers: list[Fixer] = [punie, *tested, *(BASELINES[name]() for name in plan.baselines)]
            for noticed in plan.noticed:
                made = await defects_of(subject, noticed, kinds, seed=plan.seed, each=plan.each, thin=not plan.kinds)
                for kind, count in made.dropped.items():
                    measured.dropped[kind] = measured.dropped.get(kind, 0) + count
                if not plan.make_only:
                    share = _share(made, plan, [k.name for k in kinds], number, among)
                    for defect in share[: plan.limit or None]:
                        measured.rows += await _rows(subject, defect, fixers)
            for fixer in fixers:
                if close := getattr(fixer, "close", None):
                    await asyncio.to_thread(close)
            return measured


def _share(made: Made, plan: Plan, kinds: list[str], number: int, among: int) -> list[Defect]:
    """This package's share of a kind's defects: the packages take turns, each kind beginning with another one."""
    if not plan.per_kind:
        return made.defects
    kept = []
    for at, kind in enumerate(kinds):
        turn = (number - at) % among
        same = [defect for defect in made.defects if defect.kind == kind]
        # Kinds that few packages have are measured where they are, so a turn more than is wanted is taken.
        most = len(range(turn, 2 * plan.per_kind, among))
        kept += same[:most]
    return kept


async def _rows(subject: Subject, defect: Defect, fixers: Sequence[Fixer]) -> list[dict[str, Any]]:
    rows = []
    for fixer in fixers:
        offer, alike = await _asked(subject, defect, fixer)
        try:
            result = await score(subject, defect, offer, alike=alike)
        except SemanticError as error:
            result = Score("wrong", why=f"could not be judged: {error}")
        rows.append(_row(subject, defect, fixer.name, offer) | vars(result))
    return rows


async def _asked(subject: Subject, defect: Defect, fixer: Fixer) -> tuple[Offer, tuple[str, ...]]:
    """What it offers, and which texts count as the original. One that fails has declined, and its note says why."""
    await subject.put({defect.file: defect.apply(subject.originals[defect.file])})
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            problem = await _problem(subject, defect)
            offer = await fixer.offer(subject, defect, problem)
        return offer, tuple(getattr(fixer, "alike", lambda *_: ())(subject, defect))
    except Exception as error:
        return Offer((), 0.0, f"failed: {type(error).__name__}: {error}"), ()


async def _problem(subject: Subject, defect: Defect) -> Diagnostic | None:
    """The target as it is reported now; None for a defect that only tests notice."""
    if not defect.targets:
        return None
    for diagnostic in await subject.problems(defect.file):
        if defect.targets[0].is_(diagnostic):
            return diagnostic
    raise RuntimeError(f"{defect.targets[0].code} is not reported any more")


def _row(subject: Subject, defect: Defect, fixer: str, offer: Offer) -> dict[str, Any]:
    original = subject.originals[defect.file]
    broken = defect.apply(original)
    target = defect.targets[0] if defect.targets else None
    return {
        "id": defect.id,
        "kind": defect.kind,
        "package": defect.package,
        "file": defect.file,
        "noticed": defect.noticed,
        "fixer": fixer,
        "code": f"{target.tool} {target.code}" if target else "",
        "line": target.line + 1 if target else 0,
        "message": target.message.splitlines()[0] if target else defect.failing[0],
        "others": len(defect.targets) - 1 if target else len(defect.failing) - 1,
        "defect": difference(original, broken),
        "fixes": [
            {
                "title": c.title,
                "why": c.why,
                "file": c.file,
                "diff": difference(broken, c) if c.file == defect.file else "",
            }
            for c in offer.choices[:4]
        ],
        "seconds": offer.seconds,
        "note": offer.note,
    }
