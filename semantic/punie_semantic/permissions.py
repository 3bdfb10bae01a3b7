"""Asking somebody before a program runs. Whoever opens a workspace says who is asked."""

from __future__ import annotations

from typing import Protocol


class Permissions(Protocol):
    """Answers for the user; an answer may take as long as a person takes."""

    async def ask(self, kind: str, title: str, detail: str) -> bool:
        """Whether it may be done.

        Args:
            kind: what it is, as in ACP: execute.
            title: one line for the question.
            detail: all that the decision depends on, such as the whole command and its folder.
        """
        ...


class RefuseAll:
    """Nobody can be asked, so the answer is no."""

    async def ask(self, kind: str, title: str, detail: str) -> bool:
        """No."""
        return False
