"""From `initialize` to `exit`, and the children's starts and crashes in between."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.capabilities import command_owners, initialize_result
from punie_ls.relay.child import Child, gather
from punie_ls.relay.child_process import stop_all
from punie_ls.relay.connection import Connection
from punie_ls.relay.exceptions import ResponseError, StartError
from punie_ls.relay.launch import gone_message
from punie_ls.relay.messages import NULL, Id, decode, encode, notification, params_of
from punie_ls.relay.routing import Name
from punie_ls.relay.session import Session
from punie_ls.relay.supervisor import Launch, Supervisor
from punie_ls.relay.virtual_documents import is_virtual
from punie_semantic.wire.framing import INVALID_PARAMS

SHUTDOWN_SECONDS = 1.0
PARENT_POLL_SECONDS = 3.0
ERROR_MESSAGE = 1  # MessageType.Error

# What an editor must ask anew after a server has come back.
_REFRESHES: dict[Name, tuple[str, ...]] = {
    "ty": (methods.DIAGNOSTIC_REFRESH, methods.INLAY_HINT_REFRESH, methods.SEMANTIC_TOKENS_REFRESH),
    "ruff": (methods.DIAGNOSTIC_REFRESH,),
    "punie": (methods.CODE_LENS_REFRESH,),
}

log = logging.getLogger(__name__)


class Lifecycle:
    """Starts, initializes, watches and stops; hears of its children as `supervisor.Events`.

    Args:
        connection: the shared state.
        launches: how each child is started.
        finish: ends the relay with an exit code.
    """

    def __init__(self, connection: Connection, launches: Mapping[Name, Launch], finish: Callable[[int], None]) -> None:
        self._connection = connection
        connection.restart = self.restart
        self._finish = finish
        self._notices: list[str] = []
        self._held = False
        self._silent = {name for name, launch in launches.items() if not (launch.command or launch.absence)}
        self._supervisors = {
            name: Supervisor(connection.children[name], launch, self) for name, launch in launches.items()
        }

    async def warm_up(self) -> None:
        """Start ty and ruff before the editor has said a word. Failures show at `initialize`."""
        for name in ("ty", "ruff"):
            with contextlib.suppress(StartError):
                await self._supervisors[name].spawn()

    def initialize(self, identifier: Id, body: bytes) -> None:
        """Answer `initialize` when ty and ruff have. Raises ResponseError for params that are no object."""
        params = decode(params_of(body))
        if not isinstance(params, dict):
            raise ResponseError.of(INVALID_PARAMS, "initialize needs an object as params")
        connection = self._connection
        connection.begin(Session(params))
        answer = self._initialize(params.get("processId"))
        connection.tasks.answer(connection.client, identifier, answer, then=self._after_initialize)

    async def _initialize(self, parent: object) -> bytes:
        connection = self._connection
        await connection.read_settings()
        names: tuple[Name, ...] = ("ty", "ruff")
        for name in names:
            connection.tasks.spawn(self._supervisors[name].run())
        results = {name: await self._supervisors[name].first or {} for name in names}
        capabilities: dict[Name, dict[str, Any]] = {
            name: result.get("capabilities") or {} for name, result in results.items()
        }
        session = connection.session
        for name, offered in capabilities.items():
            if offered and offered.get("positionEncoding", "utf-16") != session.encoding:
                log.error("%s counts in %s, not in %s", name, offered.get("positionEncoding"), session.encoding)
        connection.command_owners = command_owners(capabilities)
        if isinstance(parent, int) and _alive(parent):
            connection.tasks.spawn(self._watch(parent))
        result = initialize_result(
            capabilities["ty"],
            capabilities["ruff"],
            encoding=session.encoding,
            pull=session.pulls_diagnostics,
            content=session.shows_content,
        )
        connection.diagnostics.own.pulled = "diagnosticProvider" in result["capabilities"]
        return encode(result)

    def _after_initialize(self) -> None:
        """The editor has its answer: now the messages that waited for it, and the slow third server."""
        self._connection.phase = "running"
        for text in self._notices:
            self._show(text)
        self._notices.clear()
        self._connection.tasks.spawn(self._supervisors["punie"].run())
        self._connection.reconfiguration.take_over()
        self._connection.tasks.spawn(self._connection.reconfiguration.run())

    def restart(self, name: Name) -> None:
        """Start a child anew, with the settings as they are now."""
        if not self._supervisors[name].restart():
            self._connection.tasks.spawn(self._supervisors[name].run())

    def shutdown(self, identifier: Id) -> None:
        """Answer `shutdown` when the children have, or soon."""
        self._connection.phase = "shutdown"
        for supervisor in self._supervisors.values():
            supervisor.stopping = True
        calls = [c.call(methods.SHUTDOWN) for c in self._connection.children.values() if c.ready]

        async def wait() -> bytes:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_SECONDS):
                    await gather(calls)
            return NULL

        self._connection.tasks.answer(self._connection.client, identifier, wait())

    def exit(self, body: bytes) -> None:
        """Pass `exit` on and end, with the code that LSP asks for."""
        for child in self._connection.children.values():
            child.send(body)
        self._finish(0 if self._connection.phase == "shutdown" else 1)

    async def stop(self) -> None:
        """End all children, whatever they are doing."""
        for supervisor in self._supervisors.values():
            supervisor.stopping = True
        processes = [child.process for child in self._connection.children.values()]
        await stop_all(process for process in processes if process is not None)

    def hold(self, paused: bool) -> None:
        """The editor is behind with reading, or has caught up: the children wait, the editor never does."""
        self._held = paused
        for child in self._connection.children.values():
            if child.process is not None:
                child.process.hold(paused=paused)

    # supervisor.Events

    def child_params(self, child: Child) -> dict[str, Any]:
        """Its `initialize` params."""
        return self._connection.session.child_params(child.name)

    def child_ready(self, child: Child, *, again: bool) -> None:
        """Bring a fresh server to the state of things."""
        connection = self._connection
        if self._held and child.process is not None:
            child.process.hold(paused=True)
        if connection.session.initialized:
            child.send(notification(methods.INITIALIZED, b"{}"))
            if connection.session.configuration is not None:
                child.send(connection.session.configuration)
        is_punie = child is connection.punie
        for body in connection.documents.replay(lambda uri: is_punie or not is_virtual(uri)):
            child.send(body)
        if is_punie:
            for body in connection.diagnostics.replay():
                child.send(body)
        for waiting in child.take_waiting():
            child.send(waiting.body)
        if again or (is_punie and connection.code_lenses.missed):
            self._refresh(child)
        if is_punie:
            connection.code_lenses.missed = False

    def child_lost(self, child: Child) -> None:
        """Nobody waits for a dead server."""
        self._connection.client.child_lost(child)
        self._connection.leftovers.clear(child)
        self._connection.diagnostics.child_lost(child)
        self._connection.watching.child_lost(child)
        if child is self._connection.ty:
            self._connection.configuration.forget()

    def child_gone(self, child: Child, *, ran: bool) -> None:
        """Say once that a server stays off."""
        for waiting in child.take_waiting():
            self._connection.client.fail(waiting.identifier, child.unavailable())
        self._connection.diagnostics.child_gone(child)
        if ran:
            self._refresh(child)
        if child.name in self._silent:
            return
        text = gone_message(child, ran=ran)
        if self._connection.phase == "running":
            self._show(text)
        else:
            self._notices.append(text)

    def _refresh(self, child: Child) -> None:
        """Have the editor ask anew for what the server has told it before."""
        for method in _REFRESHES[child.name]:
            if self._connection.session.takes(method):
                self._connection.client.ask(method, NULL)

    def _show(self, text: str) -> None:
        self._connection.client.notify(methods.SHOW_MESSAGE, {"type": ERROR_MESSAGE, "message": text})

    async def _watch(self, parent: int) -> None:
        """An editor that was killed may leave its pipes open in some other process."""
        # One that has ended but was not waited for still has its number; its children have another parent then.
        is_own = os.getppid() == parent
        while _alive(parent) and (os.getppid() == parent or not is_own):  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(PARENT_POLL_SECONDS)
        log.error("the editor, process %d, is gone", parent)
        self._finish(1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
