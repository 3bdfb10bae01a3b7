"""What edits, candidate fixes and their verification return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from punie_semantic.results.base import Problem, Result, State


class EditResult(Result):
    """An edit that the overlay took. Nothing is on disk yet; `diff` is against the file before this call."""

    file: str
    changed: bool
    diff: str


class Action(Result):
    """A candidate fix. `kind`: fix (safe), unsafe_fix, import, or suppress (a comment hides the problem)."""

    id: str
    title: str
    tool: Literal["ty", "ruff"]
    kind: Literal["fix", "unsafe_fix", "import", "suppress"]
    problem_id: str
    preferred: bool


class ActionsResult(Result):
    """Candidate fixes, best first. `reason` says when a tool could not be asked."""

    actions: list[Action]
    reason: str


class VerificationReport(Result):
    """Problems before and after the edits, in every file that the edits can affect.

    `state` is clean when everything was checked and no problem is new, errors when `introduced` is not
    empty, unknown when something could not be checked (`reason`). `target_fixed` is about the problem
    asked for.
    """

    state: State
    target_fixed: bool
    fixed: list[Problem]
    introduced: list[Problem]
    files_checked: list[str]
    reason: str
