"""Diffs in colours, and their hunks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from punie_ls.terminal.cleaning import clean
from punie_ls.terminal.sentences import lines_changed
from punie_semantic.text_edits import split_lines

_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red", "rename ": "bold", "new file": "bold"}
# More is no reading; the journal and `git diff` have all of it.
MOST_LINES = 400


@dataclass(frozen=True)
class FileEdit:
    """One file of the proposed edits, as a unified diff."""

    file: str
    diff: str

    @property
    def summary(self) -> str:
        """`app.py (+3 -1)`."""
        return f"{clean(self.file)} ({lines_changed(self.diff)})"

    @property
    def hunks(self) -> Sequence[str]:
        """The hunks one by one; what creates, deletes or renames a file is one."""
        head, parts = _parted(self.diff)
        whole = any(line.startswith(("rename ", "new file", "deleted file")) for line in head)
        return parts if parts and not whole else [self.diff]


def edits_of(files: Iterable[Mapping[str, Any]]) -> list[FileEdit]:
    """The files of an event."""
    return [FileEdit(str(file["file"]), str(file["diff"])) for file in files]


def diff_text(diff: str, most: int | None = None) -> Text:
    """A coloured diff; what is too long is cut, and said to be."""
    text = Text()
    lines = clean(diff).split("\n")
    lines = lines[:-1] if lines and not lines[-1] else lines
    shown = lines if most is None else lines[:most]
    for line in shown:
        style = next((style for prefix, style in _STYLES.items() if line.startswith(prefix)), "")
        text.append(f"{line.replace(chr(9), '    ')}\n", style=style)
    if len(shown) < len(lines):
        text.append(f"… {len(lines) - len(shown):,} more lines\n", style="dim")
    text.right_crop(1)
    return text


def summary(edits: Sequence[FileEdit], most: int = 5) -> str:
    """What is to change, in a line."""
    named = [edit.summary for edit in edits[:most]]
    return ", ".join(named + ([f"{len(edits) - most} more"] if len(edits) > most else []))


def plain(edits: Iterable[FileEdit]) -> str:
    """The diffs as text."""
    return "".join(clean(edit.diff) if edit.diff.endswith("\n") else f"{clean(edit.diff)}\n" for edit in edits)


def chosen_all(edits: Sequence[FileEdit], chosen: Mapping[str, Collection[int]]) -> bool:
    """Whether every hunk was chosen."""
    return all(len(chosen.get(edit.file, ())) == len(edit.hunks) for edit in edits)


def _parted(diff: str) -> tuple[list[str], list[str]]:
    head: list[str] = []
    parts: list[str] = []
    for line in split_lines(diff):
        if line.startswith("@@"):
            parts.append(line)
        elif parts:
            parts[-1] += line
        else:
            head.append(line)
    return head, parts
