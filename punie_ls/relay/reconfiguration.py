"""Settings change while the servers run: this notices, and has those restarted that cannot reload.

Neither ty nor ruff takes new settings while it runs. The punie server does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.client import Client
from punie_ls.relay.configuration import INITIALIZATION_ONLY, TyConfiguration
from punie_ls.relay.interpreters import Interpreters
from punie_ls.relay.logs import set_level
from punie_ls.relay.messages import decode, encode, notification, params_of
from punie_ls.relay.routing import Name
from punie_ls.relay.session import Session
from punie_semantic.settings import PROJECT_FILES

POLL_SECONDS = 2.0
WARNING_MESSAGE = 2  # MessageType.Warning

# Files in a workspace that say something about settings or the environment.
_TELLING = frozenset({*PROJECT_FILES, "pyvenv.cfg"})

log = logging.getLogger(__name__)


class Reconfiguration:
    """Compares what each server runs with against what it would get now.

    Args:
        session: the editor's side and the settings.
        children: by name.
        client: for messages about wrong settings.
        restart: restarts a child.
    """

    def __init__(
        self,
        session: Session,
        configuration: TyConfiguration,
        interpreters: Interpreters,
        children: dict[Name, Child],
        client: Client,
        restart: Callable[[Name], None],
    ) -> None:
        self._session = session
        self._configuration = configuration
        self._interpreters = interpreters
        self._children = children
        self._client = client
        self._restart = restart
        self._said: set[str] = set()
        self._punie: object = None
        self._wanted = asyncio.Event()
        self._must_ask = False
        configuration.on_answer = self._wanted.set

    async def run(self) -> None:
        """Compare whenever there is a reason to, one comparison at a time.

        A new environment is looked for every few seconds as well: editors hide folders such as `.venv` from their
        file events.
        """
        self._punie = self._punie_settings()
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wanted.wait()
            except TimeoutError:
                if not await self._interpreters.refresh():
                    continue
                log.info("the Python environment has changed")
            self._wanted.clear()
            await self._compare()

    def _register(self) -> None:
        """Some editors tell of changed settings only those who have asked for it."""
        if self._session.capability("workspace", "didChangeConfiguration", "dynamicRegistration"):
            options = {"section": ["punie", "ty", "ruff"]}
            item = {"id": "punie/settings", "method": methods.DID_CHANGE_CONFIGURATION, "registerOptions": options}
            self._client.ask(methods.REGISTER_CAPABILITY, encode({"registrations": [item]}))

    def follow(self, method: str, body: bytes) -> None:
        """A notification of the editor's."""
        if method == methods.INITIALIZED:
            self._register()
        if method == methods.DID_CHANGE_CONFIGURATION:
            settings = decode(params_of(body), type=dict[str, Any]).get("settings")
            if isinstance(settings, dict) and not settings.keys().isdisjoint(("punie", "ty", "ruff")):
                self._session.settings.hear(None, settings)
            self._must_ask = True
            self._wanted.set()
        elif method == methods.DID_CHANGE_WATCHED_FILES:
            uris = [change["uri"] for change in decode(params_of(body))["changes"]]
            if any(uri.rsplit("/", 1)[-1] in _TELLING for uri in uris):
                self._wanted.set()
        elif method in (methods.INITIALIZED, methods.DID_CHANGE_WORKSPACE_FOLDERS):
            self._wanted.set()

    def files_changed(self, changes: list[tuple[Path, int]]) -> None:
        """What Punie's own watching has seen."""
        if any(path.name in _TELLING for path, _ in changes):
            self._wanted.set()

    def _say_problems(self) -> None:
        """Tell the user of settings that cannot be meant, each once."""
        for problem in [*self._session.settings.problems(), *self._interpreters.problems()]:
            if problem not in self._said:
                self._said.add(problem)
                message = {"type": WARNING_MESSAGE, "message": f"Punie's settings: {problem}"}
                self._client.notify(methods.SHOW_MESSAGE, message)

    def take_over(self) -> None:
        """Put into effect what the relay itself has to do with the settings."""
        first = next(iter(self._session.folders), None)
        set_level(self._session.settings.of(first).settings.log_level)
        self._say_problems()

    async def _compare(self) -> None:
        ty, ruff, punie = (self._children[name] for name in ("ty", "ruff", "punie"))
        must_ask, self._must_ask = self._must_ask or not ty.ready, False
        if must_ask:
            await self._configuration.ask_again()
        await self._session.settings.read(self._session.folders)
        environment_changed = await self._interpreters.refresh()
        if ty.ready and (await self._configuration.is_stale() or self._started_otherwise()):
            self._restart_for_settings("ty")
        if ruff.ready and self._session.options("ruff") != self._session.given.get("ruff"):
            self._restart_for_settings("ruff")
        told = self._punie_settings()
        if environment_changed or told != self._punie:
            self._punie = told
            # As text: pygls renames the keys of objects that are no Python names.
            punie.send(notification(methods.PUNIE_SETTINGS, encode({"editor": encode(told).decode()})))
        self.take_over()

    def _started_otherwise(self) -> bool:
        """Whether ty's settings have changed that it reads at its start only."""
        now, then = self._session.options("ty") or {}, self._session.given.get("ty") or {}
        return any(now.get(key) != then.get(key) for key in INITIALIZATION_ONLY)

    def _restart_for_settings(self, name: Name) -> None:
        log.info("%s is restarted with new settings", name)
        self._restart(name)

    def _punie_settings(self) -> dict[str, object]:
        return self._session.settings.editor(next(iter(self._session.folders), None))
