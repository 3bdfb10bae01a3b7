"""What every way to show a turn has in common: on a terminal, in a pipe, as JSON lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Literal, Protocol

from punie_ls.terminal.diffs import FileEdit

Json = Mapping[str, Any]
Level = Literal["info", "warning", "error"]


class View(Protocol):
    """Where a turn's events go, in order."""

    def shown(self) -> AbstractAsyncContextManager[None]:
        """Show until the end."""
        ...

    def begin(self, session: str, model: str, prompt: str) -> None:
        """A turn begins."""
        ...

    def status(self, sentence: str) -> None:
        """What is going on before the first event, and between turns; empty for nothing."""
        ...

    def take(self, event: Json) -> None:
        """An event of the turn."""
        ...

    def say(self, text: str, level: Level = "info") -> None:
        """Something that the user should know."""
        ...

    def edits(self, edits: Sequence[FileEdit]) -> None:
        """Edits that re-checked clean."""
        ...

    def answered(self, *, applied: bool, sentence: str, transaction: str = "") -> None:
        """What became of the edits."""
        ...

    def end(self) -> None:
        """The turn, and what became of its edits, is over."""
        ...

    def still(self) -> AbstractContextManager[None]:
        """Draw nothing, while somebody is asked."""
        ...
