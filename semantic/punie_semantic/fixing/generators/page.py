"""The page docs/generators.md, from the table; `make docs` writes it."""

from __future__ import annotations

import sys

from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.generators.table import TOPICS

_HEAD = """\
# Where fixes come from

“Fix with Punie” is a search. Small generators propose candidates, cheaply; each candidate is applied in an overlay and
ty and ruff are asked again. What leaves the problem, or brings a new one, in the file or in a file that depends on it,
is dropped. What holds is ranked by how likely it was, what else it mends, who agrees, and how small it is; the best
ones are offered, with one line that says why. Where ty or ruff could not answer, nothing is offered, and that is said.

Each row is one module of `semantic/punie_semantic/fixing/generators/`, and each example is run by the tests with the
real ty and ruff. A fix marked unsafe may change what the program does: it is offered last, and in a batch only with
`--unsafe-fixes`. With a [model](models.md) its suggestions are candidates too, asked for when nothing is likely
enough; they meet the same checks, and what the checkers say of its best one goes back to it twice.

Failing tests have a [search of their own](fix.md#failing-tests).
"""


def render_generators() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for topic, rows in TOPICS.items():
        parts.append(f"## {topic}\n")
        parts += [_row(row) for row in rows]
    return "\n".join(parts).rstrip("\n") + "\n"


def _row(row: Generator) -> str:
    text = f"### {row.name}\n\n{row.does}.\n"
    if row.codes:
        text += f"\nFor {', '.join(f'`{code}`' for code in sorted(row.codes))}.\n"
    if row.before:
        text += "\n```diff\n" + _diff(row.before, row.after) + "```\n"
    return text


def _diff(before: str, after: str) -> str:
    """All lines of a short example, what goes and what comes marked."""
    old, new = before.splitlines(), after.splitlines()
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    lines = [f" {line}" for line in old[:head]]
    lines += [f"-{line}" for line in old[head : len(old) - tail]] + [f"+{line}" for line in new[head : len(new) - tail]]
    lines += [f" {line}" for line in old[len(old) - tail :]]
    return "".join(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(render_generators())
