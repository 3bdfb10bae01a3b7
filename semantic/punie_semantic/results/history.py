"""What the history of transactions says, for people and programs."""

from __future__ import annotations

from typing import Literal

from punie_semantic.results.base import Result

Standing = Literal["applied", "partly_undone", "undone"]


class ChangedFile(Result):
    """One file of a transaction; `added` and `removed` are lines, `old_file` is where a renamed one was."""

    file: str
    kind: Literal["edit", "create", "delete", "rename"]
    old_file: str
    added: int
    removed: int


class Transaction(Result):
    """What Punie did to some files at once.

    `created` is in seconds since the epoch. `undoes` is the transaction that this one takes back (a redo takes back
    an undo). `state` is undone when a later one took it back as a whole, and partly_undone when one took back some
    files or hunks. `editor` is true when the editor applied it.
    """

    id: str
    title: str
    created: float
    files: list[ChangedFile]
    state: Standing
    undoes: str
    editor: bool
