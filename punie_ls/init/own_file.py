"""A file that is Punie's alone, in a folder that the editor loads by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from punie_ls.init.exceptions import Kept
from punie_ls.init.targets import Change, Merged, TakenBack
from punie_ls.init.text_file import TextFile, digest

MARK = "Written by `punie-ls init`"


@dataclass(frozen=True)
class OwnFile:
    """A file with a content. `command` is how the program to start is written in it."""

    path: Path
    content: str
    command: str
    kind: Literal["file"] = "file"

    def merge(self, file: TextFile, written: str | None) -> Merged:
        """The content. Raises Kept when the file is the user's, or was changed and starts something else."""
        if file.data is None:
            return Merged(self.content, (Change((), None, self.content),), "not configured")
        if file.text == self.content:
            return Merged(file.text)
        if file.digest == written:
            return Merged(self.content, (Change((), None, self.content),), "differs")
        if MARK not in file.text:
            raise Kept(
                "it was not written by `punie-ls init`, so it is left alone. Rename it, or configure Punie in it"
            )
        if self.command in file.text:
            return Merged(file.text)
        raise Kept("it was changed since Punie wrote it, and starts another program. Mend it, or delete it")


def take_back(text: str, changes: Sequence[Change]) -> TakenBack:
    """An empty text, which stands for no file; or the text as it is, if the user changed it."""
    if any(digest(text.encode()) == digest(change.after.encode()) for change in changes):
        return TakenBack("")
    return TakenBack(text, ("it is left, because it was changed since",))
