"""The generators, in the order in which they are asked. Adding one is adding a module and a row."""

from __future__ import annotations

from punie_semantic.fixing.generators import rows_calls, rows_classes, rows_names, rows_syntax, tools
from punie_semantic.fixing.generators.row import Generator

GENERATORS: tuple[Generator, ...] = (
    Generator("ruff", "ruff's own fixes, safe and unsafe", tools.of_ruff),
    *rows_syntax.ROWS,
    *rows_names.ROWS,
    *rows_calls.ROWS,
    *rows_classes.ROWS,
    Generator(
        "ty",
        "ty's quick fixes, and imports from the project, the standard library and dependencies",
        tools.of_ty,
        cost=1,
    ),
)
