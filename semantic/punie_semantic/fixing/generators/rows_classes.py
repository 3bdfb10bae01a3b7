"""The generators for classes, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = ()
