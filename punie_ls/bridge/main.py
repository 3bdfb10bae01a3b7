"""The process of `punie-ls bridge`: options, standard streams, and its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

from punie_ls.bridge.connector import Connector, Target
from punie_ls.bridge.line import Line
from punie_ls.bridge.router import Router
from punie_ls.bridge.stdio import EditorInput, EditorOutput, open_stdio
from punie_ls.relay import logs
from punie_ls.serve.discovery import TOKEN_VARIABLE
from punie_ls.serve.exceptions import ServeError

ANSWER_SECONDS = 2.0
FLUSH_SECONDS = 2.0
USAGE = "there are --url URL, --start, --no-start and --log-level LEVEL"

log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Run the verb without typer, which takes long to import. Gives the exit status."""
    if "--setup" in arguments:
        # An ACP client appends it to the agent's command, to let the user choose a model in a terminal.
        os.execv(sys.executable, [sys.executable, "-P", "-m", "punie_ls", "acp", "--setup"])  # noqa: S606 - our own
    url: str | None = None
    start, log_level = True, None
    left = list(arguments)
    while left:
        option, _, value = left.pop(0).partition("=")
        if option in ("--start", "--no-start"):
            start = option == "--start"
        elif option in ("--url", "--log-level") and (value or left):
            value = value or left.pop(0)
            url, log_level = (value, log_level) if option == "--url" else (url, value)
        else:
            sys.stderr.write(f"punie-ls bridge: {option} is no option, or lacks a value; {USAGE}\n")
            return 2
    return run_bridge(url, start=start, log_level=log_level)


def run_bridge(url: str | None, *, start: bool = True, log_level: str | None = None) -> int:
    """Carry standard input and output to a server. Gives the exit status: 0 the editor is gone, 1 no server."""
    if url is not None and not url.startswith(("ws://", "wss://")):
        sys.stderr.write(f"punie-ls bridge: {url} is no WebSocket URL, such as ws://127.0.0.1:4747/acp\n")
        return 2
    log_file = logs.start(log_level.lower() if log_level else None)
    log_file.open()
    logging.getLogger("websockets").setLevel(logging.WARNING)
    try:
        return asyncio.run(_run(Target(url, os.environ.get(TOKEN_VARIABLE, ""), start)))
    except ServeError as error:
        log.error("%s", error)
        sys.stderr.write(f"punie-ls bridge: {error}\n")
        return 1
    except (OSError, ValueError) as error:
        sys.stderr.write(
            f"punie-ls bridge: an editor starts this program and talks to it through pipes; these are none: {error}\n"
        )
        return 2
    finally:
        log_file.close()


async def _run(target: Target) -> int:
    ended = asyncio.Event()
    output = EditorOutput(ended.set)

    def hold(paused: bool) -> None:
        source.hold(paused=paused)

    def new_line(on_message: Callable[[bytes], None]) -> Line:
        return Line(on_message, output.room, numbered=True)

    router = Router(output.write, new_line, hold)
    source = EditorInput(router.from_editor, ended.set)
    await open_stdio(source, output)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    tasks = [asyncio.ensure_future(work) for work in (Connector(target, router).run(), router.deliver())]
    leaving = asyncio.ensure_future(_until_answered(ended, router))
    try:
        await asyncio.wait([*tasks, leaving], return_when=asyncio.FIRST_COMPLETED)
        failed = next((task.exception() for task in tasks if task.done() and task.exception()), None)
        if failed is not None:
            router.restarted(f"{failed}", reachable=False)
            raise failed
    finally:
        for task in (*tasks, leaving):
            task.cancel()
        await asyncio.gather(*tasks, leaving, return_exceptions=True)
        await output.drain(FLUSH_SECONDS)
    return 0


async def _until_answered(ended: asyncio.Event, router: Router) -> None:
    """Until the editor has gone, and what it asked last is answered or takes long."""
    await ended.wait()
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    while not router.answered and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - once, at the end
        await asyncio.sleep(0.01)
