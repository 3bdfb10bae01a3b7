"""What reading returns. Lines and columns are 1-based code points."""

from __future__ import annotations

from punie_semantic.results.base import Result


class FileText(Result):
    """A file's text as the overlay has it, from `start_line` on."""

    file: str
    text: str
    start_line: int
    total_lines: int
