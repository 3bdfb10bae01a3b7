"""Where the user worked last, for commands that an editor sends without saying a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Span = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Focus:
    """A document that is open, and its selection if it is known for the text as it is now."""

    uri: str
    version: int | None = None
    span: Span | None = None


class LastFocus:
    """The last document that was opened, edited or asked about, and the selection of the last code action request."""

    def __init__(self) -> None:
        self._now: Focus | None = None

    def look(self, uri: str, version: int | None, span: Any = None) -> None:  # noqa: ANN401 - LSP's Range as JSON
        """The editor asks about a document: the user is there. What is no Python is an answer being read."""
        if uri.startswith("file:") and uri.endswith((".py", ".pyi")):
            self._now = Focus(uri, version, span)

    def left(self, uri: str) -> None:
        """A document was closed."""
        if self._now and self._now.uri == uri:
            self._now = None

    def get(self, version_of: Any) -> Focus | None:  # noqa: ANN401 - Callable[[str], int | None]
        """The place; without its selection when the text has changed since."""
        now = self._now
        if now is not None and now.span is not None and version_of(now.uri) != now.version:
            return Focus(now.uri, now.version)
        return now
