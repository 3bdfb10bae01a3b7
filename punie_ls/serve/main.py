"""The process of `punie-ls serve`: log, token, signals, and what the user is told."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from punie_ls import __version__
from punie_ls.relay import logs
from punie_ls.serve import discovery
from punie_ls.serve.exceptions import AlreadyRunning
from punie_ls.serve.server import AgentServer, ServerOptions

STOP_SECONDS = 20.0

log = logging.getLogger(__name__)


def run_server(options: ServerOptions, *, log_level: str | None = None, fresh_token: bool = False) -> int:
    """Serve until a signal comes. Gives the exit status: 0 ended, 1 it runs already, 2 it cannot be started."""
    log_file = logs.start(log_level)
    log_file.open()
    # At the debug level it would log the headers, and so the token.
    logging.getLogger("websockets").setLevel(logging.WARNING)
    try:
        return asyncio.run(_serve(options, fresh_token=fresh_token))
    except AlreadyRunning as error:
        sys.stderr.write(f"punie-ls: {error}\n")
        return 1
    except OSError as error:
        where = f"{options.host}:{options.port}" if options.port else options.host
        sys.stderr.write(f"punie-ls: cannot serve on {where}: {error.strerror or error}\n")
        return 2
    except Exception:
        log.critical("the server has failed", exc_info=True)
        raise
    finally:
        log_file.close()


async def _serve(options: ServerOptions, *, fresh_token: bool) -> int:
    loop = asyncio.get_running_loop()
    with discovery.announcing() as announcement:
        token = discovery.load_token(fresh=fresh_token)
        server = AgentServer(options, token)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.quitting.set)
        try:
            await server.start()
            announcement.publish(discovery.Server(server.url, token, os.getpid(), __version__))
            _tell(options, server.url)
            log.info("punie-ls %s serves at %s", __version__, server.url)
            await server.quitting.wait()
            announcement.withdraw()
            sys.stderr.write("Ending: turns are stopped, sessions are kept.\n")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):  # a second one ends it at once
                loop.remove_signal_handler(number)
            async with asyncio.timeout(STOP_SECONDS):
                await server.stop()
    log.info("the server has ended")
    return 0


def _tell(options: ServerOptions, url: str) -> None:
    lines = [
        f"punie-ls {__version__} serves ACP at {url}",
        f"The token is in {discovery.token_file()}; `punie-ls bridge` and `punie-ls ask` find it there.",
    ]
    if os.environ.get(discovery.TOKEN_VARIABLE):
        lines[1] = f"The token is that of {discovery.TOKEN_VARIABLE}."
    if options.any_host:
        lines.append(
            "It is reachable from other machines, without encryption: whoever has the token can read and change the "
            "projects of this machine and run programs here as you. Put a proxy with TLS before it."
        )
    lines.append("Ctrl-C ends it.")
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
