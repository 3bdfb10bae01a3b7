"""What the tools return, for people and models: lines and columns are 1-based code points here."""

from __future__ import annotations

from punie_semantic.results.base import Answer, Problem, Result, Severity, State
from punie_semantic.results.checks import (
    DiagnosticsResult,
    RuffResult,
    TestFailure,
    TestResult,
    TypeCheckError,
    TypeCheckResult,
    Violation,
)
from punie_semantic.results.edits import Action, ActionsResult, EditResult, VerificationReport
from punie_semantic.results.files import FileText, SearchResult, TextMatch
from punie_semantic.results.symbols import HoverResult, Location, LocationsResult, Symbol, SymbolsResult

__all__ = [
    "Action",
    "ActionsResult",
    "Answer",
    "DiagnosticsResult",
    "EditResult",
    "FileText",
    "HoverResult",
    "Location",
    "LocationsResult",
    "Problem",
    "Result",
    "RuffResult",
    "SearchResult",
    "Severity",
    "State",
    "Symbol",
    "SymbolsResult",
    "TestFailure",
    "TestResult",
    "TextMatch",
    "TypeCheckError",
    "TypeCheckResult",
    "VerificationReport",
    "Violation",
]
