"""Paths between the project and the client, which has absolute ones and `file:` URIs, in its own spelling."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from punie_semantic.exceptions import PathError
from punie_semantic.paths import inside, relative

# How clients write lines behind a URI: #L10, #L10:20, #L10-L20, #10-20.
_LINES = re.compile(r"^L?(?P<first>\d+)(?:[:,-]L?(?P<last>\d+))?$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A file of the project, relative to it, and the lines that are meant; they count from 1, 0 is none."""

    file: str
    line: int = 0
    end_line: int = 0

    @property
    def mention(self) -> str:
        """As it stands in a sentence: `shop.py`, `shop.py:3` or `shop.py:3-7`."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}" + (f"-{self.end_line}" if self.end_line > self.line else "")


@dataclass(frozen=True)
class Folder:
    """The project's folder.

    Attributes:
        root: without symlinks.
        shown: as the client spells it.
    """

    root: Path
    shown: Path

    @classmethod
    def of(cls, root: Path, cwd: str) -> Folder:
        """A folder that a client named."""
        return cls(root, Path(os.path.normpath(cwd)))

    def absolute(self, file: str) -> str:
        """A file of the project as the client names it."""
        return str(self.shown / file)

    def place(self, uri: str) -> Place | None:
        """The file of the project that a URI, or an absolute path, is about; None when it is none."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return None
        path = unquote(parts.path) if parts.scheme == "file" else uri if uri.startswith("/") else ""
        file = self._file(path) if path else None
        if file is None:
            return None
        lines = _LINES.match(parts.fragment) if parts.scheme == "file" else None
        if lines is None:
            return Place(file)
        return Place(file, int(lines["first"]), int(lines["last"] or lines["first"]))

    def _file(self, path: str) -> str | None:
        for folder in (self.root, self.shown):
            if Path(path).is_relative_to(folder):
                try:
                    return relative(self.root, inside(self.root, str(Path(path).relative_to(folder))))
                except PathError:
                    return None
        return None
