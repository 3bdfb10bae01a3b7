"""The HTTP and WebSocket server: who is let in, the pages, the clients, and the end of it all.

Knows websockets; ACP is the connections' business.
"""

from __future__ import annotations

import asyncio
import http
import logging
import os
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from punie_ls import __version__
from punie_ls.bridge.line import PROTOCOL, hang_up
from punie_ls.serve import admission
from punie_ls.serve.admission import Admission, Refusal
from punie_ls.serve.channels import Channel, Channels
from punie_ls.serve.connection import Connection
from punie_ls.serve.memory import tree_megabytes
from punie_ls.serve.projects import MAX_WORKERS, MODEL_SLOTS, Projects
from punie_ls.serve.worker import Command, agent_command

ENDPOINT = "/acp"
CONNECTION_HEADER = "Acp-Connection-Id"
RECEIVED_HEADER = "Punie-Received"
VERSION_HEADER = "Punie-Version"
FRAME_BYTES = 32 << 20
CLOSE_SECONDS = 3.0
DRAIN_SECONDS = 2.0
GOING_AWAY = 1001
SHUTTING_DOWN = "punie-ls serve is shutting down. Its sessions are kept: start it again and load them."
NOT_FOUND = Refusal(http.HTTPStatus.NOT_FOUND, f"There are {ENDPOINT}, /health and /projects here.")
GONE = Refusal(http.HTTPStatus.GONE, "This connection is not known here: the server was restarted, or gave it up.")
FULL = Refusal(http.HTTPStatus.SERVICE_UNAVAILABLE, "There are too many clients.")
NOT_NUMBERED = Refusal(http.HTTPStatus.CONFLICT, f"Only a client that speaks {PROTOCOL} comes back.")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServerOptions:
    """How the server behaves.

    Attributes:
        host: the address to listen on.
        port: 0 takes a free one.
        fall_back: a free port is taken when this one is in use.
        origins: web origins that may connect.
        any_host: it listens beyond this machine, so any Host header is right.
        idle_seconds: a worker with nothing to do for so long is stopped.
        keep_seconds: how long a bridge may be away.
        stall_seconds: how long a client may read nothing while much waits for it.
        max_workers: more are not kept running when they have nothing to do.
        model_slots: how many requests a model server of this machine gets at once.
        quit_seconds: without a client for so long, the server ends; None never does.
        environ: more variables for workers.
        command: what a worker runs.
    """

    host: str = "127.0.0.1"
    port: int = 0
    fall_back: bool = False
    origins: Sequence[str] = ()
    any_host: bool = False
    idle_seconds: float = 900.0
    keep_seconds: float = 60.0
    stall_seconds: float = 30.0
    max_workers: int = MAX_WORKERS
    model_slots: int = MODEL_SLOTS
    quit_seconds: float | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    command: Command = agent_command


class AgentServer:
    """The server. `start` it, wait for `quitting`, and `stop` it."""

    def __init__(self, options: ServerOptions, token: str) -> None:
        self.quitting = asyncio.Event()
        self._options = options
        self._admission = Admission(token, frozenset(o.lower().rstrip("/") for o in options.origins), options.any_host)
        self._projects = Projects(
            idle_seconds=options.idle_seconds,
            max_workers=options.max_workers,
            model_slots=options.model_slots,
            environ={**os.environ, **options.environ},
            command=options.command,
        )
        self._channels = Channels(
            lambda line: Connection(self._projects, line),
            keep_seconds=options.keep_seconds,
            stall_seconds=options.stall_seconds,
        )
        self._arrived: weakref.WeakKeyDictionary[ServerConnection, Channel] = weakref.WeakKeyDictionary()
        self._stack = AsyncExitStack()
        self._server: WebSocketServer | None = None
        self._started = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where it listens, as clients want it."""
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"ws://{f'[{host}]' if ':' in host else host}:{port}{ENDPOINT}"

    async def start(self) -> None:
        """Listen. Raises OSError when it cannot."""
        await self._stack.enter_async_context(self._projects)
        try:
            self._server = await self._listen(self._options.port)
        except OSError:
            if not self._options.fall_back:
                raise
            self._server = await self._listen(0)
        self._tasks = [asyncio.ensure_future(self._projects.stop_idle()), asyncio.ensure_future(self._quit_unused())]

    async def stop(self) -> None:
        """End: nobody is let in, turns are ended and told so, workers end, and clients are sent away."""
        assert self._server is not None
        for task in self._tasks:
            task.cancel()
        self._server.close(close_connections=False)
        self._channels.end(SHUTTING_DOWN)
        await self._projects.stop_all(only_running=True)
        await self._channels.drain(DRAIN_SECONDS)
        sockets = list(self._server.connections)
        await asyncio.gather(*(hang_up(socket, GOING_AWAY, SHUTTING_DOWN) for socket in sockets))
        await self._channels.close()
        await self._server.wait_closed()
        await self._stack.aclose()

    async def _listen(self, port: int) -> WebSocketServer:
        return await serve(
            self._serve,
            self._options.host,
            port,
            process_request=self._admit,
            process_response=self._welcome,
            select_subprotocol=_choose,
            compression=None,
            max_size=FRAME_BYTES,
            close_timeout=CLOSE_SECONDS,
            server_header=None,
        )

    async def _serve(self, socket: ServerConnection) -> None:
        channel = self._arrived.pop(socket)
        await self._channels.serve(channel, socket)

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        """A page or a refusal; None lets a client in."""
        path = urlsplit(request.path)
        hosts, origins = request.headers.get_all("Host"), request.headers.get_all("Origin")
        if path.path == "/health":
            refusal = self._admission.page(hosts, origins)
            return _refuse(socket, refusal) if refusal else _json(socket, {"status": "ok", "version": __version__})
        offered = [
            name.strip() for line in request.headers.get_all("Sec-WebSocket-Protocol") for name in line.split(",")
        ]
        if refusal := self._admission.client(hosts, origins, request.headers.get_all("Authorization"), offered):
            log.warning("a client was refused: %s", refusal.message)
            return _refuse(socket, refusal)
        if path.path == "/projects":
            return _json(socket, self._status())
        if path.path != ENDPOINT:
            return _refuse(socket, NOT_FOUND)
        return self._admit_client(socket, path.query)

    def _admit_client(self, socket: ServerConnection, query: str) -> Response | None:
        wanted = parse_qs(query).get("connection")
        if wanted and self._channels.get(wanted[0]) is None:
            return _refuse(socket, GONE)
        if not wanted and self._channels.full:
            return _refuse(socket, FULL)
        return None

    def _welcome(self, socket: ServerConnection, request: Request, response: Response) -> Response | None:
        """Tell a client that is let in where it stands."""
        if response.status_code != http.HTTPStatus.SWITCHING_PROTOCOLS:
            return None
        query = parse_qs(urlsplit(request.path).query)
        numbered = response.headers.get("Sec-WebSocket-Protocol") == PROTOCOL
        channel = self._channels.get(query.get("connection", [""])[0])
        if channel is None:
            channel = self._channels.open(numbered=numbered)
        elif numbered and (seen := query.get("seen", [""])[0]).isdigit():
            try:
                channel.line.acknowledge(int(seen))
            except ValueError as error:
                return _refuse(socket, Refusal(http.HTTPStatus.CONFLICT, f"This connection is out of step: {error}."))
        else:
            return _refuse(socket, NOT_NUMBERED)
        self._arrived[socket] = channel
        response.headers[CONNECTION_HEADER] = channel.id
        response.headers[RECEIVED_HEADER] = str(channel.line.received)
        response.headers[VERSION_HEADER] = __version__
        return None

    def _status(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "pid": os.getpid(),
            "url": self.url,
            "uptimeSeconds": round(time.monotonic() - self._started, 1),
            "memoryMegabytes": tree_megabytes(os.getpid()),
            "clients": len(self._channels),
            "droppedConnections": self._channels.drops,
            "projects": self._projects.listing(),
            "models": self._projects.model_queue.listing(),
        }

    async def _quit_unused(self) -> None:
        """End the server when nobody has used it for long."""
        seconds = self._options.quit_seconds
        if seconds is None:
            return
        since = time.monotonic()
        while time.monotonic() - since < seconds:
            await asyncio.sleep(min(seconds / 4, 10.0))
            if len(self._channels):
                since = time.monotonic()
        log.info("nobody has used this server for %.0f s", seconds)
        self.quitting.set()


def _choose(socket: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """The subprotocol: numbered frames for a bridge, plain messages for others."""
    for name in (PROTOCOL, admission.SUBPROTOCOL):
        if name in offered:
            return Subprotocol(name)
    return None


def _json(socket: ServerConnection, value: object) -> Response:
    response = socket.respond(http.HTTPStatus.OK, msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


def _refuse(socket: ServerConnection, refusal: Refusal) -> Response:
    response = socket.respond(refusal.status, f"{refusal.message}\n")
    if refusal.status == http.HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
