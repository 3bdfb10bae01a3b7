"""What a search for repairs of a failing test returns."""

from __future__ import annotations

from punie_semantic.results.base import Answer
from punie_semantic.results.fixes import CandidateFix


class TestFixesResult(Answer):
    """Edits of the source with which a failing test passes, the best first.

    Each was checked with ty, ruff and all the tests that it can affect. `rejected` says of edits that made the test
    pass why they do not hold. State: partial when the time was up, unknown when the tests or a checker could not be
    asked; `reason` says what was found out instead of a fix.
    """

    __test__ = False

    fixes: list[CandidateFix]
    rejected: list[str]
    duration: float
