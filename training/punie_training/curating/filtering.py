"""Keeps the examples that pass some rules, and says of each that does not which rule it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from punie_training.curating.languages import UNKNOWN, check_language, language_of
from punie_training.curating.python_versions import least_version, parse_version
from punie_training.curating.quality import quality_of
from punie_training.curating.reading import Row, read_whole
from punie_training.curating.selecting import Selection, select
from punie_training.curating.writing import Written, check_out, write_dataset
from punie_training.dataset import SPLITS, Example
from punie_training.exceptions import DatasetError

# Gives why an example is dropped, in a few words; empty when it is kept.
Rule = Callable[[Example], str]


@dataclass(frozen=True)
class FilterOptions:
    """The rules; None and empty ask nothing.

    Attributes:
        languages: ISO 639-1 codes of the query's language. A query too short to tell is kept, unless `strict`.
        max_python: the program must run on this version, such as `3.11`.
        min_quality: see `quality`; 0 to 1.
        min_length: characters of query and answer together, at least.
        max_length: the same, at most.
        selection: categories, tools and so on.
        strict: what cannot be told does not pass.
    """

    languages: tuple[str, ...] = ()
    max_python: str = ""
    min_quality: float = 0.0
    min_length: int = 0
    max_length: int | None = None
    selection: Selection = field(default_factory=Selection)
    strict: bool = False


@dataclass(frozen=True)
class Dropped:
    """An example that a rule dropped, and why."""

    row: Row
    rule: str
    why: str


@dataclass(frozen=True)
class Filtered:
    """What was written, and what was not."""

    written: Written
    dropped: tuple[Dropped, ...]

    @property
    def by_rule(self) -> dict[str, int]:
        """How many each rule dropped. An example counts for the first rule that it does not pass."""
        return dict(Counter(each.rule for each in self.dropped).most_common())


def filter_dataset(folder: Path, out: Path, options: FilterOptions) -> Filtered:
    """Write what passes all rules into a new folder.

    Raises:
        DatasetError: the dataset is not sound, a rule makes no sense, nothing passes, or `out` cannot be written.
        MissingExtra: a package that a rule needs is not installed.
    """
    check_out(out, [folder])
    rules = list(_rules(options))
    reading = read_whole(folder)
    meant = {id(row) for row in select(reading.rows, Selection(pattern=options.selection.pattern))}
    kept: list[Row] = []
    dropped: list[Dropped] = []
    for row in reading.rows:
        found = _broken(row.example, rules) if id(row) in meant else ("grep", "")
        if found is None:
            kept.append(row)
        else:
            dropped.append(Dropped(row, *found))
    if not kept:
        counts = ", ".join(f"{rule} {count}" for rule, count in Counter(each.rule for each in dropped).most_common())
        raise DatasetError(f"No example of {folder} passes ({counts}), so {out} was not written.")
    splits = {split: [row.example for row in kept if row.split == split] for split in SPLITS}
    written = write_dataset(splits, out, tool_registry=reading.tool_registry, inputs=[folder])
    return Filtered(written, tuple(dropped))


def _broken(example: Example, rules: list[tuple[str, Rule]]) -> tuple[str, str] | None:
    """The first rule that an example does not pass, and why."""
    for name, rule in rules:
        if why := rule(example):
            return name, why
    return None


def _rules(options: FilterOptions) -> Iterator[tuple[str, Rule]]:
    """The rules that ask something, the cheap ones first."""
    for kind in options.selection.wanted:
        part = Selection(wanted={kind: options.selection.wanted[kind]})
        yield kind, part.missing
    for kind in options.selection.unwanted:
        part = Selection(unwanted={kind: options.selection.unwanted[kind]})
        yield f"without {kind}", part.missing
    if options.min_length or options.max_length is not None:
        yield "length", lambda example: _length(example, options.min_length, options.max_length)
    if options.min_quality:
        if not 0 <= options.min_quality <= 1:
            raise DatasetError(f"A quality of {options.min_quality} is none: it goes from 0 to 1.")
        yield "quality", lambda example: _quality(example, options.min_quality)
    if options.max_python:
        version = parse_version(options.max_python)
        yield "python", lambda example: _python(example, version)
    if options.languages:
        wanted = {check_language(code) for code in options.languages}
        yield "language", lambda example: _language(example, wanted, strict=options.strict)


def _length(example: Example, least: int, most: int | None) -> str:
    length = len(example.query) + len(example.answer)
    return f"{length} characters" if length < least or (most is not None and length > most) else ""


def _quality(example: Example, least: float) -> str:
    quality = quality_of(example)
    return f"{quality.score:.2f}: not {', not '.join(quality.failed)}" if quality.score < least else ""


def _python(example: Example, most: tuple[int, int]) -> str:
    if example.program is None:
        return ""
    least = least_version(example.program)
    if least is None:
        return "its program parses on no Python"
    return f"needs Python {least[0]}.{least[1]}" if least > most else ""


def _language(example: Example, wanted: set[str], *, strict: bool) -> str:
    code = language_of(example.query)
    if code in wanted or (code == UNKNOWN and not strict):
        return ""
    return code
