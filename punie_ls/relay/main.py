"""`punie-ls` and `punie-ls lsp`: the relay on standard input and output."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from punie_ls import __version__
from punie_ls.relay import logs
from punie_ls.relay.exceptions import TraceError
from punie_ls.relay.launch import launches
from punie_ls.relay.relay import Relay

if TYPE_CHECKING:
    from punie_ls.relay.trace import Trace

LEVELS = ("critical", "error", "warning", "info", "debug")

log = logging.getLogger(__name__)


@dataclass
class Options:
    """What stands on the command line."""

    log_level: str | None = None
    trace: str | None = None


def main(arguments: Sequence[str]) -> int:
    """Run until the editor is gone; returns the exit code.

    Args:
        arguments: `--stdio` (accepted, as editors pass it), `--log-level LEVEL` (log to stderr as well) and
            `--trace FILE` (write every message to a file).
    """
    try:
        options = _options(list(arguments))
        trace = _trace(options.trace)
    except (ValueError, TraceError) as error:
        sys.stderr.write(f"punie-ls lsp: {error}\n")
        return 2
    log_file = logs.start(options.log_level)
    try:
        python = ".".join(map(str, sys.version_info[:3]))
        log.info("punie-ls %s on Python %s in %s: %s", __version__, python, _folder(), list(arguments))
        return asyncio.run(_run(log_file, trace))
    except Exception:
        log.critical("the relay has failed", exc_info=True)
        raise
    finally:
        if trace is not None:
            trace.close()
        log_file.close()


async def _run(log_file: logs.LogFile, trace: Trace | None) -> int:
    asyncio.get_running_loop().call_later(logs.OPEN_AFTER_SECONDS, log_file.open)
    code = await Relay(launches(), trace).run()
    log.info("the relay ends with exit code %d", code)
    return code


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "a folder that is gone"


def _options(arguments: list[str]) -> Options:
    """Read the arguments. Raises ValueError for anything that is no option of the relay."""
    options = Options()
    while arguments:
        option, _, value = arguments.pop(0).partition("=")
        if option == "--stdio":
            continue
        if option not in ("--log-level", "--trace"):
            raise ValueError(f"unknown option {option}; there are --stdio, --log-level LEVEL and --trace FILE")
        if not value and arguments and not arguments[0].startswith("--"):
            value = arguments.pop(0)
        if option == "--trace":
            if not value:
                raise ValueError("--trace needs a file")
            options.trace = value
        else:
            options.log_level = value.lower()
            if options.log_level not in LEVELS:
                raise ValueError(f"--log-level takes one of {', '.join(LEVELS)}")
    return options


def _trace(path: str | None) -> Trace | None:
    """A trace in writing, with the log in it. Raises TraceError."""
    if path is None:
        return None
    from punie_ls.relay.trace import Trace, TraceLog

    trace = Trace(Path(path))
    logging.getLogger().addHandler(TraceLog(trace))
    return trace
