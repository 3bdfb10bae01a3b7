"""`punie-ls` and `punie-ls lsp`: the relay on standard input and output."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence

from punie_ls.relay.launch import launches
from punie_ls.relay.relay import Relay

LEVELS = ("critical", "error", "warning", "info", "debug")


def main(arguments: Sequence[str]) -> int:
    """Run until the editor is gone; returns the exit code.

    Args:
        arguments: `--stdio` (accepted, as editors pass it) and `--log-level LEVEL` (log to stderr).
    """
    try:
        level = _log_level(list(arguments))
    except ValueError as error:
        sys.stderr.write(f"punie-ls lsp: {error}\n")
        return 2
    root = logging.getLogger()
    if level is None:
        root.addHandler(logging.NullHandler())
    else:
        logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    return asyncio.run(_run())


async def _run() -> int:
    return await Relay(launches()).run()


def _log_level(arguments: list[str]) -> str | None:
    """The wanted level. Raises ValueError for anything that is no option of the relay."""
    level = None
    while arguments:
        option, _, value = arguments.pop(0).partition("=")
        if option == "--stdio":
            continue
        if option != "--log-level":
            raise ValueError(f"unknown option {option}; there are --stdio and --log-level LEVEL")
        level = (value or (arguments.pop(0) if arguments else "")).lower()
        if level not in LEVELS:
            raise ValueError(f"--log-level takes one of {', '.join(LEVELS)}")
    return level
