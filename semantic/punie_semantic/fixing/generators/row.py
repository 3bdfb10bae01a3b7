"""A row of the table of generators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.place import Place


@dataclass(frozen=True)
class Generator:
    """A source of candidates.

    Attributes:
        name: what an explanation calls it.
        does: one line for the docs.
        generate: gives the candidates, the best first; it checks nothing and changes nothing.
        codes: the codes of ty and ruff that it is for; empty for all.
        before: an example with its problem.
        after: the example, mended.
        cost: 0 answers at once; 1 may take a second, and is asked when nothing is convincing; 2 asks a model, when
            nothing is even likely.
        guesses: whether it only varies the code; it is not asked when something likely shows another problem.
    """

    name: str
    does: str
    generate: Callable[[Place], Awaitable[list[Candidate]]]
    codes: frozenset[str] = frozenset()
    before: str = ""
    after: str = ""
    cost: Literal[0, 1, 2] = 0
    guesses: bool = False

    def wants(self, problem: Diagnostic) -> bool:
        """Whether it has something to say about a problem."""
        return not self.codes or problem.code in self.codes
