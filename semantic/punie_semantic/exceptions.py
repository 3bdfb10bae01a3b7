"""Errors of the semantic tools. Each message says what failed, on which thing, and what to do next.

SemanticError
├── PathError               the path is outside the workspace, missing, or no file
├── SourceError             the bytes are no text that can be edited safely
├── EditError               the edit does not match, is ambiguous, or edits overlap
├── StaleError              the file or buffer changed since it was read
├── ToolUnavailable         ty, ruff or pytest is missing, crashed or did not answer in time
└── ExecutionNotAllowed     running the project's code needs a trusted workspace
"""

from __future__ import annotations


class SemanticError(Exception):
    """Base of all errors that a caller, or a model, can act on."""


class PathError(SemanticError):
    """The path is outside the workspace, missing, or no file."""


class SourceError(SemanticError):
    """The bytes are no text that can be edited safely."""


class EditError(SemanticError):
    """The edit does not match, is ambiguous, or overlaps another one."""


class StaleError(SemanticError):
    """The file or buffer changed since it was read."""


class ToolUnavailable(SemanticError):
    """ty, ruff or pytest is missing, crashed or did not answer in time."""


class ExecutionNotAllowed(SemanticError):
    """Running the project's code needs a trusted workspace."""
