"""Leaves out what is nearly the same as something that is kept; what is in the test set is kept first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from punie_training.curating.reading import Row, read_whole
from punie_training.curating.similarity import NearIndex, text_of
from punie_training.curating.writing import PRECEDENCE, Written, check_out, write_dataset
from punie_training.dataset import SPLITS

THRESHOLD = 0.85


@dataclass(frozen=True)
class Duplicate:
    """A row that is left out, the one that is kept for it, and how similar they are, 0 to 1."""

    row: Row
    kept: Row
    similarity: float


@dataclass(frozen=True)
class Deduplicated:
    """What was written, and what was left out."""

    written: Written
    duplicates: tuple[Duplicate, ...]


def dedupe(folder: Path, out: Path, threshold: float = THRESHOLD) -> Deduplicated:
    """Write a dataset without near-duplicates into a new folder.

    Args:
        folder: the dataset.
        out: the new folder.
        threshold: the Jaccard similarity of queries and programs from which on two examples are the same.

    Raises:
        DatasetError: the dataset is not sound, or `out` cannot be written.
        MissingExtra: datasketch is not installed.
    """
    check_out(out, [folder])
    index = NearIndex(threshold)
    reading = read_whole(folder)
    kept: list[Row] = []
    duplicates: list[Duplicate] = []
    for split in PRECEDENCE:
        for row in reading.of(split):
            text = text_of(row.example)
            if near := index.near(text):
                duplicates.append(Duplicate(row, kept[near[0][0]], near[0][1]))
            else:
                index.add(text)
                kept.append(row)
    splits = {split: [row.example for row in kept if row.split == split] for split in SPLITS}
    written = write_dataset(splits, out, tool_registry=reading.tool_registry, inputs=[folder])
    return Deduplicated(written, tuple(duplicates))
