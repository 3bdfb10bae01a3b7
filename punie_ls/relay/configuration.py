"""The answer to ty's `workspace/configuration`: the user's settings, and the project's Python environment.

ty waits for ever on an error here, and without an environment it may resolve imports from Punie's own.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.client import Client
from punie_ls.relay.messages import decode, encode, result_of
from punie_ls.relay.session import Session, path_of
from punie_semantic.environment import Interpreter, find_interpreter, ty_settings

EDITOR_SECONDS = 10.0
SECTION = "ty"

# ty reads these at its start only.
_INITIALIZATION_ONLY = frozenset({"logLevel", "logFile"})

log = logging.getLogger(__name__)


class Interpreters:
    """The Python environment of each folder, looked for in a thread, once per start of ty."""

    def __init__(self, setting: str | None) -> None:
        self._setting = setting
        self._found: dict[Path, asyncio.Future[Interpreter]] = {}

    def look_for(self, folder: Path) -> asyncio.Future[Interpreter]:
        """Start looking, or give what is known."""
        if folder not in self._found:
            loop = asyncio.get_running_loop()
            self._found[folder] = loop.run_in_executor(None, self._find, folder)
        return self._found[folder]

    def forget(self) -> None:
        """Environments come and go; a restarted ty gets a fresh look."""
        self._found.clear()

    def _find(self, folder: Path) -> Interpreter:
        return find_interpreter(folder, setting=self._setting)


class TyConfiguration:
    """Answers ty's question for its settings, asking the editor only if that can answer."""

    def __init__(self, session: Session, client: Client, interpreters: Interpreters) -> None:
        self._session = session
        self._client = client
        self._interpreters = interpreters

    async def answer(self, params: bytes) -> bytes:
        """The raw result for raw `ConfigurationParams`: one object per item."""
        items = decode(params)["items"]
        answers = await self._ask_editor(params, len(items))
        return encode([await self._merge(item, answer) for item, answer in zip(items, answers, strict=True)])

    async def _ask_editor(self, params: bytes, count: int) -> list[Any]:
        """The editor's answer; nulls when it cannot, will not, or does not give one object per item."""
        if not self._session.capability("workspace", "configuration"):
            return [None] * count
        question = self._client.ask(methods.CONFIGURATION, params)
        try:
            async with asyncio.timeout(EDITOR_SECONDS):
                result = result_of(await question)
        except TimeoutError:
            result = None
        if isinstance(result, list) and len(result) == count:
            return result
        log.warning("the editor gave no settings for ty")
        return [None] * count

    async def _merge(self, item: dict[str, Any], answer: object) -> object:
        if item.get("section") != SECTION:
            return answer
        initial = {k: v for k, v in self._session.ty_options.items() if k not in _INITIALIZATION_ONLY}
        settings = {**initial, **(answer if isinstance(answer, dict) else {})}
        if not settings.get("pythonExtension"):
            settings.update(await self._interpreter(item.get("scopeUri")))
        return settings

    async def _interpreter(self, scope: object) -> dict[str, object]:
        folder = path_of(scope) or next(iter(self._session.folders), None) or Path.cwd()
        try:
            return ty_settings(await self._interpreters.look_for(folder))
        except OSError:
            log.exception("no Python environment found for %s", folder)
            return {}
