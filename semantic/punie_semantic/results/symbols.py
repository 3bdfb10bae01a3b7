"""What questions about symbols return. Lines and columns are 1-based code points."""

from __future__ import annotations

from punie_semantic.results.base import Result


class Location(Result):
    """A place in a file. `text` is that line, stripped; `external` files lie outside the workspace."""

    file: str
    line: int
    column: int
    text: str
    external: bool


class LocationsResult(Result):
    """Places that ty knows; an empty list means that ty answered and there is none."""

    locations: list[Location]
    total: int


class HoverResult(Result):
    """What ty says about the symbol at a position; `found` is false where there is none."""

    found: bool
    text: str


class Symbol(Result):
    """A symbol of a file; `container` is the enclosing class or function, empty at module level."""

    name: str
    kind: str
    line: int
    end_line: int
    container: str


class SymbolsResult(Result):
    """All symbols of a file, in source order."""

    symbols: list[Symbol]
