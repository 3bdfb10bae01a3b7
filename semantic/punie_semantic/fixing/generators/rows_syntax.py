"""The generators for syntax, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = ()
