"""`punie-ls chat`: a conversation in the terminal. Between turns the main thread reads lines; the agent gets ready."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from punie_ls.cli.ask import AskOptions, choose_source, guarded, open_questions, open_view, prepare_streams
from punie_ls.cli.ask_input import Asked
from punie_ls.cli.ask_loop import INTERRUPTED, AgentLoop, Leave, Stopped
from punie_ls.cli.ask_source import AskError, TurnSource
from punie_ls.cli.ask_turn import TurnRun
from punie_ls.cli.chat_commands import NAMES, Conversation, Quit, carry_out, needs_agent
from punie_ls.cli.output import print_error
from punie_ls.terminal.cleaning import clean
from punie_ls.terminal.keyboard import Keyboard
from punie_ls.terminal.prompt_line import PromptLine
from punie_ls.terminal.view import View
from punie_semantic.journal import state_folder

HISTORY = "chat-history"
HINT = "Ctrl-D or /quit leaves."


def chat(options: AskOptions) -> int:
    """Talk until the user leaves. Gives the exit status: 0 left, 1 it cannot start, 2 wrong use.

    Where standard input is no terminal it is that of the last turn, as `ask` gives it.
    """
    prepare_streams()
    if not options.workspace.is_dir():
        print_error(f"{options.workspace} is not a folder. Pass the project's folder with --workspace.")
        return 2
    try:
        with AgentLoop() as loop:
            return _Chat(loop, options).run()
    except Leave as leave:
        return leave.status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


@dataclass
class _Opening:
    """The agent, while it gets ready."""

    future: Future[Sequence[str]]
    told: bool = False


class _Chat:
    def __init__(self, loop: AgentLoop, options: AskOptions) -> None:
        self._loop = loop
        self._options = options
        self._console: Console
        self._view: View
        self._console, self._view = open_view(options)
        asking = open_questions(self._console, self._view)
        if asking is not None:
            asking.may_ask.clear()  # the prompt has the keyboard
        self._asking = asking
        self._source: TurnSource = loop.run(choose_source(options, asking))
        self._run = TurnRun(self._source, self._view, asking, options.apply)
        self._conversation = Conversation(options.workspace.resolve(), self._console, self._source, self._run)
        self._opening = _Opening(loop.start(self._source.open(options.which)))

    def run(self) -> int:
        self._greet()
        lines = PromptLine(state_folder() / HISTORY, NAMES, _without_secrets)
        status = 0
        try:
            while True:
                try:
                    text = lines.read()
                except KeyboardInterrupt:
                    self._console.print(Text(f"\n{HINT}", style="dim"))
                    continue
                if text is None:
                    self._console.print()
                    break
                if text:
                    with contextlib.suppress(Stopped):
                        last = self._one(text)
                        status = 0 if sys.stdin.isatty() else last
        except Quit:
            pass
        except AskError as error:
            print_error(clean(str(error)))
            status = error.status
        finally:
            self._close()
        return status

    def _greet(self) -> None:
        project = self._options.workspace.resolve().name
        self._console.print(Text.assemble(("Punie", "bold"), f" · {clean(project)} · /help says what else there is"))

    def _one(self, text: str) -> int:
        """A prompt, or a command. Gives the exit status that `ask` would have."""
        if text.startswith("/") and "\n" not in text:
            self._loop.run(self._command(text, opened=needs_agent(text)))
            return 0
        return self._loop.run(self._turn(text), self._run.interrupt)

    async def _turn(self, text: str) -> int:
        with self._keyboard():
            async with self._view.shown():
                await self._ready()
                return await guarded(self._view, self._run.run(Asked(text, text)))

    async def _command(self, text: str, *, opened: bool) -> None:
        if opened:
            with self._keyboard():
                async with self._view.shown():
                    await self._ready()
        try:
            await carry_out(self._conversation, text)
        except AskError as error:
            self._view.say(str(error), "error")

    @contextlib.contextmanager
    def _keyboard(self) -> Generator[None]:
        """The prompt does not have it meanwhile, so the agent may ask."""
        with Keyboard().quiet():
            if self._asking is not None:
                self._asking.may_ask.set()
            try:
                yield
            finally:
                if self._asking is not None:
                    self._asking.may_ask.clear()

    async def _ready(self) -> None:
        """The agent is there. Raises AskError when it cannot be."""
        if not self._opening.future.done():
            self._view.status("Starting…")
        problems = await asyncio.shield(asyncio.wrap_future(self._opening.future))
        self._view.status("")
        if not self._opening.told:
            self._opening.told = True
            for problem in problems:
                self._view.say(problem, "warning")

    def _close(self) -> None:
        self._opening.future.cancel()
        with contextlib.suppress(Leave, Stopped):
            self._loop.run(self._source.close())


def _without_secrets(text: str) -> str:
    from punie_agent.redaction import Redactor

    return Redactor(os.environ).text(text)
