"""What questions about symbols return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from punie_semantic.results.base import Answer, Result


class Location(Result):
    """A place in a file. `text` is that line, stripped; `external` files lie outside the workspace."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    external: bool


class SymbolMatch(Result):
    """A symbol of the workspace; `qualified_name` names it in other calls, `container` is its class or function."""

    name: str
    qualified_name: str
    kind: str
    file: str
    line: int
    column: int
    end_line: int
    container: str


class LocationsResult(Answer):
    """Places; an empty list in state clean means that there is none. `total` also counts what `limit` left out.

    In state unknown nothing was answered: an ambiguous name has its `candidates`, of which one can be asked for.
    """

    locations: list[Location]
    total: int
    candidates: list[SymbolMatch] = Field(default_factory=list)


class ReferencesResult(Answer):
    """One answer for each symbol that was asked about, in that order; `total` is the sum of theirs."""

    answers: list[LocationsResult]
    total: int


class SymbolsResult(Answer):
    """Symbols. `matched` says how they fit what was asked: all fit equally well, the best there is."""

    symbols: list[SymbolMatch]
    total: int
    matched: Literal["exact", "prefix", "fuzzy", "all", "none"]


class HierarchyEntry(Result):
    """A function or class in a hierarchy, `depth` steps away; `via` is the one before it on the way.

    `places` are the calls themselves; empty for classes.
    """

    name: str
    qualified_name: str
    kind: str
    file: str
    line: int
    column: int
    external: bool
    depth: int
    via: str
    places: list[Location]


class HierarchyResult(Answer):
    """What calls, is called, or is derived; nearest first. Ambiguous names have `candidates`, see state."""

    entries: list[HierarchyEntry]
    total: int
    candidates: list[SymbolMatch] = Field(default_factory=list)
