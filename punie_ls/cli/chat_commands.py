"""What can be typed in `punie-ls chat` besides prompts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.text import Text

from punie_ls.cli.ask_source import AskError, TurnSource
from punie_ls.cli.ask_turn import TurnRun
from punie_ls.cli.history import age
from punie_ls.terminal.cleaning import one_line
from punie_ls.terminal.diffs import diff_text
from punie_semantic.exceptions import SemanticError

MOST_LISTED = 20


class Quit(Exception):
    """The user leaves."""


@dataclass
class Conversation:
    """What commands work on.

    Attributes:
        root: the project's folder.
        console: where they print.
        source: where the turns come from.
        run: the last turn.
    """

    root: Path
    console: Console
    source: TurnSource
    run: TurnRun

    def print(self, text: str, style: str = "") -> None:
        """A line."""
        self.console.print(Text(text, style=style))


Command = Callable[[Conversation, str], Awaitable[None]]


def needs_agent(text: str) -> bool:
    """Whether a command works only once the agent is there."""
    return text.split()[0] not in ("/help", "/quit", "/exit", "/undo", "/diff")


async def carry_out(conversation: Conversation, text: str) -> None:
    """Do what a line with a slash says. Raises Quit, and AskError when it cannot be done."""
    name, _, rest = text.partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        conversation.print(f"There is no {one_line(name)}; /help says what there is.", "yellow")
        return
    await command[0](conversation, rest.strip())


async def _help(conversation: Conversation, rest: str) -> None:
    for name, (_, usage, words) in COMMANDS.items():
        if words:
            conversation.print(f"  {name + ' ' + usage:<18} {words}")
    conversation.print(
        "  A line that ends in \\ goes on in the next; ``` begins a longer text, and ``` ends it.", "dim"
    )
    conversation.print("  Ctrl-C stops what runs; Ctrl-D leaves.", "dim")


async def _model(conversation: Conversation, rest: str) -> None:
    if rest:
        await conversation.source.select_model(rest)
        conversation.print(f"{one_line(conversation.source.model)} answers from now on.")
        return
    conversation.print(f"{one_line(conversation.source.model)} answers. /model NAME takes another:")
    for line in await conversation.source.models():
        conversation.print(f"  {one_line(line)}", "dim")


async def _sessions(conversation: Conversation, rest: str) -> None:
    found = await conversation.source.sessions()
    for session in found[:MOST_LISTED]:
        mark = "*" if session.id == conversation.source.session else " "
        title = one_line(session.title) or "(no prompt yet)"
        turns = f"{session.turns} {'turn' if session.turns == 1 else 'turns'}"
        line = Text.assemble(mark, " ", (session.id, "yellow"), f"  {age(time.time() - session.updated):>8}")
        conversation.console.print(line.append(f"  {turns:>9}  ").append(title, style="bold"))
    if not found:
        conversation.print("There are no sessions yet.")


async def _session(conversation: Conversation, rest: str) -> None:
    if not rest:
        conversation.print(f"This is session {conversation.source.session}.")
        return
    for problem in await conversation.source.open(rest):
        conversation.print(problem, "yellow")
    conversation.print(f"On with session {conversation.source.session}.")


async def _new(conversation: Conversation, rest: str) -> None:
    conversation.run.edits = ()
    await conversation.source.open("new")
    conversation.print(f"A new session: {conversation.source.session}.")


async def _apply(conversation: Conversation, rest: str) -> None:
    if not conversation.run.edits:
        conversation.print("There are no edits to write.")
        return
    await conversation.run.write()


async def _diff(conversation: Conversation, rest: str) -> None:
    if not conversation.run.edits:
        conversation.print("There are no edits to write.")
    for edit in conversation.run.edits:
        conversation.console.print(diff_text(edit.diff))


async def _undo(conversation: Conversation, rest: str) -> None:
    history = import_module("punie_semantic.history")
    try:
        done = await asyncio.to_thread(history.undo, conversation.root, rest)
    except (SemanticError, OSError, ValueError) as error:
        raise AskError(str(error)) from error
    conversation.print(f"Taken back: {one_line(done.title)}")


async def _quit(conversation: Conversation, rest: str) -> None:
    raise Quit


COMMANDS: dict[str, tuple[Command, str, str]] = {
    "/help": (_help, "", "this"),
    "/model": (_model, "[NAME]", "which model answers, or another one"),
    "/sessions": (_sessions, "", "the conversations of this project"),
    "/session": (_session, "[ID]", "go on with another one"),
    "/new": (_new, "", "begin a new one"),
    "/diff": (_diff, "", "show the last edits that were not written"),
    "/apply": (_apply, "", "write them"),
    "/undo": (_undo, "[ID]", "take back what was written last, or this"),
    "/quit": (_quit, "", "leave"),
    "/exit": (_quit, "", ""),
}
NAMES = tuple(COMMANDS)
