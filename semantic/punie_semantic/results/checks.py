"""What checks return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from punie_semantic.results.base import Problem, Result, Severity, State


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
