"""Divides examples anew into train, valid and test: balanced by category, and without leaks.

What belongs together stays together: examples of one template, of one project, and near-duplicates of each other.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from punie_training.curating.leaks import query_key
from punie_training.curating.reading import Row, read_whole
from punie_training.curating.similarity import Clusters, near_clusters, text_of
from punie_training.curating.writing import Written, check_out, write_dataset
from punie_training.dataset import SPLITS, Example, Split
from punie_training.exceptions import DatasetError

By = Literal["key", "template", "project"]
Ratios = tuple[float, float, float]
NEAR = 0.85


@dataclass(frozen=True)
class Divided:
    """What was written; `groups` is how many sets of examples were kept together, `largest` the size of the largest."""

    written: Written
    groups: int
    largest: int
    by_category: dict[str, dict[Split, int]]


def parse_ratios(text: str) -> Ratios:
    """`80/10/10` as shares of 1. Raises DatasetError for anything else."""
    try:
        numbers = [float(part) for part in text.split("/")]
    except ValueError:
        numbers = []
    total = sum(numbers)
    if len(numbers) != 3 or any(not 0 <= number < float("inf") for number in numbers) or not numbers[0] or not total:
        raise DatasetError(f"{text!r} are no ratios. Pass three numbers for train, valid and test, such as 80/10/10.")
    return numbers[0] / total, numbers[1] / total, numbers[2] / total


def split_dataset(
    folder: Path, out: Path, ratios: Ratios = (0.8, 0.1, 0.1), *, seed: int = 0, by: By = "key", near: float = NEAR
) -> Divided:
    """Write all examples of a dataset into a new folder, divided anew.

    Args:
        folder: the dataset.
        out: the new folder.
        ratios: the shares of train, valid and test.
        seed: another one gives another division; the same one always the same.
        by: what keeps examples together: their split key, which is a template's or a project's name; or one of these.
        near: the similarity from which on two examples are near-duplicates.

    Raises:
        DatasetError: the dataset is not sound, has too few groups to be divided, or `out` cannot be written.
        MissingExtra: datasketch is not installed.
    """
    check_out(out, [folder])
    reading = read_whole(folder)
    examples = list({row.example.hash: row.example for row in _sorted(reading.rows)}.values())
    groups = group(examples, by=by, near=near)
    divided = divide(groups, ratios, seed)
    _check(divided, ratios, groups, by)
    written = write_dataset(divided, out, tool_registry=reading.tool_registry, inputs=[folder])
    return Divided(written, len(groups), max(map(len, groups)), _by_category(divided))


def group(examples: Sequence[Example], *, by: By = "key", near: float = NEAR) -> list[list[Example]]:
    """The examples that have to stay together, the larger groups first. Raises as `split_dataset` does."""
    clusters = near_clusters([text_of(example) for example in examples], near)
    for key in (_key_of(by), query_key):
        _join(clusters, [key(example) for example in examples])
    groups: dict[int, list[Example]] = defaultdict(list)
    for number, example in enumerate(examples):
        groups[clusters.of(number)].append(example)
    return sorted(groups.values(), key=lambda each: (-len(each), each[0].hash))


def divide(groups: Sequence[Sequence[Example]], ratios: Ratios, seed: int) -> dict[Split, list[Example]]:
    """Give each group to the split that lacks most of its categories; large groups first."""
    order = list(groups)
    random.Random(seed).shuffle(order)  # noqa: S311 - a division, not a secret
    order.sort(key=len, reverse=True)
    totals = _categories(example for each in order for example in each)
    want = {
        split: {category: count * share for category, count in totals.items()}
        for split, share in zip(SPLITS, ratios, strict=True)
        if share
    }
    found: dict[Split, list[Example]] = {split: [] for split in SPLITS}
    for each in order:
        counts = _categories(each)
        best = max(want, key=lambda split: _gain(want[split], counts, found[split]))
        found[best] += each
        for category, count in counts.items():
            want[best][category] -= count
    return found


def _categories(examples: Iterable[Example]) -> Counter[str]:
    """By category and the first tool: a split without a tool says nothing about it."""
    return Counter(f"{e.provenance.category} {''.join(e.provenance.tools[:1])}" for e in examples)


def _gain(want: dict[str, float], counts: Counter[str], found: Sequence[Example]) -> tuple[float, float]:
    """How much less is lacking afterwards, too much counting as badly as too little."""
    before = sum(value * value for value in want.values())
    after = sum((value - counts[category]) ** 2 for category, value in want.items())
    return (before - after, -float(len(found)))


def _key_of(by: By) -> Callable[[Example], str]:
    if by == "template":
        return lambda example: example.provenance.template
    if by == "project":
        return lambda example: example.provenance.project
    return lambda example: example.provenance.split_key or example.provenance.template or example.provenance.project


def _join(clusters: Clusters, keys: Sequence[str]) -> None:
    """Put those with the same key together; an empty one is none."""
    first: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key:
            clusters.join(number, first.setdefault(key, number))


def _check(divided: dict[Split, list[Example]], ratios: Ratios, groups: Sequence[Sequence[Example]], by: By) -> None:
    empty = [split for split, share in zip(SPLITS, ratios, strict=True) if share and not divided[split]]
    if not empty:
        return
    examples = sum(map(len, groups))
    raise DatasetError(
        f"Nothing is left for {' and '.join(empty)}: {examples} examples are {len(groups)} groups that must stay "
        f"together (by {by} and as near-duplicates), the largest of {len(groups[0])}. Take examples of more templates "
        "or projects, or pass another --by or a higher --near."
    )


def _by_category(divided: dict[Split, list[Example]]) -> dict[str, dict[Split, int]]:
    categories = sorted({e.provenance.category for examples in divided.values() for e in examples})
    return {
        category: {s: sum(e.provenance.category == category for e in divided[s]) for s in SPLITS}
        for category in categories
    }


def _sorted(rows: Sequence[Row]) -> list[Row]:
    """In an order that does not depend on how they were divided before."""
    return sorted(rows, key=lambda row: row.example.hash)
