"""Errors of the semantic tools. Each message says what failed, on which thing, and what to do next.

SemanticError
├── PathError               the path is outside the workspace, missing, or no file
├── PositionError           the line or column is not in the file
├── UnknownSymbol           no symbol has that name or is at that place
├── AmbiguousSymbol         several symbols have that name; `candidates` tells them apart
├── PatternError            the search pattern is empty, too long or no regular expression
├── SourceError             the bytes are no text that can be edited safely
├── EditError               the edit does not match, is ambiguous, or edits overlap
├── RefactorError           the refactoring would not keep what the program does
├── StaleError              the file or buffer changed since it was read
│   └── ConflictError       what is to be taken back is no longer there; nothing was written
├── JournalError            the journal cannot be written or read, or another Punie holds it
├── TemplateError           a file of templates of requests is missing or malformed
├── ToolUnavailable         ty, ruff or pytest is missing, crashed or did not answer in time
└── ExecutionNotAllowed     running the project's code needs a trusted workspace
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from punie_semantic.results import SymbolMatch


class SemanticError(Exception):
    """Base of all errors that a caller, or a model, can act on."""


class PathError(SemanticError):
    """The path is outside the workspace, missing, or no file."""


class PositionError(SemanticError):
    """The line or column is not in the file."""


class UnknownSymbol(SemanticError):
    """No symbol has that name or is at that place; `nearest` has names that are spelled alike."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.nearest = list(nearest)


class AmbiguousSymbol(SemanticError):
    """Several symbols have that name; `candidates` tells them apart."""

    def __init__(self, message: str, candidates: Sequence[SymbolMatch]) -> None:
        super().__init__(message)
        self.candidates = list(candidates)


class PatternError(SemanticError):
    """The search pattern is empty, too long or no regular expression."""


class SourceError(SemanticError):
    """The bytes are no text that can be edited safely."""


class EditError(SemanticError):
    """The edit does not match, is ambiguous, or overlaps another one."""


class RefactorError(SemanticError):
    """The refactoring would not keep what the program does, or the selection is none that it can work on."""


class StaleError(SemanticError):
    """The file or buffer changed since it was read."""


class ConflictError(StaleError):
    """What is to be taken back is no longer there as it was; nothing was written.

    Attributes:
        conflicts: file and hunk (0 for the file as a whole) and why, for each.
    """

    def __init__(self, message: str, conflicts: tuple[tuple[str, int, str], ...] = ()) -> None:
        super().__init__(message)
        self.conflicts = conflicts


class JournalError(SemanticError):
    """The journal cannot be written or read, or another Punie holds it."""


class TemplateError(SemanticError):
    """A file of templates is missing or malformed; the message names the file and the entry."""


class ToolUnavailable(SemanticError):
    """ty, ruff or pytest is missing, crashed or did not answer in time."""


class ExecutionNotAllowed(SemanticError):
    """Running the project's code needs a trusted workspace."""
