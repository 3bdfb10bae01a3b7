"""Questions on a terminal: a line with the first letter of an answer. The end of input is a no."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from punie_ls.terminal.cleaning import clean, one_line
from punie_ls.terminal.diffs import MOST_LINES, FileEdit, diff_text
from punie_ls.terminal.keyboard import Keyboard

Json = Mapping[str, Any]

PERMISSIONS = {
    "allow_once": ("y", "es, once"),
    "allow_session": ("s", "ession: yes, as often as it comes in this session"),
    "allow_project": ("p", "roject: yes, always in this project"),
    "reject_once": ("n", "o, not now"),
    "reject_session": ("d", "on't: no, and do not ask again in this session"),
}
EDITS = {"yes": ("y", "es"), "no": ("n", "o"), "hunks": ("h", "unk by hunk"), "diff": ("d", "iff again")}
HUNKS = {"yes": ("y", "es"), "no": ("n", "o"), "all": ("a", "ll the rest"), "none": ("q", "uit: none of the rest")}


class Still(Protocol):
    """Who draws on the same terminal."""

    def still(self) -> AbstractContextManager[None]:
        """Draw nothing meanwhile."""
        ...


class Questions:
    """Asks whoever sits at the terminal, one question at a time.

    Args:
        console: where the questions go.
        keyboard: where the answers come from.
        view: draws on the same terminal.

    Attributes:
        may_ask: cleared while the terminal belongs to somebody else; questions wait.
    """

    def __init__(self, console: Console, keyboard: Keyboard, view: Still) -> None:
        self._console = console
        self._keyboard = keyboard
        self._view = view
        self.may_ask = asyncio.Event()
        self.may_ask.set()
        self._one = asyncio.Lock()

    async def permission(self, request: Json) -> str:
        """One of the request's choices. All that the decision depends on is shown."""
        async with self._one:
            await self.may_ask.wait()
            with self._view.still():
                self._console.print()
                self._console.print(Text.assemble(("? ", "bold yellow"), (one_line(request["title"]), "bold")))
                self._console.print(Padding(Text(clean(request["detail"])), (0, 0, 0, 2)))
                offered = {choice: PERMISSIONS[choice] for choice in request["choices"] if choice in PERMISSIONS}
                return await self._asked("Allow it?", offered, "reject_once")

    async def edits(self, edits: Sequence[FileEdit], *, hunks: bool) -> dict[str, set[int]] | None:
        """The hunks to write, by file; None for a no."""
        async with self._one:
            with self._view.still():
                offered = EDITS if hunks else {key: EDITS[key] for key in ("yes", "no", "diff")}
                while True:
                    match await self._asked("Write these edits?", offered, "no"):
                        case "yes":
                            return {edit.file: set(range(len(edit.hunks))) for edit in edits}
                        case "hunks":
                            return await self._hunks(edits) or None
                        case "diff":
                            for edit in edits:
                                self._console.print(diff_text(edit.diff))
                        case _:
                            return None

    async def _hunks(self, edits: Sequence[FileEdit]) -> dict[str, set[int]]:
        chosen: dict[str, set[int]] = {}
        answer = ""
        for edit in edits:
            for number, hunk in enumerate(edit.hunks):
                if answer not in ("all", "none"):
                    title = f"{clean(edit.file)}, hunk {number + 1} of {len(edit.hunks)}"
                    self._console.print(Text(title, style="bold"))
                    self._console.print(diff_text(hunk, MOST_LINES))
                    answer = await self._asked("Write this one?", HUNKS, "none")
                if answer in ("yes", "all"):
                    chosen.setdefault(edit.file, set()).add(number)
        return chosen

    async def _asked(self, question: str, offered: Mapping[str, tuple[str, str]], nothing: str) -> str:
        """The key of an answer; `nothing` at the end of input. An answer that is none is asked for again."""
        ways = [Text.assemble("[", (key, "bold"), "]", rest) for key, rest in offered.values()]
        letters = "/".join(key for key, _ in offered.values())
        short = Text.assemble((question, "bold"), " ", Text(", ").join(ways))
        if short.cell_len <= self._console.width:
            self._console.print(short)
        else:
            self._console.print(Text(question, style="bold"))
            for way in ways:
                self._console.print(Padding(way, (0, 0, 0, 2)))
        while True:
            self._console.print(Text(f"{letters}> ", style="yellow"), end="")
            self._console.file.flush()
            line = await self._keyboard.line()
            if line is None:
                self._console.print()
                return nothing
            word = line.strip().lower()
            for choice, (key, rest) in offered.items():
                if word and (word == key or word == re.split("[,:]", key + rest)[0]):
                    return choice
            self._console.print(Text(f"Please answer with one of {letters.replace('/', ', ')}.", style="dim"))
