"""Keeps the bridge's line on a socket: finds or starts the server, connects, and connects again.

Knows websockets and discovery; the messages are the router's business.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from http import HTTPStatus

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from punie_ls.bridge.line import BAD_FRAME, PROTOCOL, FrameError, hang_up
from punie_ls.bridge.router import Router
from punie_ls.bridge.starting import start_server
from punie_ls.serve import discovery
from punie_ls.serve.admission import is_loopback_host
from punie_ls.serve.discovery import Server
from punie_ls.serve.exceptions import NoServer, ServerRefused

FIRST_DELAY = 0.05
MAX_DELAY = 5.0
OPEN_SECONDS = 10.0
CLOSE_SECONDS = 2.0
STALL_SECONDS = 60.0
FRAME_BYTES = 64 << 20
# The first connection is hurried: the user waits and sees nothing.
FIRST_PATIENCE = 10.0
PATIENCE = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Target:
    """Where to connect.

    Attributes:
        url: of a server elsewhere; None for this user's own.
        token: of the server at `url`.
        start: whether this user's server is started when it does not run.
    """

    url: str | None = None
    token: str = ""
    start: bool = True


class Connector:
    """Runs a router's line over one socket after the other."""

    def __init__(self, target: Target, router: Router) -> None:
        self._target = target
        self._router = router
        self._connection = ""
        self._delay = FIRST_DELAY
        self._lost_since = time.monotonic()
        self._was_connected = False
        self._why = "the server was never reached"

    async def run(self) -> None:
        """Connect, for ever. Raises NoServer or ServerRefused when there is no point in it."""
        while True:
            server = await self._find()
            try:
                if await self._connect(server):
                    self._delay = FIRST_DELAY
                    continue
            except InvalidStatus as error:
                self._refused(server, error)
            except FrameError as error:
                self._forget(f"Punie's server and this bridge lost step: {error}.")
            except (OSError, TimeoutError, WebSocketException) as error:
                self._why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                log.info("no connection to %s: %s", server.url, self._why)
            self._lose_patience(server.url)
            await asyncio.sleep(self._delay * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            self._delay = min(self._delay * 2, MAX_DELAY)

    async def _find(self) -> Server:
        """The server; this user's own is started when something is to be said to it. Raises NoServer."""
        if self._target.url is not None:
            return Server(self._target.url, self._target.token)
        while (server := discovery.find_server()) is None:
            if self._connection:
                # Nobody holds its lock, so it is gone, and with it all that it was asked.
                self._forget("Punie's server has ended.")
            if self._router.idle:
                self._router.wanted.clear()
                await self._router.wanted.wait()
                continue  # someone else may have started it meanwhile
            if not self._target.start:
                raise NoServer("No server runs here. Start one with `punie-ls serve`, or leave --no-start out.")
            log.info("no server runs: starting one")
            started = await start_server()
            self._lost_since = time.monotonic()
            return started
        return server

    async def _connect(self, server: Server) -> bool:
        """One socket's life; whether anything got through."""
        line = self._router.line
        before = (line.received, line.log.acknowledged)
        url = server.url + (f"?connection={self._connection}&seen={line.received}" if self._connection else "")
        headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
        socket = await connect(
            url,
            additional_headers=headers,
            subprotocols=[Subprotocol(PROTOCOL)],
            compression=None,
            max_size=FRAME_BYTES,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            proxy=None if is_loopback_host(url.partition("//")[2].partition("/")[0]) else True,
        )
        try:
            self._arrive(server, socket)
            await line.run(socket, stall_seconds=STALL_SECONDS)
        finally:
            await hang_up(socket)
        self._lost_since = time.monotonic()
        self._why = f"the connection was closed ({socket.close_code} {socket.close_reason or ''})".replace(" )", ")")
        log.info("%s: %s", server.url, self._why)
        if socket.close_code == BAD_FRAME:
            raise FrameError(socket.close_reason or "it says no more")
        return (line.received, line.log.acknowledged) != before

    def _arrive(self, server: Server, socket: ClientConnection) -> None:
        response = socket.response
        if response is None or socket.subprotocol != PROTOCOL:
            there = response.headers.get("Punie-Version", "something else") if response else "something else"
            raise ServerRefused(
                f"The server at {server.url} is {there} and does not speak {PROTOCOL}: restart it with this Punie."
            )
        self._connection = response.headers.get("Acp-Connection-Id", "")
        self._router.line.acknowledge(int(response.headers.get("Punie-Received", "0")))
        self._was_connected = True

    def _refused(self, server: Server, error: InvalidStatus) -> None:
        """The server's answer is a status. Raises ServerRefused when the next try would have the same."""
        status = error.response.status_code
        said = (error.response.body or b"").decode(errors="replace").strip()
        self._why = f"HTTP {status}: {said}"
        log.info("%s refuses: %s", server.url, self._why)
        if status in (HTTPStatus.GONE, HTTPStatus.CONFLICT):
            self._forget("Punie's server was restarted, or this client was away for too long.")
            self._delay = FIRST_DELAY
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            raise ServerRefused(f"{server.url} refuses this client ({self._why})")

    def _lose_patience(self, url: str) -> None:
        """Answer what waits when there was no server for too long. Raises NoServer if there never was one."""
        gone = time.monotonic() - self._lost_since
        if not self._was_connected and gone > FIRST_PATIENCE:
            raise NoServer(f"No server answers at {url}: {self._why}.")
        if gone > PATIENCE and self._router.waited_for:
            self._connection = ""
            self._router.restarted(f"No server answers at {url} ({self._why}).", reachable=False)

    def _forget(self, why: str) -> None:
        self._connection = ""
        self._router.restarted(why)
