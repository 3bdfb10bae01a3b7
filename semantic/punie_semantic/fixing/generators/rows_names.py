"""The generators for names, imports and attributes, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import undefined_name
from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = (
    Generator(
        "undefined name",
        "A name like it that is in scope, or that is assigned and never used",
        undefined_name.generate,
        frozenset({"unresolved-reference", "F821", "F822"}),
        before="def area(width, height):\n    return widht * height\n",
        after="def area(width, height):\n    return width * height\n",
    ),
)
