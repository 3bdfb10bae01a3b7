"""From projects to a dataset: their files are read, questions made of them, programs run, and examples written."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from punie_agent.models.small_prompt import fenced
from punie_training.building.verdict_cache import registry_version
from punie_training.curating.secret_scan import SecretScan, open_scan
from punie_training.curating.splitting import Ratios, divide, group
from punie_training.curating.tool_calls import tools_in
from punie_training.curating.writing import Written, check_out, write_dataset
from punie_training.dataset import Example, Provenance, example_of
from punie_training.exceptions import DatasetError
from punie_training.mining.questions import Candidate, questions
from punie_training.mining.reading import read_project
from punie_training.mining.running import run_programs
from punie_training.mining.sources import Project, open_source

RATIOS: Ratios = (0.8, 0.1, 0.1)
NOT_RUN = "not_run"

# Gets what is done, how far it is, and how much there is.
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MineOptions:
    """What is mined, and how.

    Attributes:
        sources: folders, archives, and names of installed packages.
        out: the new folder.
        jobs: processes that read files.
        limit: examples of each project, at most.
        run: programs of each project that are run; None for all of them.
        seed: another one takes other questions where there are more than `limit`.
    """

    sources: tuple[str, ...]
    out: Path
    jobs: int = 1
    limit: int = 200
    run: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class MinedProject:
    """What came of a project.

    Attributes:
        files: how many were read; `cached` of them had been before.
        skipped: files that were not read, by reason.
        examples: how many there are of each kind of question.
        dropped: questions that were not taken, by reason.
    """

    name: str
    licence: str
    origin: str
    files: int
    cached: int
    skipped: dict[str, int]
    examples: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Mined:
    """What was written, and what came of each project."""

    written: Written
    projects: tuple[MinedProject, ...]


async def mine(options: MineOptions, on_progress: OnProgress = lambda doing, done, total: None) -> Mined:
    """Mine projects into a new dataset.

    Raises:
        DatasetError: a source cannot be read, nothing was found, or `out` cannot be written.
        MissingExtra: a package is not installed.
    """
    folders = [Path(source) for source in options.sources if Path(source).is_dir()]
    check_out(options.out, folders)
    examples: list[Example] = []
    projects: list[MinedProject] = []
    with open_scan() as scan:
        for source in options.sources:
            with open_source(source) as project:
                found, mined = await _mine(project, options, scan, on_progress)
            examples += found
            projects.append(mined)
    if not examples:
        raise DatasetError(f"Nothing was found in {', '.join(options.sources)}, so {options.out} was not written.")
    unique = list({example.hash: example for example in examples}.values())
    splits = await asyncio.to_thread(lambda: divide(group(unique), RATIOS, options.seed))
    written = write_dataset(splits, options.out, tool_registry=registry_version(), inputs=folders)
    return Mined(written, tuple(projects))


async def _mine(
    project: Project, options: MineOptions, scan: SecretScan, on_progress: OnProgress
) -> tuple[list[Example], MinedProject]:
    def reading(done: int, total: int) -> None:
        on_progress(f"Reading {project.name}", done, total)

    read = await asyncio.to_thread(read_project, project.root, jobs=options.jobs, on_progress=reading)
    asked = questions(project.name, read.facts)
    chosen = choose(asked, options.limit, options.seed)
    dropped: Counter[str] = Counter({"over the limit": len(asked) - len(chosen)})
    alone = len(options.sources) == 1
    answered = await _answer(project, chosen, options, dropped, on_progress)
    examples: list[Example] = []
    kinds: Counter[str] = Counter()
    for candidate, outcome, result in answered:
        example = _example(candidate, project, outcome, result, alone=alone)
        if scan.of(example):
            dropped["secret"] += 1
            continue
        examples.append(example)
        kinds[candidate.kind] += 1
    skipped = dict(Counter(read.skipped) + project.skipped)
    done = MinedProject(
        project.name,
        project.licence,
        project.origin,
        len(read.facts),
        read.cached,
        skipped,
        dict(kinds),
        dict(+dropped),
    )
    return examples, done


def choose(asked: Sequence[Candidate], limit: int, seed: int) -> list[Candidate]:
    """So many questions at most, of each kind in turn."""
    by_kind: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in asked:
        by_kind[candidate.kind].append(candidate)
    for kind, candidates in by_kind.items():
        random.Random(f"{seed} {kind}").shuffle(candidates)  # noqa: S311 - a choice, not a secret
    chosen: list[Candidate] = []
    while len(chosen) < limit and any(by_kind.values()):
        for candidates in by_kind.values():
            if candidates and len(chosen) < limit:
                chosen.append(candidates.pop())
    return chosen


async def _answer(
    project: Project,
    chosen: Sequence[Candidate],
    options: MineOptions,
    dropped: Counter[str],
    on_progress: OnProgress,
) -> list[tuple[Candidate, str, str]]:
    """Questions with how their answers are known to be right, and what their programs gave."""
    programs = [candidate for candidate in chosen if candidate.program]
    words = [(candidate, "stated", "") for candidate in chosen if not candidate.program]
    most = len(programs) if options.run is None else options.run
    rest = [(candidate, NOT_RUN, "") for candidate in programs[most:]]
    if not programs[:most]:
        return [*rest, *words]

    def running(done: int, total: int) -> None:
        on_progress(f"Running programs on {project.name}", done, total)

    ran = await run_programs(project.root, programs[:most], running)
    for each in ran:
        if each.problem:
            dropped[each.problem] += 1
    return [*((each.candidate, "executed", each.result) for each in ran if not each.problem), *rest, *words]


def _example(candidate: Candidate, project: Project, outcome: str, result: str, *, alone: bool) -> Example:
    """One project's examples stay together where there are several, and one file's where there is one."""
    provenance = Provenance(
        category="mined",
        source=f"{project.origin}:{project.name}",
        licence=project.licence,
        template=candidate.template,
        project=project.name,
        tools=tools_in(fenced(candidate.program)) if candidate.program else (),
        outcome=outcome,
        split_key=f"file:{project.name}/{candidate.file}" if alone else f"project:{project.name}",
        result=result,
    )
    return example_of(candidate.query, provenance, program=candidate.program, words=candidate.words)
