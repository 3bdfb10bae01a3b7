"""What reading and searching return. Lines and columns are 1-based code points."""

from __future__ import annotations

from punie_semantic.results.base import Result


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
