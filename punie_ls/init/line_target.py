"""A file of the user's own to which one line is added: Emacs' init file, which loads Punie's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from punie_ls.init.elisp import check
from punie_ls.init.targets import Change, Merged, TakenBack
from punie_ls.init.text_file import TextFile


@dataclass(frozen=True)
class LineTarget:
    """A file of Emacs Lisp, and the line at its end."""

    path: Path
    line: str
    kind: Literal["line"] = "line"

    def merge(self, file: TextFile, written: str | None) -> Merged:
        """The text with the line, wherever in it. Raises Broken when the file is not whole."""
        check(file.text)
        if self.line in _lines(file.text):
            return Merged(file.text)
        newline = "\r\n" if "\r\n" in file.text else "\n"
        separator = "" if not file.text or file.text.endswith("\n") else newline
        added = f"{separator}{self.line}{newline}"
        return Merged(file.text + added, (Change((), None, self.line),), "not configured")


def take_back(text: str, changes: Sequence[Change]) -> TakenBack:
    """The text without the line. Raises nothing: a line that is gone is gone."""
    ours = {change.after for change in changes}
    kept = [line for line in text.splitlines(keepends=True) if line.rstrip("\r\n") not in ours]
    return TakenBack("".join(kept))


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]
