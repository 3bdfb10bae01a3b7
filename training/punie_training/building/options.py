"""What a dataset is built from, and the report of it. Knows no workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_training.dataset import Dataset

MOST_PER_TEMPLATE = 200
MOST_DIRECT_SHARE = 0.9


@dataclass(frozen=True)
class BuildOptions:
    """What to build.

    Attributes:
        out: the dataset's folder; a new one.
        workspace: the project whose names fill the slots; None for the sample project.
        tools: only templates of these tools; empty for all.
        per_template: how many things a template is told about, and so how many programs it gives.
        seed: the same seed, project and templates give the same dataset.
        direct_share: how much of each split are answers in words.
        trusted: whether the workspace's tests may run. Those of the sample project always may.
    """

    out: Path
    workspace: Path | None = None
    tools: tuple[str, ...] = ()
    per_template: int = 4
    seed: int = 0
    direct_share: float = 0.3
    trusted: bool = False


@dataclass(frozen=True)
class Progress:
    """How far a build is: programs that were tried, of those that are planned, and the template of the last one."""

    done: int
    total: int
    doing: str


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True)
class BuildReport:
    """What came of a build.

    Attributes:
        out: the dataset's folder.
        kept: programs that ran and gave something.
        tried: programs that were looked at, the kept ones included.
        reused: those of them whose outcome was known from an earlier build.
        dropped: why programs were left out, by template and reason.
        counts: examples per category and split.
        per_tool: examples per tool that their program calls.
        notes: sentences about what is missing.
        seconds: wall time.
    """

    out: Path
    kept: int
    tried: int
    reused: int
    dropped: Mapping[tuple[str, str], int]
    counts: Mapping[str, Mapping[str, int]]
    per_tool: Mapping[str, int]
    notes: tuple[str, ...]
    seconds: float

    @property
    def total(self) -> int:
        """All examples."""
        return sum(number for by_split in self.counts.values() for number in by_split.values())

    @property
    def reasons(self) -> dict[str, int]:
        """Why programs were left out, the most frequent reason first."""
        counted: Counter[str] = Counter()
        for (_, reason), number in self.dropped.items():
            counted[reason] += number
        return dict(counted.most_common())


def counts_of(dataset: Dataset) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Examples per category and split, and per tool."""
    categories: dict[str, dict[str, int]] = {}
    tools: Counter[str] = Counter()
    for split, examples in dataset.splits.items():
        for example in examples:
            by_split = categories.setdefault(example.provenance.category, dict.fromkeys(dataset.splits, 0))
            by_split[split] += 1
            tools.update(example.provenance.tools)
    return dict(sorted(categories.items())), dict(sorted(tools.items()))
