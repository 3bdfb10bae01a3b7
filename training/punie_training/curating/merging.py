"""Several datasets as one: equal examples once, and queries with two answers named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_training.curating.leaks import query_key
from punie_training.curating.reading import Row, read_whole
from punie_training.curating.writing import PRECEDENCE, Written, check_out, write_dataset
from punie_training.dataset import SPLITS
from punie_training.exceptions import DatasetError


@dataclass(frozen=True)
class Conflict:
    """A query that has another answer already; `row` was left out for `kept`."""

    row: Row
    kept: Row


@dataclass(frozen=True)
class Merged:
    """What was written.

    Attributes:
        equal: how many examples stood there more than once.
        conflicts: what was left out because its query has another answer.
        tool_registries: the versions of the tools that the datasets were made for; more than one is a reason to build
            anew.
    """

    written: Written
    equal: int
    conflicts: tuple[Conflict, ...]
    tool_registries: tuple[str, ...]


def merge(folders: Sequence[Path], out: Path, *, keep_conflicts: bool = False) -> Merged:
    """Write all examples into a new folder. Each keeps its split and its provenance.

    What stands in several splits stays in test rather than in train. Of two answers to one query that of the earlier
    split, in this order, and then of the earlier folder stays.

    Args:
        folders: two or more datasets.
        out: the new folder.
        keep_conflicts: keep all answers to a query, as long as they are in one split.

    Raises:
        DatasetError: a dataset is not sound, or `out` cannot be written.
    """
    if len(folders) < 2:
        raise DatasetError("Pass at least two datasets, and then the new folder.")
    check_out(out, folders)
    readings = [read_whole(folder) for folder in folders]
    rows = [row for split in PRECEDENCE for reading in readings for row in reading.of(split)]
    kept, equal, conflicts = _merge(rows, keep_conflicts=keep_conflicts)
    registries = tuple(dict.fromkeys(reading.tool_registry for reading in readings))
    splits = {split: [row.example for row in kept if row.split == split] for split in SPLITS}
    written = write_dataset(splits, out, tool_registry=" + ".join(registries), inputs=folders)
    return Merged(written, equal, tuple(conflicts), registries)


def _merge(rows: Sequence[Row], *, keep_conflicts: bool) -> tuple[list[Row], int, list[Conflict]]:
    kept: list[Row] = []
    hashes: set[str] = set()
    by_query: dict[str, Row] = {}
    conflicts: list[Conflict] = []
    equal = 0
    for row in rows:
        if row.example.hash in hashes:
            equal += 1
            continue
        hashes.add(row.example.hash)
        first = by_query.setdefault(query_key(row.example), row)
        if first is not row and not (keep_conflicts and first.split == row.split):
            conflicts.append(Conflict(row, first))
        else:
            kept.append(row)
    return kept, equal, conflicts
