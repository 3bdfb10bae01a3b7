"""What refactorings return."""

from __future__ import annotations

from punie_semantic.results.edits import EditResult


class RefactorResult(EditResult):
    """A refactoring that the overlay took; `name` is what it made, removed or annotated.

    Nothing is on disk yet. Check it with verify_edits before you keep it.
    """

    name: str
