"""What can be wrong with an editor's configuration.

InitError               the editor is left as it is; the message says why
├── Broken              the file cannot be read as what it should be: nothing is written over it
├── Kept                the file is the user's own, or was changed by the user: it is not overwritten
└── NotWritten          writing failed, or the file changed meanwhile
"""

from __future__ import annotations


class InitError(Exception):
    """The root: a sentence for the user."""


class Broken(InitError):
    """A file that does not parse, or has something of another type where a setting goes. `line` counts from 1."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


class Kept(InitError):
    """A file that Punie did not write, or that was edited since."""


class NotWritten(InitError):
    """The file could not be written; it is as it was."""
