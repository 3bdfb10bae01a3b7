"""What a generator proposes: edits of one file, before anything is checked. Knows no workspace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fix", "import", "unsafe_fix", "suppress"]


@dataclass(frozen=True, order=True)
class Edit:
    """Replace the characters from `start` to `end` (code points, `end` excluded) by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Candidate:
    """One way to mend a problem.

    Attributes:
        title: what it does, as a menu shows it: “Change nmae to name”.
        edits: of one file's text; they do not overlap.
        kind: `fix`; `import`; `unsafe_fix`, which may change what the program does and must be looked at; `suppress`.
        generator: the name of its generator.
        weight: from 0 to 1, how likely it is what the user means, before anything is checked.
        why: one short clause in its favour.
        file: the file, relative to the workspace; empty for the problem's own.
    """

    title: str
    edits: tuple[Edit, ...]
    kind: Kind
    generator: str
    weight: float
    why: str
    file: str = ""

    @property
    def size(self) -> int:
        """How many characters it takes away and puts in."""
        return sum(edit.end - edit.start + len(edit.text) for edit in self.edits)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits. Raises ValueError when two overlap or one is outside of the text."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if not at <= edit.start <= edit.end <= len(text):
            raise ValueError(f"overlapping edits at character {edit.start}")
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*parts, text[at:]])
