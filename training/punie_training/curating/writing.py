"""Writes datasets: whole or not at all, and never over something that is there."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from punie_training.dataset import SPLITS, Dataset, Example, Split
from punie_training.exceptions import DatasetError

# Whoever looks for what a model has not seen looks there first: a copy stays in test rather than in train.
PRECEDENCE: tuple[Split, ...] = ("test", "valid", "train")


@dataclass(frozen=True)
class Written:
    """What was written; `repeated` are examples that stood there twice and were written once."""

    folder: Path
    counts: dict[Split, int]
    repeated: int

    @property
    def total(self) -> int:
        """How many examples there are."""
        return sum(self.counts.values())


def check_out(out: Path, inputs: Iterable[Path] = ()) -> None:
    """Refuse a folder that cannot be written, before the work begins.

    Raises:
        DatasetError: it is there already, or is one of the inputs or in one of them.
    """
    for given in inputs:
        if out.resolve() == given.resolve() or out.resolve().is_relative_to(given.resolve()):
            raise DatasetError(f"{out} is {given}, or in it. Pass another folder for what is written.")
    try:
        if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
            raise DatasetError(f"{out} exists already, and nothing is overwritten. Pass a new folder.")
    except OSError as error:
        raise DatasetError(f"{out} cannot be used: {error.strerror or error}.") from error


def write_dataset(
    splits: Mapping[Split, Sequence[Example]], out: Path, *, tool_registry: str, inputs: Iterable[Path] = ()
) -> Written:
    """Write a dataset into a new folder.

    Args:
        splits: the examples. One that stands in several splits is written once, in test rather than in train.
        out: the folder.
        tool_registry: the version of the tools that the programs were written for.
        inputs: the folders that were read.

    Raises:
        DatasetError: nothing is left to write, or the folder cannot be written; then nothing of it is there.
    """
    check_out(out, inputs)
    unique, repeated = _unique(splits)
    if not any(unique.values()):
        raise DatasetError(f"No example is left, so {out} was not written.")
    dataset = Dataset(tool_registry=tool_registry, splits=unique)
    with new_folder(out) as folder:
        dataset.save(folder)
    return Written(out, {split: len(examples) for split, examples in unique.items()}, repeated)


@contextmanager
def new_folder(out: Path) -> Generator[Path]:
    """A folder beside `out` that becomes it when all went well, and is gone otherwise. Raises DatasetError."""
    temporary = out.parent / f".{out.name}.{secrets.token_hex(4)}.tmp"
    try:
        temporary.mkdir(parents=True)
        yield temporary
        temporary.rename(out)
    except OSError as error:
        raise DatasetError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(temporary)


def _unique(splits: Mapping[Split, Sequence[Example]]) -> tuple[dict[Split, tuple[Example, ...]], int]:
    seen: set[str] = set()
    kept: dict[Split, list[Example]] = {split: [] for split in SPLITS}
    repeated = 0
    for split in PRECEDENCE:
        for example in splits.get(split, ()):
            if example.hash in seen:
                repeated += 1
            else:
                seen.add(example.hash)
                kept[split].append(example)
    return {split: tuple(kept[split]) for split in SPLITS}, repeated
