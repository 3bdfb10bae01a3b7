"""The generators for syntax, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import syntax
from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = (
    Generator(
        syntax.NAME,
        "What is missing, surplus, misspelt or misplaced in a file that does not parse",
        syntax.generate,
        before="def area(width, height)\n    return width * height\n",
        after="def area(width, height):\n    return width * height\n",
    ),
)
