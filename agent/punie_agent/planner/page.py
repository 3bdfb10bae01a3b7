"""The page docs/requests.md, from the table of recipes: `python -m punie_agent.planner.page > docs/requests.md`."""

from __future__ import annotations

import sys

from punie_agent.planner.table import TOPICS

_HEAD = """\
# What the builtin planner understands

The builtin model (`model = "builtin"`, the default) works by rules: no language model, no network. It recognises
requests in usual English phrasings, runs a [code-mode program](code-mode.md) for each, and answers in a few lines.
Where it is not sure what is meant, it asks back. What is marked *edits* goes into an overlay, is re-checked with ty
and ruff, and is then offered; nothing else changes files. For everything else, [add a model](models.md).

A symbol may be written as `total`, `Cart.total`, `shop.cart.Cart.total`, `src/app.py::Cart.total` or
`src/app.py:12:5`; "this" and "it" mean what the cursor is on. A file may be named by the end of its path. Politeness,
case, quotes and one wrong letter in a word do not matter.
"""

_TAIL = """\
It declines what needs judgement: general questions ("What is a Protocol in Python?"), new features, free rewriting.
With `model = ["builtin", "local"]` the next model gets what the planner declines.
"""


def render_requests() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for topic, recipes in TOPICS.items():
        rows = [f"| `{r.example}` | {r.does}{' (*edits*)' if r.edits else ''} |" for r in recipes]
        parts.append("\n".join([f"## {topic}", "", "| for example | what you get |", "|---|---|", *rows]) + "\n")
    return "\n".join([*parts, _TAIL])


if __name__ == "__main__":
    sys.stdout.write(render_requests())
