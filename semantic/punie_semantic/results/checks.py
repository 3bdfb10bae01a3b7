"""What checks return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from punie_semantic.results.base import Answer, Problem, Result, Severity


class DiagnosticsResult(Answer):
    """ty's and ruff's findings together; `unknown` means that one of them could not answer, see `reason`."""

    problems: list[Problem]


class TypeCheckError(Result):
    """One finding of ty."""

    file: str
    line: int
    column: int
    code: str
    message: str
    severity: Severity


class TypeCheckResult(Answer):
    """ty's answer. `success` is true only when ty answered for every file and found no error and no warning.

    `partial` when a folder was too large; `missing` counts the files that were not checked.
    """

    success: bool
    error_count: int
    warning_count: int
    errors: list[TypeCheckError]
    files_checked: int
    missing: int


class Violation(Result):
    """One finding of ruff; `applicability` is that of its fix: safe, unsafe, display or none."""

    file: str
    line: int
    column: int
    code: str
    message: str
    fixable: bool
    applicability: Literal["safe", "unsafe", "display", "none"]


class RuffResult(Answer):
    """ruff's answer. `success` is true only when ruff answered for every file and found nothing.

    `partial` when a folder was too large; `missing` counts the files that were not checked.
    """

    success: bool
    violation_count: int
    fixable_count: int
    violations: list[Violation]
    files_checked: int
    missing: int


class TestFailure(Result):
    """One failed or broken test, with the line of the test file or source that raised."""

    __test__ = False

    test_id: str
    file: str
    line: int
    message: str
    traceback: str


class TestResult(Answer):
    """pytest's answer. `success` is true only when tests ran to the end and none failed.

    `partial` when pytest was stopped or died; what it had reported until then is in it. `output` is the end
    of what pytest printed. `sandboxed` tells whether it ran apart, without network and without the user's home folder.
    """

    __test__ = False

    success: bool
    passed: int
    failed: int
    errors: int
    skipped: int
    xfailed: int
    xpassed: int
    failures: list[TestFailure]
    duration: float
    output: str
    sandboxed: bool = False


class TestItem(Result):
    """A test that pytest would run; `test_id` goes into `ids` of pytest_run."""

    __test__ = False

    test_id: str
    file: str
    line: int
    markers: list[str]


class TestList(Answer):
    """The tests that pytest finds; `failures` are files that could not be imported. `total` counts all."""

    __test__ = False

    tests: list[TestItem]
    total: int
    failures: list[TestFailure]
