"""What the comparison before and after edits returns. Lines and columns are 1-based code points."""

from __future__ import annotations

from pydantic import Field

from punie_semantic.results.base import Answer, Problem
from punie_semantic.results.checks import TestFailure


class TestComparison(Answer):
    """The tests that the edits can affect, before and after. `introduced` failed only after, `fixed` only before.

    `unchanged` counts failures that were there before. State: errors when `introduced` is not empty.
    """

    __test__ = False

    introduced: list[TestFailure]
    fixed: list[str]
    unchanged: int
    passed: int


class VerificationReport(Answer):
    """Problems before and after the edits, in every file that the edits can affect.

    `state` is clean when everything was checked and no problem is new, errors when `introduced` is not
    empty, unknown when something could not be checked (`reason`; the files are in `unknown`). `revealed` are
    problems that the mistake hid which a likely fix mends, `unchanged` counts those that were there before,
    `unchecked` has edited files that neither ty nor ruff looks at.
    `target_fixed` is about the problem asked for; `tests` only when tests were asked for.
    """

    target_fixed: bool
    fixed: list[Problem]
    introduced: list[Problem]
    unchanged: int
    files_checked: list[str]
    unknown: list[str]
    unchecked: list[str]
    tests: TestComparison | None = None
    revealed: list[Problem] = Field(default_factory=list)
