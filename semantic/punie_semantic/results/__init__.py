"""What the tools return, for people and models: lines and columns are 1-based code points here."""

from __future__ import annotations

from punie_semantic.results.base import Answer, Problem, Result, Severity, State
from punie_semantic.results.checks import (
    DiagnosticsResult,
    RuffResult,
    TestFailure,
    TestItem,
    TestList,
    TestResult,
    TypeCheckError,
    TypeCheckResult,
    Violation,
)
from punie_semantic.results.edits import (
    Action,
    ActionsResult,
    CleanupResult,
    EditResult,
    EditsResult,
)
from punie_semantic.results.files import FileText
from punie_semantic.results.fixes import CandidateFix, FixesResult
from punie_semantic.results.information import (
    Completion,
    CompletionsResult,
    HoverResult,
    HoversResult,
    LSPResult,
    RuleExplanation,
    Signature,
    SignaturesResult,
)
from punie_semantic.results.project import (
    CommandResult,
    DependencyGraph,
    FolderInfo,
    GitCommit,
    GitDiff,
    GitFile,
    GitLog,
    GitStatus,
    ImportPath,
    ModuleImports,
    ProjectStructure,
)
from punie_semantic.results.refactor import RefactorResult
from punie_semantic.results.search import FileList, SearchResult, TextMatch
from punie_semantic.results.symbols import (
    HierarchyEntry,
    HierarchyResult,
    Location,
    LocationsResult,
    ReferencesResult,
    SymbolMatch,
    SymbolsResult,
)
from punie_semantic.results.test_fixes import TestFixesResult
from punie_semantic.results.verification import TestComparison, VerificationReport

__all__ = [
    "Action",
    "ActionsResult",
    "Answer",
    "CandidateFix",
    "CleanupResult",
    "CommandResult",
    "Completion",
    "CompletionsResult",
    "DependencyGraph",
    "DiagnosticsResult",
    "EditResult",
    "EditsResult",
    "FileList",
    "FileText",
    "FixesResult",
    "FolderInfo",
    "GitCommit",
    "GitDiff",
    "GitFile",
    "GitLog",
    "GitStatus",
    "HierarchyEntry",
    "HierarchyResult",
    "HoverResult",
    "HoversResult",
    "ImportPath",
    "LSPResult",
    "Location",
    "LocationsResult",
    "ModuleImports",
    "Problem",
    "ProjectStructure",
    "RefactorResult",
    "ReferencesResult",
    "Result",
    "RuffResult",
    "RuleExplanation",
    "SearchResult",
    "Severity",
    "Signature",
    "SignaturesResult",
    "State",
    "SymbolMatch",
    "SymbolsResult",
    "TestComparison",
    "TestFailure",
    "TestFixesResult",
    "TestItem",
    "TestList",
    "TestResult",
    "TextMatch",
    "TypeCheckError",
    "TypeCheckResult",
    "VerificationReport",
    "Violation",
]
