"""Renames of random symbols of a project, one on top of the other, checked by ty each and by the tests in groups."""

from __future__ import annotations

import asyncio
import keyword
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import State
from punie_semantic.tools.symbol_edits import rename_symbol
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace
from tests.property.campaign import Outcome, Project, run_tests, usual_sources

GROUP = 6
_DEFINED = re.compile(
    r"(?m)^[ \t]*(?:async[ \t]+)?(?P<kind>def|class)[ \t]+(?P<name>\w+)|^[ \t]*(?:self\.)?(?P<variable>\w+)[ \t]*=[^=]"
)
_WORD = re.compile(r"[^\W\d]\w*")

Problems = Counter[tuple[str, int, str]]


@dataclass(frozen=True)
class Step:
    """A rename that was applied: what it was, and all edits after it."""

    title: str
    kind: str
    diff: str
    state: State


async def run_renames(project: Project, *, seed: int, count: int, group: int = GROUP) -> Outcome:
    """Rename random symbols until `count` renames are applied. Lines stay lines, so problems keep their places."""
    chance = random.Random(seed)
    outcome = Outcome()
    files = usual_sources(project)
    while outcome.applied.total() < count and len(outcome.broken) < 20:
        wanted = min(group, count - outcome.applied.total())
        async with Workspace.open(project.root) as workspace:
            known = await _problems(workspace, workspace.files.paths)
            steps: list[Step] = []
            while len(steps) < wanted:
                if step := await _one(workspace, chance.choice(files), chance, known, outcome):
                    steps.append(step)
            await asyncio.to_thread(_check, project, steps, outcome)
    return outcome


async def _one(
    workspace: Workspace, file: Path, chance: random.Random, known: Problems, outcome: Outcome
) -> Step | None:
    text = workspace.overlay.text(file)
    found = list(_DEFINED.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    kind = match["kind"] or "variable"
    name = match["name"] or match["variable"]
    place = TextLines(text).position(match.end("name" if match["name"] else "variable") - 1, "utf-32")
    new_name = _new_name(name, text, chance)
    path = file.relative_to(workspace.root).as_posix()
    title = f"{path}:{place['line'] + 1} {name} -> {new_name}"
    start = workspace.overlay.checkpoint()
    before = workspace.overlay.state
    try:
        result = await rename_symbol(
            workspace, new_name, path=path, line=place["line"] + 1, column=place["character"] + 1
        )
    except SemanticError as error:
        assert workspace.overlay.state == before
        outcome.refused[kind] += 1
        outcome.reasons[_reason(error)] += 1
        return None
    news = await _problems(workspace, workspace.files.paths) - known
    if news:
        outcome.declined[kind] += 1
        outcome.declined_for.append(f"{title}: {sorted(news)[0]}\n{result.diff}")
        workspace.overlay.rollback(start)
        return None
    outcome.applied[kind] += 1
    if len(result.files) > 1:
        outcome.several_files += 1
    return Step(title, kind, result.diff, workspace.overlay.state)


def _new_name(name: str, text: str, chance: random.Random) -> str:
    """Mostly a name of its own; often one that the file has already, to be refused wherever it would be captured."""
    if chance.random() < 0.3:
        taken = [word for word in _WORD.findall(text) if not keyword.iskeyword(word)]
        return chance.choice(taken)
    return f"{name}_{chance.randrange(100, 1000)}"


def _reason(error: SemanticError) -> str:
    """The kind of a refusal, without names and places."""
    return re.sub(r"\S*[:/_.'\d]\S*", "…", str(error))[:90]


async def _problems(workspace: Workspace, files: Sequence[Path]) -> Problems:
    """All that ty finds, by place. Names are in its messages, so these do not count."""
    state = workspace.overlay.state
    await workspace.checker.prefetch(files, state)
    found: Problems = Counter()
    for file in files:
        findings = await workspace.checker.by_ty(file, state)
        assert not findings.unknown, findings.unknown
        found.update((d.file, d.line, d.code) for d in findings.problems)
    return found


def _check(project: Project, steps: Sequence[Step], outcome: Outcome) -> None:
    """Run the tests on all of a group; when they fail, the first step with which they do is the fault."""
    if not steps or not _failure(project, steps[-1].state):
        return
    for step in steps:
        if failure := _failure(project, step.state):
            outcome.broken.append(f"{step.title}\n{step.diff}\n{failure[-1500:]}")
            return
    outcome.broken.append(f"tests that fail now and then: {steps[-1].title}")


def _failure(project: Project, state: State) -> str:
    """pytest's output when the tests fail in a state; empty when they pass. The files are put back."""
    originals = {path: path.read_bytes() for path in state}
    try:
        for path, text in state.items():
            path.write_bytes(text.encode())
        return run_tests(project)
    finally:
        for path, data in originals.items():
            path.write_bytes(data)
