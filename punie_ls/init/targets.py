"""A file of an editor's configuration: a text into which changes are merged, and from which they are taken back.

Each kind of file has one module: `json_target`, `toml_target`, `own_file`, `line_target`. They know texts, no disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from punie_ls.init.text_file import TextFile

Kind = Literal["json", "toml", "file", "line"]
State = Literal["configured", "not configured", "differs"]


@dataclass(frozen=True)
class Change:
    """One thing that was written, so that it can be taken back.

    `path` says where in the file: keys from the outermost inwards; empty for text that was added as it is. `before` is
    what stood there, as text, or None. `after` is the text written. `depth` is how many of the keys were there before.
    """

    path: tuple[str, ...]
    before: str | None
    after: str
    depth: int = 0


@dataclass(frozen=True)
class Merged:
    """A text with Punie in it; no changes when it was so already."""

    text: str
    changes: tuple[Change, ...] = ()
    state: State = "configured"


@dataclass(frozen=True)
class TakenBack:
    """A text without Punie. `left` says, a sentence each, what was not taken back and why."""

    text: str
    left: tuple[str, ...] = field(default=())


class Target(Protocol):
    """A file of an editor's configuration, and what is wanted of it."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    @property
    def kind(self) -> Kind:
        """How it is taken back."""
        ...

    def merge(self, file: TextFile, written: str | None) -> Merged:
        """The file's text with Punie in it. `written` is the digest of what Punie wrote last. Raises Broken, Kept."""
        ...
