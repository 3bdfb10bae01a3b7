"""What an editor is to Punie: where it is found, and which files make it start Punie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target


def _nothing(_: Surroundings) -> None:
    return None


def _no_notes(_: Surroundings) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Editor:
    """An editor.

    Attributes:
        name: What the user types.
        title: What it is called.
        found: Whether it is on this machine.
        targets: The files to write.
        unavailable: Why nothing can be written for it, or None.
        missing: What the user must do beside, without which Punie does not run there, or None.
        notes: What else is worth saying, a sentence each.
    """

    name: str
    title: str
    found: Callable[[Surroundings], bool]
    targets: Callable[[Surroundings], tuple[Target, ...]]
    unavailable: Callable[[Surroundings], str | None] = _nothing
    missing: Callable[[Surroundings], str | None] = _nothing
    notes: Callable[[Surroundings], tuple[str, ...]] = _no_notes
