"""What the tools return, for people and models: lines and columns are 1-based code points here."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["clean", "errors", "unknown"]
Severity = Literal["error", "warning", "info", "hint"]


class Result(BaseModel):
    """Base of all results: immutable values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Result):
    """One finding of ty or ruff; `id` names it in other calls."""

    id: str
    tool: Literal["ty", "ruff"]
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    message: str
    severity: Severity
    fixable: bool


class DiagnosticsResult(Result):
    """ty's and ruff's findings together; `unknown` means that one of them could not answer, see `reason`."""

    state: State
    problems: list[Problem]
    reason: str


class TypeCheckError(Result):
    """One finding of ty."""

    file: str
    line: int
    column: int
    code: str
    message: str
    severity: Severity


class TypeCheckResult(Result):
    """ty's answer. `success` is true only when ty answered and found no error and no warning."""

    state: State
    success: bool
    error_count: int
    warning_count: int
    errors: list[TypeCheckError]
    reason: str


class Violation(Result):
    """One finding of ruff; `applicability` is that of its fix: safe, unsafe, display or none."""

    file: str
    line: int
    column: int
    code: str
    message: str
    fixable: bool
    applicability: Literal["safe", "unsafe", "display", "none"]


class RuffResult(Result):
    """ruff's answer. `success` is true only when ruff answered and found nothing."""

    state: State
    success: bool
    violation_count: int
    fixable_count: int
    violations: list[Violation]
    reason: str


class TestFailure(Result):
    """One failed or broken test, with the line of the test file or source that raised."""

    __test__ = False

    test_id: str
    file: str
    line: int
    message: str
    traceback: str


class TestResult(Result):
    """pytest's answer. `success` is true only when tests ran and none failed."""

    __test__ = False

    state: State
    success: bool
    passed: int
    failed: int
    errors: int
    skipped: int
    failures: list[TestFailure]
    duration: float
    reason: str


class Location(Result):
    """A place in a file. `text` is that line, stripped; `external` files lie outside the workspace."""

    file: str
    line: int
    column: int
    text: str
    external: bool


class LocationsResult(Result):
    """Places that ty knows; an empty list means that ty answered and there is none."""

    locations: list[Location]
    total: int


class HoverResult(Result):
    """What ty says about the symbol at a position; `found` is false where there is none."""

    found: bool
    text: str


class Symbol(Result):
    """A symbol of a file; `container` is the enclosing class or function, empty at module level."""

    name: str
    kind: str
    line: int
    end_line: int
    container: str


class SymbolsResult(Result):
    """All symbols of a file, in source order."""

    symbols: list[Symbol]


class TextMatch(Result):
    """One line that matches a search."""

    file: str
    line: int
    column: int
    text: str


class SearchResult(Result):
    """Matches; `truncated` is true when more exist than `matches` holds."""

    matches: list[TextMatch]
    truncated: bool


class FileText(Result):
    """A file's text as the overlay has it, from `start_line` on."""

    file: str
    text: str
    start_line: int
    total_lines: int


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
