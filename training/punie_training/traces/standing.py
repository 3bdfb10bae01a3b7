"""Whether edits that a turn proposed stand in the project: by its history of transactions. Changes nothing."""

from __future__ import annotations

from pathlib import Path

from punie_agent.redaction import Redactor
from punie_agent.store import SessionSummary, StoredTurn
from punie_semantic.exceptions import SemanticError
from punie_semantic.history import history, show
from punie_training.traces.turns import Lines, diff_lines

# Clocks and files' times are not exact.
SLACK_SECONDS = 2.0


class Histories:
    """The histories of projects, each read once.

    Args:
        redactor: the store's texts went through it, so those of the history must.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._projects: dict[str, list[tuple[float, Lines]]] = {}

    def stands(self, session: SessionSummary, turn: StoredTurn, lines: Lines) -> bool:
        """Whether a change of exactly these lines was applied since the turn began, and stands as a whole."""
        if session.project not in self._projects:
            self._projects[session.project] = self._standing(Path(session.project))
        applied = self._projects[session.project]
        return any(made >= turn.started - SLACK_SECONDS and found == lines for made, found in applied)

    def _standing(self, root: Path) -> list[tuple[float, Lines]]:
        try:
            transactions = [each for each in history(root) if each.state == "applied" and not each.undoes]
        except (SemanticError, OSError):
            return []
        found = []
        for transaction in transactions:
            try:
                diff = self._redactor.text(show(root, transaction.id))
            except (SemanticError, OSError):
                continue
            found.append((transaction.created, diff_lines(diff)))
        return found
