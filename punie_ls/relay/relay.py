"""The relay: standard streams, signals and the parts of one connection, wired."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from punie_ls.relay.child import Child
from punie_ls.relay.child_messages import ChildMessages
from punie_ls.relay.connection import Connection
from punie_ls.relay.editor_messages import EditorMessages
from punie_ls.relay.exceptions import StreamError
from punie_ls.relay.launch import watcher
from punie_ls.relay.lifecycle import Lifecycle
from punie_ls.relay.messages import Id
from punie_ls.relay.routing import Name
from punie_ls.relay.supervisor import Launch
from punie_ls.relay.tasks import Tasks
from punie_ls.relay.transport import EditorReader, EditorWriter, open_stdio
from punie_semantic.wire.framing import PARSE_ERROR

if TYPE_CHECKING:
    from punie_ls.relay.trace import Trace

LAST_WORDS_SECONDS = 1.0

log = logging.getLogger(__name__)


class Relay:
    """One run of the language server.

    Args:
        launches: how the three children are started.
        trace: notes every message.
    """

    def __init__(self, launches: Mapping[Name, Launch], trace: Trace | None = None) -> None:
        self._launches = trace.launches(launches) if trace else launches
        self._trace = trace

    async def run(self) -> int:
        """Serve the editor on stdin and stdout until it is gone; returns the exit code."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[int] = loop.create_future()

        def finish(code: int) -> None:
            if not done.done():
                done.set_result(code)

        def ended(error: Exception | None) -> None:
            if error is not None:
                log.error("the editor's stream ended: %s", error)
                sys.stderr.write(f"punie-ls: {error}\n")
                connection.client.refuse(None, PARSE_ERROR, str(error))
            finish(1)

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, finish, 128 + number)
        async with asyncio.TaskGroup() as group:
            tasks = Tasks(group)
            writer = EditorWriter(lambda paused: lifecycle.hold(paused), ended)

            def on_child_message(child: Child, identifier: Id | None, method: str | None, body: bytes) -> None:
                from_children.receive(child, identifier, method, body)

            trace = self._trace
            write = trace.tap(writer.write, "relay", "editor") if trace else writer.write
            watching = trace.launch(watcher()) if trace else watcher()
            connection = Connection(write, on_child_message, tasks, watching)
            from_children = ChildMessages(connection)
            lifecycle = Lifecycle(connection, self._launches, finish)
            from_editor = EditorMessages(connection, lifecycle)
            receive = trace.tap(from_editor.receive, "editor", "relay") if trace else from_editor.receive
            await lifecycle.warm_up()
            try:
                await open_stdio(EditorReader(receive, ended), writer)
            except StreamError as error:
                sys.stderr.write(f"punie-ls: {error}\n")
                finish(1)
            code = await done
            await lifecycle.stop()
            await writer.drain(LAST_WORDS_SECONDS)
            await tasks.cancel_all()
        return code
