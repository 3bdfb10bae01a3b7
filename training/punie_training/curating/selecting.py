"""Which examples are meant: by split, category, tool, outcome, source, licence and words. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from punie_training.curating.reading import Row
from punie_training.dataset import Example, Split
from punie_training.exceptions import DatasetError

KINDS = ("category", "tool", "outcome", "source", "licence", "template", "project")


@dataclass(frozen=True)
class Selection:
    """What is wanted; empty takes all. Of several values of a kind one is enough.

    Attributes:
        wanted: values by kind, each kind one of KINDS.
        unwanted: the same, for what is left out.
        splits: the splits.
        pattern: a regular expression that the query or the answer must match; capitals make no difference.
    """

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unwanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    pattern: str = ""

    def missing(self, example: Example) -> str:
        """The kind by which an example is not meant; empty when it is."""
        for kind, values in self.wanted.items():
            if not set(values) & values_of(example, kind):
                return kind
        for kind, values in self.unwanted.items():
            if set(values) & values_of(example, kind):
                return f"without {kind}"
        return ""


def values_of(example: Example, kind: str) -> set[str]:
    """What an example has of a kind: its tools, or one value."""
    provenance = example.provenance
    return set(provenance.tools) if kind == "tool" else {str(getattr(provenance, kind))}


def parse_unwanted(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`KIND=VALUE` arguments by kind. Raises DatasetError for another kind."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        kind, sign, value = pair.partition("=")
        if not sign or kind not in KINDS:
            raise DatasetError(f"{pair!r} is not KIND=VALUE. Kinds are {', '.join(KINDS)}.")
        found[kind] = (*found.get(kind, ()), value)
    return found


def select(rows: Sequence[Row], selection: Selection) -> list[Row]:
    """The rows that are meant, in order. Raises DatasetError for a pattern that is no regular expression."""
    try:
        pattern = re.compile(selection.pattern, re.IGNORECASE)
    except re.error as error:
        raise DatasetError(f"{selection.pattern!r} is no regular expression: {error}.") from error
    return [
        row
        for row in rows
        if (not selection.splits or row.split in selection.splits)
        and not selection.missing(row.example)
        and (pattern.search(row.example.query) or pattern.search(row.example.answer))
    ]
