"""What a search for fixes returns. Lines and columns are 1-based code points."""

from __future__ import annotations

from punie_semantic.results.base import Answer, Result


class CandidateFix(Result):
    """A fix that re-checked clean with all that depends on it; `id` goes into apply_code_action.

    An `unsafe` one may change what the program does and must be looked at. `score` is from 0 to 1; `why` says in one
    line what speaks for it.
    """

    id: str
    title: str
    unsafe: bool
    file: str
    score: float
    why: str
    diff: str


class FixesResult(Answer):
    """Fixes of one problem, the best first.

    `rejected` says of each candidate that did not hold why; `unsafe` are titles of those that were not tried because
    unsafe ones are not allowed. State: partial when the time was up, unknown when ty or ruff could not answer.
    """

    fixes: list[CandidateFix]
    rejected: list[str]
    unsafe: list[str]
