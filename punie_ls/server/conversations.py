"""Conversations as documents: one for each session, a section for each turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from punie_ls.server.markdown import heading, turn_section

if TYPE_CHECKING:
    from punie_agent.session import Session
    from punie_ls.server.projection import Turn
    from punie_ls.server.server import PunieServer


@dataclass
class _Conversation:
    title: str
    before: str = ""
    turns: list[Turn] = field(default_factory=list)


class Conversations:
    """The conversations of this server, by session."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._known: dict[str, _Conversation] = {}

    def add(self, session: Session, turn: Turn) -> str:
        """Note a turn; gives the document's URI."""
        conversation = self._known.setdefault(session.id, _Conversation(session.title))
        conversation.turns.append(turn)
        return self._write(session.id, conversation)

    def update(self, session: Session, uri: str) -> None:
        """Something has become of the last turn: its document says so."""
        self._server.answers.update(uri, self._text(self._known[session.id]))

    def restore(self, key: str, title: str, transcript: str) -> str:
        """Begin with what a stored session has; gives the document's URI."""
        conversation = self._known[key] = _Conversation(title, f"{transcript.rstrip()}\n\n")
        return self._write(key, conversation)

    def forget(self, key: str) -> None:
        """The session is deleted."""
        self._known.pop(key, None)

    def line_of_last(self, key: str) -> int:
        """The line, from 0, where the last turn begins."""
        conversation = self._known[key]
        return self._head(conversation).count("\n") + sum(s.count("\n") + 1 for s in self._sections(conversation)[:-1])

    def _write(self, key: str, conversation: _Conversation) -> str:
        return self._server.answers.write(key, conversation.title or "Punie", self._text(conversation))

    def _text(self, conversation: _Conversation) -> str:
        return self._head(conversation) + "\n".join(self._sections(conversation))

    def _head(self, conversation: _Conversation) -> str:
        return conversation.before or f"{heading(conversation.title or 'Punie', 1)}\n\n"

    def _sections(self, conversation: _Conversation) -> list[str]:
        return [turn_section(number, turn) for number, turn in enumerate(conversation.turns, 1)]
