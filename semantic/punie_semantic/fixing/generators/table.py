"""The generators by topic, in the order in which they are asked. Adding one is adding a module and a row."""

from __future__ import annotations

from punie_semantic.fixing.generators import rows_calls, rows_classes, rows_names, rows_slips, rows_syntax, tools
from punie_semantic.fixing.generators.row import Generator

_RUFF = Generator(
    "ruff",
    "ruff's own fixes, safe and unsafe",
    tools.of_ruff,
    before="import os\n\nx = 1\n",
    after="\nx = 1\n",
)
_TY = Generator(
    "ty",
    "ty's quick fixes, and imports from the project, the standard library and dependencies",
    tools.of_ty,
    cost=1,
    before="price = Decimal(1)\n",
    after="from decimal import Decimal\n\nprice = Decimal(1)\n",
)

TOPICS: dict[str, tuple[Generator, ...]] = {
    "ruff and ty": (_RUFF, _TY),
    "Syntax": rows_syntax.ROWS,
    "Names, imports and attributes": rows_names.ROWS,
    "Calls and types": rows_calls.ROWS,
    "Classes and lint": rows_classes.ROWS,
    "Slips": rows_slips.ROWS,
}
GENERATORS: tuple[Generator, ...] = tuple(row for rows in TOPICS.values() for row in rows)
