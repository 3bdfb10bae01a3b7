"""What a command answers, so that scripts see what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """What came of a command.

    Attributes:
        applied: whether the editor's texts, or files, were changed.
        message: a sentence for people.
        answer: Markdown, where there is an answer to read.
        document: the URI of the document that holds it.
        data: the same for programs, where it was asked for as JSON.
    """

    applied: bool
    message: str
    answer: str | None = None
    document: str | None = None
    data: Any = None

    def as_json(self) -> dict[str, Any]:
        """Without what is not there."""
        found: dict[str, Any] = {"applied": self.applied, "message": self.message}
        if self.answer is not None:
            found["answer"] = self.answer
        if self.document is not None:
            found["document"] = self.document
        if self.data is not None:
            found["data"] = self.data
        return found
