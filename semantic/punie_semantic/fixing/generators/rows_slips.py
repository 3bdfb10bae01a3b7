"""The generator that undoes one slip, as a row of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import slips
from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = (
    Generator(
        "one slip",
        "Another operator, bound, variable, argument order or condition where the fault is seen",
        slips.generate,
        cost=1,
        guesses=True,
        before="def half(n: int | None) -> int:\n    if n is None:\n        return n // 2\n    return 0\n",
        after="def half(n: int | None) -> int:\n    if n is not None:\n        return n // 2\n    return 0\n",
    ),
)
