"""Figures of a dataset: how many there are of what, how long they are, and in which languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_training.curating.languages import language_of
from punie_training.curating.quality import quality_of
from punie_training.curating.reading import read_whole
from punie_training.dataset import SPLITS, Example, Split

KINDS: dict[str, Callable[[Example], Sequence[str]]] = {
    "category": lambda example: [example.provenance.category],
    "tool": lambda example: example.provenance.tools or ["(none)"],
    "outcome": lambda example: [example.provenance.outcome],
    "source": lambda example: [example.provenance.source],
    "licence": lambda example: [example.provenance.licence],
    "language": lambda example: [language_of(example.query)],
}
LENGTHS: dict[str, Callable[[Example], int]] = {
    "query, characters": lambda example: len(example.query),
    "query, words": lambda example: len(example.query.split()),
    "answer, characters": lambda example: len(example.answer),
    "answer, words": lambda example: len(example.answer.split()),
}


@dataclass(frozen=True)
class Length:
    """How long some texts are."""

    least: int
    median: int
    most_of: int
    most: int


@dataclass(frozen=True)
class Statistics:
    """The figures.

    Attributes:
        counts: examples of each split.
        tables: by kind and value the number in each split; a program with two tools counts for both.
        lengths: of all examples; `most_of` is what 95 of 100 do not exceed.
        quality: the mean score, 0 to 1.
        tool_registry: the version of the tools; `unknown` without a manifest.
    """

    folder: Path
    counts: dict[Split, int]
    tables: dict[str, dict[str, dict[Split, int]]]
    lengths: dict[str, Length]
    quality: float
    tool_registry: str


def statistics(folder: Path) -> Statistics:
    """Count a dataset. Raises DatasetError when it is not sound, and MissingExtra without py3langid."""
    reading = read_whole(folder)
    by_split = {split: [row.example for row in reading.of(split)] for split in SPLITS}
    examples = reading.examples
    return Statistics(
        folder=folder,
        counts={split: len(found) for split, found in by_split.items()},
        tables={kind: _table(by_split, values) for kind, values in KINDS.items()},
        lengths={name: _length([measure(example) for example in examples]) for name, measure in LENGTHS.items()},
        quality=round(sum(quality_of(example).score for example in examples) / len(examples), 4),
        tool_registry=reading.tool_registry,
    )


def _table(
    by_split: dict[Split, list[Example]], values: Callable[[Example], Sequence[str]]
) -> dict[str, dict[Split, int]]:
    """Numbers by value and split, the most frequent value first."""
    counted = {split: Counter(_all(map(values, examples))) for split, examples in by_split.items()}
    total = sum(counted.values(), Counter[str]())
    return {value: {split: counted[split][value] for split in SPLITS} for value, _ in total.most_common()}


def _all(several: Iterable[Sequence[str]]) -> Iterable[str]:
    return (value for values in several for value in values)


def _length(lengths: list[int]) -> Length:
    ordered = sorted(lengths)
    return Length(ordered[0], ordered[len(ordered) // 2], ordered[(len(ordered) - 1) * 95 // 100], ordered[-1])
