"""What is wrong with a test before anything is changed: does it fail each time, why, which lines are suspicious."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.mutations.evidence import Evidence, evidence_of
from punie_semantic.fixing.mutations.proposing import trees
from punie_semantic.fixing.mutations.scene import Observed, Scene
from punie_semantic.fixing.mutations.server import START_SECONDS, Collected, Outcome, TestServer
from punie_semantic.fixing.mutations.suspicion import (
    Lines,
    Places,
    is_test,
    overlaid_lines,
    recent_lines,
    suspicions,
    used_names,
    with_frames,
    with_recent,
)
from punie_semantic.fixing.mutations.trying import in_copy
from punie_semantic.fixing.tree import Tree
from punie_semantic.workspace import Workspace

MOST_BESIDE = 300
TEST_SECONDS = 6.0
HUNG = "Late"
_NOTHING = Collected((), (), frozenset())


@dataclass
class Diagnosis:
    """What is known before the search.

    Attributes:
        collected: the tests there are.
        failing: those of the wanted ones that fail each time.
        passing: other tests of the same files, which pass.
        others: other tests of the same files, which fail too.
        seconds: how long the first failing one takes.
        all_seconds: how long all of them take.
        evidence: why the first one fails.
        scenes: the suspicious files.
        reason: why there is nothing to search; empty when there is.
        state: with the reason: unknown, or clean when the test passes.
    """

    collected: Collected = _NOTHING
    failing: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    seconds: float = 0.0
    all_seconds: float = 0.0
    evidence: Evidence | None = None
    scenes: list[tuple[Scene, Path, Places]] = field(default_factory=list)
    reason: str = ""
    state: str = "unknown"


async def diagnosed(workspace: Workspace, server: TestServer, test_ids: Sequence[str], seconds: float) -> Diagnosis:
    """Run the tests unchanged, and look at what they do. Raises ToolUnavailable."""
    collected = await server.collect(START_SECONDS)
    found = Diagnosis(collected)
    wanted = matching(test_ids, collected.tests)
    if not wanted:
        found.reason = _not_collected(test_ids, collected)
        return found
    limit = min(TEST_SECONDS, max(seconds / 5, 1.0))
    await _run_twice(server, wanted, limit, found)
    if found.reason:
        return found
    beside = [test for test in collected.tests if test not in wanted][:MOST_BESIDE]
    seen = await server.run([*found.failing, *beside], limit, observe=True)
    if seen.ended != "done":
        seen, beside = await server.run(found.failing[:1], limit, observe=True), []
    if seen.ended != "done":
        found.reason = _ending(found.failing[0], seen)
        return found
    found.all_seconds = max(seen.seconds, found.seconds)
    found.passing = tuple(test for test in beside if seen.tests.get(test) == "passed")
    found.others = tuple(test for test in [*found.failing[1:], *beside] if test in seen.bad)
    await _look(workspace, server, found, seen.observed)
    return found


def matching(test_ids: Sequence[str], tests: Sequence[str]) -> list[str]:
    """The tests that some ids name: themselves, all of a class, file or folder, or all parameters of one."""
    found = []
    for wanted in test_ids:
        starts = (f"{wanted}::", f"{wanted}[", f"{wanted.rstrip('/')}/")
        found += [test for test in tests if test == wanted or test.startswith(starts) or wanted == "."]
    return list(dict.fromkeys(found))


async def _run_twice(server: TestServer, wanted: Sequence[str], limit: float, found: Diagnosis) -> None:
    """Sets the failing tests, or why there is nothing to mend."""
    first = await server.run(wanted, limit, hold=True)
    hung = first.seconds > limit / 2
    second = first if hung else await server.run(wanted, limit, hold=True)
    for outcome in (first, second):
        if outcome.ended != "done":
            found.reason = _ending(wanted[0], outcome)
            return
    both = first.bad & second.bad
    found.failing = tuple(test for test in wanted if test in both)
    found.seconds = min(first.seconds, second.seconds) / max(len(wanted), 1) + 0.05
    if found.failing:
        return
    if first.bad or second.bad:
        flaky = sorted(first.bad | second.bad)[0]
        found.reason = f"{flaky} fails only sometimes: it passed in one of two runs without any edit"
    elif all(first.tests.get(test) == "passed" for test in wanted):
        found.reason, found.state = f"{wanted[0]} passes already", "clean"
    else:
        found.reason = f"{wanted[0]} does not run: pytest says {first.tests.get(wanted[0], 'nothing')}"


async def _look(workspace: Workspace, server: TestServer, found: Diagnosis, observed: Mapping[str, Any]) -> None:
    """Sets the evidence and the suspicious files."""
    first = found.failing[0]
    test_file = first.partition("::")[0]
    failure = observed.get("failures", {}).get(first, {})
    found.evidence = evidence_of(failure, _tree(workspace, test_file))
    if found.evidence.raised == HUNG:
        found.seconds = 0.0  # how long it hung says nothing of how long it will take when it is mended
    lines = suspicions(observed, found.failing, found.passing)
    texts = dict(_sources(workspace, server, lines))
    with_frames(lines, found.evidence, texts)
    with_recent(lines, await recent_lines(workspace) if (workspace.root / ".git").exists() else {})
    with_recent(lines, overlaid_lines(workspace))
    known = trees(texts.items())
    used = used_names(known, lines)
    scopes = observed_scopes(observed)
    for file in known:
        scene = Scene(file, texts[file], found.evidence, scopes)
        found.scenes.append((scene, workspace.root / file, Places(scene.tree, lines.get(file, {}), used)))


def observed_scopes(observed: Mapping[str, Any]) -> Observed:
    """What the run saw, in the form that operators read."""
    scopes: dict[tuple[str, int], dict[str, str]] = {}
    keys: dict[tuple[str, int], dict[str, list[str]]] = {}
    for file, line, names in observed.get("scopes", ()):
        place = (str(file), int(line))
        scopes[place] = {n: str(kind) for n, kind in names.items() if not n.endswith("[]")}
        keys[place] = {n.removesuffix("[]"): list(found) for n, found in names.items() if n.endswith("[]")}
    return Observed(scopes, observed.get("members", {}), keys)


def _sources(workspace: Workspace, server: TestServer, lines: Lines) -> list[tuple[str, str]]:
    """The files that can be at fault, with their texts: the project's own, no tests, nothing that is linked."""
    found = []
    for file in lines:
        if is_test(file) or not file.endswith(".py"):
            continue
        try:
            path = workspace.overlay.resolve(file)
            in_copy(server.copy, path)
            found.append((file, workspace.overlay.text(path)))
        except SemanticError:
            continue
    return found


def _tree(workspace: Workspace, file: str) -> Tree | None:
    try:
        return Tree(workspace.overlay.text(workspace.overlay.resolve(file)))
    except SemanticError:
        return None


def _not_collected(test_ids: Sequence[str], collected: Collected) -> str:
    if collected.errors:
        name, why = collected.errors[0]
        lines = [line.strip() for line in why.splitlines() if line.strip()]
        said = next((line.removeprefix("E").strip() for line in reversed(lines) if line.startswith("E  ")), "")
        return f"{name} cannot be collected: {said or (lines[-1] if lines else 'pytest does not say why')}"
    return f"pytest finds no test {test_ids[0] if test_ids else ''}".rstrip()


def _ending(test: str, outcome: Outcome) -> str:
    if outcome.ended == "late":
        return f"{test} does not end within {outcome.seconds:.0f} s"
    number = outcome.status & 0x7F
    names = {s.value: s.name for s in signal.Signals}
    how = f"by {names.get(number, f'signal {number}')}" if number else f"with exit status {outcome.status >> 8}"
    return f"Python ended {how} while {test} ran"
