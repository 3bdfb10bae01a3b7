"""What searching returns. Lines and columns are 1-based code points."""

from __future__ import annotations

from pydantic import Field

from punie_semantic.results.base import Answer, Result


class TextMatch(Result):
    """One line that matches a search, at its first match; `before` and `after` are the lines around it."""

    file: str
    line: int
    column: int
    text: str
    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)


class SearchResult(Answer):
    """Matching lines by file and line; `truncated` is true when there are more, and then state is partial."""

    matches: list[TextMatch]
    truncated: bool


class FileList(Answer):
    """Files, sorted; `total` also counts what `limit` left out."""

    files: list[str]
    total: int
