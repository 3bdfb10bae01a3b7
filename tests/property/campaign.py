"""Refactorings at random places of a project, checked by ty one by one and by the project's tests in groups.

What ty would complain about is declined, as the editor and the session do; what then breaks the tests is a fault.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.tree import Tree
from punie_semantic.tools.refactor import refactor
from punie_semantic.workspace import Workspace
from tests.property.places import Place, random_place

GROUP = 6
TEST_SECONDS = 300


@dataclass(frozen=True)
class Project:
    """A project in a folder of its own.

    Attributes:
        root: the folder.
        sources: globs of the files that are refactored, relative to it.
        tests: pytest's arguments.
        pythonpath: folders that its tests import from.
    """

    root: Path
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    pythonpath: tuple[str, ...] = (".",)


@dataclass
class Outcome:
    """What came of the places: counts by refactoring, and a sentence with a diff for each fault."""

    applied: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    declined_for: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    several_files: int = 0


@dataclass(frozen=True)
class _Done:
    place: Place
    file: Path
    before: str
    after: str
    diff: str


async def run_campaign(project: Project, *, seed: int, count: int, group: int = GROUP) -> Outcome:
    """Apply refactorings at random places until `count` of them are applied."""
    chance = random.Random(seed)
    outcome = Outcome()
    files = usual_sources(project)
    while outcome.applied.total() < count and len(outcome.broken) < 20:
        wanted = min(group, count - outcome.applied.total())
        async with Workspace.open(project.root) as workspace:
            done = await _some(workspace, files, chance, wanted, outcome)
        await asyncio.to_thread(_check, project, done, outcome)
    return outcome


def usual_sources(project: Project) -> list[Path]:
    """The files that are refactored, without the very small and the very large."""
    return sorted(f for pattern in project.sources for f in project.root.glob(pattern) if _is_usual(f))


def _is_usual(file: Path) -> bool:
    return 200 < file.stat().st_size < 60_000 and not file.name.startswith("test_")


async def _some(
    workspace: Workspace, files: Sequence[Path], chance: random.Random, wanted: int, outcome: Outcome
) -> list[_Done]:
    """A group of refactorings, each in a file of its own, so that each can be undone by itself."""
    done: list[_Done] = []
    left = list(files)
    chance.shuffle(left)
    for file in left:
        tree = Tree.parse(workspace.overlay.text(file))
        for _ in range(12):
            if len(done) == wanted:
                return done
            place = random_place(tree, chance)
            if place and (one := await _one(workspace, file, place, outcome)):
                done.append(one)
                break
    return done


async def _one(workspace: Workspace, file: Path, place: Place, outcome: Outcome) -> _Done | None:
    before = workspace.overlay.text(file)
    start = workspace.overlay.checkpoint()
    try:
        result = await refactor(workspace, place.refactoring, file, place.span, every=place.every)
    except RefactorError as error:
        assert workspace.overlay.text(file) == before
        outcome.refused[place.refactoring] += 1
        outcome.reasons[str(error)] += 1
        return None
    news = await _new_problems(workspace, file, before)
    if news:
        outcome.declined[place.refactoring] += 1
        outcome.declined_for.append(f"{news[0].code}: {news[0].message}\n{result.diff}")
        workspace.overlay.rollback(start)
        return None
    outcome.applied[place.refactoring] += 1
    return _Done(place, file, before, workspace.overlay.text(file), result.diff)


async def _new_problems(workspace: Workspace, file: Path, before: str) -> list[Diagnostic]:
    earlier = await workspace.checker.by_ty(file, {**workspace.overlay.state, file: before})
    now = await workspace.checker.by_ty(file)
    assert not earlier.unknown
    assert not now.unknown
    return new_in(now.problems, earlier.problems)


def _check(project: Project, done: Sequence[_Done], outcome: Outcome) -> None:
    """Run the tests on a group; when they fail, run them on each of it alone to find who it was."""
    if done and tests_fail(project, done):
        for one in done:
            if failure := tests_fail(project, [one]):
                outcome.broken.append(f"{one.place.refactoring}\n{one.diff}\n{failure[-1500:]}")


def tests_fail(project: Project, done: Sequence[_Done]) -> str:
    """pytest's output when the tests fail with some files changed; empty when they pass. The files are put back."""
    originals = {one.file: one.file.read_bytes() for one in done}
    try:
        for one in done:
            one.file.write_bytes(one.after.encode())
        return run_tests(project)
    finally:
        for file, data in originals.items():
            file.write_bytes(data)


def run_tests(project: Project) -> str:
    """pytest's output when the tests fail; empty when they pass."""
    path = os.pathsep.join(str(project.root / folder) for folder in project.pythonpath)
    environ = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
        *project.tests,
    ]
    done = subprocess.run(
        command, cwd=project.root, env=environ, capture_output=True, text=True, timeout=TEST_SECONDS, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""
