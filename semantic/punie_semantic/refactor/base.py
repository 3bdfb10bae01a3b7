"""What a refactoring is: where it may be offered, what it changes. See `table.py` for the list of them."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from punie_semantic.refactor.tree import Span, Tree
from punie_semantic.sources import line_ending, with_line_ending


@dataclass(frozen=True)
class Edit:
    """Replace the text of a range of code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """What a refactoring does to its file.

    Attributes:
        edits: they do not overlap.
        name: what was made, removed or annotated.
        adds_method: whether `name` is a new method, which subclasses in other files may have already.
        wants_result_type: whether `name` is a new function whose result is annotated like those around it.
        removes_global: whether `name` was a name of the module, which other files may use.
    """

    edits: tuple[Edit, ...]
    name: str
    adds_method: bool = False
    wants_result_type: bool = False
    removes_global: bool = False

    def applied_to(self, text: str) -> str:
        """The new text, its new lines ending as most of the old ones do."""
        ending = line_ending(text)
        parts, at = [], 0
        for edit in sorted(self.edits, key=lambda e: (e.start, e.end)):
            parts += (text[at : edit.start], with_line_ending(edit.text, ending))
            at = edit.end
        return "".join([*parts, text[at:]])


class Types(Protocol):
    """Answers of the type checker about the file as it was parsed."""

    async def of(self, spans: Sequence[Span]) -> list[str]:
        """The type of each expression as the type checker shows it; empty where it says none."""
        ...


@dataclass(frozen=True)
class Context:
    """A selection in a file; `name` is the wish of the user, empty for a suggestion."""

    tree: Tree
    selection: Span
    name: str = ""
    every: bool = False
    types: Types | None = None


class Refactoring(Protocol):
    """One refactoring: a module with one of these, and one line in the table."""

    @property
    def name(self) -> str:
        """What tools and code actions call it."""
        ...

    @property
    def kind(self) -> str:
        """LSP's code action kind."""
        ...

    @property
    def title(self) -> str:
        """The code action's title."""
        ...

    def offer(self, context: Context) -> bool:
        """Whether to offer it, from the tree alone, which may be of a part of the file. Raises RefactorError."""
        ...

    async def apply(self, context: Context) -> Change:
        """What it changes, from the whole file's tree. Raises RefactorError."""
        ...


def is_name(text: str) -> bool:
    """True for what can be a variable's name."""
    return text.isidentifier() and not keyword.iskeyword(text)
