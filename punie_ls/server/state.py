"""What a status bar shows: who answers, and what runs. `punie/status` tells clients that take events of each change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from punie_agent.redaction import Redactor
from punie_ls import __version__

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer

STATUS = "punie/status"
# One command changes several things at once.
SECONDS_TO_SETTLE = 0.05


def state_of(server: PunieServer, project: Project) -> dict[str, Any]:
    """The state of a project as JSON without secrets. It waits for nothing."""
    manager = project.opened
    running = [
        {
            "session": job.session,
            "title": job.title,
            "doing": job.doing,
            "seconds": round(time.monotonic() - job.started, 1),
        }
        for job in server.jobs.all()
    ]
    found: dict[str, Any] = {
        "uri": project.uri,
        "version": __version__,
        "state": "starting" if manager is None else "working" if running else "idle",
        "model": "",
        "models": [],
        "session": project.current,
        "sessions": [],
        "running": running,
        "usage": None,
        "problems": [],
    }
    if manager is not None:
        status, wanted = manager.status(), manager.workspace.settings.model
        session = manager.get(project.current)
        usage = session.usage if session is not None else None
        open_ones = {key: title for key, title in status.sessions.items() if _is_conversation(key, status.store)}
        found |= {
            "model": status.model,
            "models": [wanted] if isinstance(wanted, str) else list(wanted),
            "sessions": [{"id": key, "title": title} for key, title in open_ones.items()],
            "usage": usage.model_dump(mode="json") if usage is not None else None,
            "problems": list(status.problems),
        }
    redacted: dict[str, Any] = Redactor().json(found)
    return redacted


def _is_conversation(key: str, store: str) -> bool:
    """Whether a session is one that the user goes on with; where none is stored, nobody can tell."""
    return not store or not key.startswith("unstored-")


class StateNews:
    """Tells the client when a project's state has changed."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._told: dict[str, Any] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """A server that is new, perhaps after another was lost: nothing of before runs any more."""
        if self._server.rich.events and (project := self._server.projects.usual()) is not None:
            self._tell([project])

    def changed(self) -> None:
        """Something may have changed."""
        if self._server.rich.events and self._timer is None and not self._server.closing:
            self._timer = asyncio.get_running_loop().call_later(SECONDS_TO_SETTLE, self._settled)

    def _settled(self) -> None:
        self._timer = None
        self._tell(self._server.projects.open_ones())

    def _tell(self, projects: Iterable[Project]) -> None:
        for project in projects:
            state = state_of(self._server, project)
            mark = _lasting(state)
            if self._told.get(state["uri"]) != mark:
                self._told[state["uri"]] = mark
                self._server.protocol.notify(STATUS, state)


def _lasting(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what changes all the time."""
    running = [(job["session"], job["title"]) for job in state["running"]]
    return {**state, "running": running}
