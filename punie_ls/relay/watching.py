"""Stands in for an editor that does not watch files: takes the children's registrations and sends them the events.

The watching itself is done by a process of its own, `punie_ls.watcher`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.child_process import ChildProcess, spawn, stop_all
from punie_ls.relay.client import Client
from punie_ls.relay.globs import Watcher
from punie_ls.relay.messages import decode, encode, notification, params_of
from punie_ls.relay.supervisor import Launch
from punie_ls.relay.tasks import Tasks

MAX_STARTS = 3
WARNING_MESSAGE = 2  # MessageType.Warning

OnChanged = Callable[[list[tuple[Path, int]]], None]

log = logging.getLogger(__name__)


class Watching:
    """The watched folders, and who wants to hear of what.

    Args:
        client: for the message when watching is not possible.
        tasks: where the watcher process is looked after.
        launch: how it is started.
        folders: gives the workspace folders.
        on_changed: hears of every change, with LSP's file change type.
    """

    def __init__(
        self, client: Client, tasks: Tasks, launch: Launch, folders: Callable[[], list[Path]], on_changed: OnChanged
    ) -> None:
        self.active = False
        self._launch = launch
        self._client = client
        self._tasks = tasks
        self._folders = folders
        self._on_changed = on_changed
        self._registrations: dict[Child, dict[str, list[Watcher]]] = {}
        self._process: ChildProcess | None = None
        self._running = False
        self._watched: list[str] = []
        self._since = time.time()

    def take(self, child: Child, method: str, params: bytes) -> bytes | None:
        """Take what concerns watched files out of a child's (un)registration; the rest, or None if there is none."""
        if not self.active or method not in (methods.REGISTER_CAPABILITY, methods.UNREGISTER_CAPABILITY):
            return params
        key = "registrations" if method == methods.REGISTER_CAPABILITY else "unregisterations"
        items: list[dict[str, Any]] = decode(params)[key]
        mine = [item for item in items if item["method"] == methods.DID_CHANGE_WATCHED_FILES]
        registered = self._registrations.setdefault(child, {})
        for item in mine:
            if key == "registrations":
                watchers = (item.get("registerOptions") or {}).get("watchers") or []
                registered[item["id"]] = [Watcher(watcher, self._folders()) for watcher in watchers]
            else:
                registered.pop(item["id"], None)
        if mine:
            self._update()
        rest = [item for item in items if item not in mine]
        return encode({key: rest}) if rest else None

    def child_lost(self, child: Child) -> None:
        """A restarted child registers anew."""
        self._registrations.pop(child, None)

    def _update(self) -> None:
        """Have the watcher process watch what is registered now."""
        watchers = [w for ids in self._registrations.values() for group in ids.values() for w in group]
        wanted = outermost(base for watcher in watchers for base in watcher.bases)
        if wanted == self._watched and self._process is not None:
            return
        self._watched = wanted
        if self._process is not None:
            self._tell()
        elif wanted and not self._running:
            self._running = True
            self._tasks.spawn(self._run())

    def _tell(self) -> None:
        if self._process is not None:
            self._process.write(notification("watch", encode({"paths": self._watched, "since": self._since})))

    async def _run(self) -> None:
        """Keep the watcher process running."""
        launch = self._launch
        try:
            for start in range(MAX_STARTS):
                await asyncio.sleep(start)
                process = await spawn(
                    "watcher",
                    launch.command,
                    environ=launch.environ,
                    on_message=self._receive,
                    on_exit=lambda process: None,
                    process=launch.process,
                )
                self._process = process
                self._tell()
                await process.exited.wait()
                log.error("the file watcher stopped: %s", process.last_error)
            self._give_up("its process ended")
        except OSError as error:
            self._give_up(str(error))
        finally:
            if self._process is not None:
                await stop_all([self._process])

    def _give_up(self, reason: str) -> None:
        log.error("files are not watched: %s", reason)
        advice = "Changes made outside the editor show after the next start of the server"
        message = f"Punie cannot watch the project's files ({reason}). {advice}; `punie-ls doctor` says more."
        self._client.notify(methods.SHOW_MESSAGE, {"type": WARNING_MESSAGE, "message": message})

    def _receive(self, process: ChildProcess, body: bytes) -> None:
        message = decode(body, type=dict[str, Raw])
        params = decode(params_of(body))
        if decode(message["method"]) == "failed":
            self._give_up(params["message"])
            return
        changes = [(Path(change["path"]), change["type"]) for change in params["changes"]]
        for child, registered in self._registrations.items():
            watchers = [watcher for group in registered.values() for watcher in group]
            events = [
                {"uri": path.as_uri(), "type": kind}
                for path, kind in changes
                if any(watcher.wants(path, kind) for watcher in watchers)
            ]
            if events:
                child.send(notification(methods.DID_CHANGE_WATCHED_FILES, encode({"changes": events})))
        self._on_changed(changes)


def outermost(paths: Iterable[Path]) -> list[str]:
    """The paths that are below no other one."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return [str(path) for path in kept]
