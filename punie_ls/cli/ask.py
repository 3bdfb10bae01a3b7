"""`punie-ls ask`: one prompt, its answer on the terminal, and a question about its edits."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from rich.console import Console

from punie_ls import __version__
from punie_ls.cli.ask_agent import OwnAgent
from punie_ls.cli.ask_input import Asked, BadInput, read_request
from punie_ls.cli.ask_loop import INTERRUPTED, AgentLoop, Leave, Stopped
from punie_ls.cli.ask_server import RunningServer
from punie_ls.cli.ask_source import AskError, TurnSource
from punie_ls.cli.ask_turn import TurnRun
from punie_ls.cli.output import print_error
from punie_ls.terminal.json_view import JsonView
from punie_ls.terminal.keyboard import Keyboard
from punie_ls.terminal.plain_view import PlainView
from punie_ls.terminal.questions import Questions
from punie_ls.terminal.rich_view import RichView
from punie_ls.terminal.view import View
from punie_semantic.settings import Layer, layer_of, read_user_file

logger = logging.getLogger(__name__)

COMMAND_LINE = "the command line"


@dataclass(frozen=True)
class AskOptions:
    """What `ask` and `chat` have in common; `which` is "new", "last", or the beginning of a session's id."""

    workspace: Path
    which: str = "new"
    model: str | None = None
    allow: tuple[str, ...] = ()
    apply: bool = False
    verbose: bool = False
    as_json: bool = False
    server: bool = True


def ask(words: list[str], options: AskOptions, file: Path | None, line: int | None) -> int:
    """Ask once. Gives the exit status: 0 done, 1 failed, dropped or not written, 2 wrong use, 130 stopped."""
    prepare_streams()
    if not options.workspace.is_dir():
        print_error(f"{options.workspace} is not a folder. Pass the project's folder with --workspace.")
        return 2
    try:
        with AgentLoop() as loop:
            console, view = open_view(options)
            asking = open_questions(console, view)
            source = loop.run(choose_source(options, asking))
            if isinstance(source, OwnAgent):
                loop.start(asyncio.to_thread(import_module, "punie_agent.sessions"))  # while standard input is read
            asked = read_request(words, options.workspace.resolve(), file, line)
            run = TurnRun(source, view, asking, options.apply)
            return loop.run(_ask(run, asked, options), run.interrupt)
    except BadInput as error:
        print_error(str(error))
        return 2
    except (KeyboardInterrupt, Stopped):
        return INTERRUPTED
    except Leave as leave:
        return leave.status
    except BrokenPipeError:
        # Whoever read the answer has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1


async def _ask(run: TurnRun, asked: Asked, options: AskOptions) -> int:
    try:
        with Keyboard().quiet():
            async with run.view.shown():
                try:
                    return await guarded(run.view, _take_turn(run, asked, options))
                except AskError as error:
                    run.view.say(str(error), "error")
                    return error.status
    finally:
        await run.source.close()


async def _take_turn(run: TurnRun, asked: Asked, options: AskOptions) -> int:
    run.view.status("Starting…")
    problems = await run.source.open(options.which)
    for problem in problems:
        run.view.say(problem, "warning")
    return await run.run(asked)


async def guarded(view: View, work: Awaitable[int]) -> int:
    """The border of the command: a bug ends the turn, and does not look like an answer."""
    try:
        return await work
    except (AskError, BrokenPipeError):
        raise
    except Exception as error:
        logger.exception("asking failed")
        view.say(f"Punie failed: {type(error).__name__}: {error}", "error")
        return 1


def prepare_streams() -> None:
    """What the terminal or the file cannot hold is shown as an escape; what is logged does not run into the answer."""
    logging.getLogger().addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def open_view(options: AskOptions) -> tuple[Console, View]:
    """How it is shown, and the console for questions."""
    out = Console(highlight=False, markup=False, emoji=False)
    errors = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if options.as_json:
        return errors, JsonView()
    if out.is_terminal and sys.stdout.isatty():
        return out, RichView(out, verbose=options.verbose)
    return errors, PlainView(errors, verbose=options.verbose)


def open_questions(console: Console, view: View) -> Questions | None:
    """Who is asked: whoever sees the questions and can type; None when that is nobody."""
    keyboard = Keyboard()
    there = keyboard.here and console.file.isatty() and not isinstance(view, JsonView)
    return Questions(console, keyboard, view) if there else None


async def choose_source(options: AskOptions, asking: Questions | None) -> TurnSource:
    """Where the turns come from: this user's server when one runs, which has all loaded already, else an own agent.

    What only an own agent can do is done by one: rules and models for a single command, and events as they are stored.
    """
    decide = asking.permission if asking else None
    if options.server and not (options.allow or options.model or options.as_json):
        from punie_ls.serve.discovery import find_server

        server = find_server()
        if server is not None and server.version == __version__:
            running = RunningServer(server, options.workspace, decide)
            try:
                await running.connect()
            except (OSError, TimeoutError, AskError) as error:
                logger.warning("%s does not answer, so it is done without: %s", server.url, error)
                await running.close()
            else:
                return running
    return OwnAgent(options.workspace, layers_of(options), decide)


def layers_of(options: AskOptions) -> list[Layer]:
    """The settings that the command line says."""
    table: dict[str, object] = {}
    if options.model:
        table["model"] = options.model
    if options.allow:
        kept = read_user_file().values.get("policy", {}).get("allow", ())
        table["policy"] = {"allow": [*kept, *options.allow]}
    return [layer_of(COMMAND_LINE, table)] if table else []
