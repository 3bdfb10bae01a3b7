"""The answer to ty's `workspace/configuration`: the user's settings, and the project's Python environment.

ty waits for ever on an error here, and without an environment it may resolve imports from Punie's own. In the same
breath the editor is asked for Punie's and ruff's settings.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.client import Client
from punie_ls.relay.interpreters import Interpreters
from punie_ls.relay.messages import decode, encode, result_of
from punie_ls.relay.session import Session, path_of
from punie_ls.relay.settings import SECTIONS
from punie_semantic.environment import ty_settings
from punie_semantic.settings import merge

EDITOR_SECONDS = 10.0
TY = "ty"

# ty reads these at its start only.
INITIALIZATION_ONLY = frozenset({"logLevel", "logFile"})

Item = dict[str, Any]
Scope = str | None

log = logging.getLogger(__name__)


class TyConfiguration:
    """Answers ty's question for its settings, asking the editor only if that can answer.

    `on_answer` hears when the editor has been asked on the way.
    """

    def __init__(self, session: Session, client: Client, interpreters: Interpreters) -> None:
        self.on_answer: Callable[[], None] = lambda: None
        self._session = session
        self._client = client
        self._interpreters = interpreters
        self._given: dict[Scope, object] = {}
        self._editor: dict[Scope, object] = {}

    async def answer(self, params: bytes) -> bytes:
        """The raw result for raw `ConfigurationParams`: one object per item."""
        items: list[Item] = decode(params)["items"]
        scopes = [item.get("scopeUri") for item in items]
        answers = await self._ask_editor(items, scopes)
        values = []
        for item, scope, answer in zip(items, scopes, answers, strict=True):
            if item.get("section") == TY:
                self._editor[scope] = answer
                self._given[scope] = answer = await self._value(scope)
            values.append(answer)
        self.on_answer()
        return encode(values)

    async def ask_again(self) -> None:
        """Ask the editor for everything anew, for ty's folders or the workspace's."""
        scopes: list[Scope] = [*self._given] or [folder.as_uri() for folder in self._session.folders]
        items = [_item(scope, TY) for scope in scopes]
        self._editor.update(zip(scopes, await self._ask_editor(items, scopes), strict=True))

    async def is_stale(self) -> bool:
        """Whether ty would get another answer now."""
        given = dict(self._given)
        return given != {scope: await self._value(scope) for scope in given}

    def forget(self) -> None:
        """A restarted ty asks again."""
        self._given.clear()

    async def _ask_editor(self, items: list[Item], scopes: list[Scope]) -> list[Any]:
        """The editor's answer to the items; nulls when it cannot, will not, or does not give one object per item.

        What it says of Punie's and ruff's settings is noted on the way.
        """
        nothing: list[Any] = [None] * len(items)
        if not items or not self._session.capability("workspace", "configuration"):
            return nothing
        folders = list(dict.fromkeys(scopes))
        own = [_item(scope, section) for scope in folders for section in SECTIONS]
        question = self._client.ask(methods.CONFIGURATION, encode({"items": [*items, *own]}))
        try:
            async with asyncio.timeout(EDITOR_SECONDS):
                result = result_of(await question)
        except TimeoutError:
            result = None
        if not isinstance(result, list) or len(result) != len(items) + len(own):
            log.warning("the editor gave no settings")
            return nothing
        said = iter(result[len(items) :])
        for scope in folders:
            self._session.settings.hear(path_of(scope), {section: next(said) for section in SECTIONS})
        return result[: len(items)]

    async def _value(self, scope: Scope) -> dict[str, Any]:
        """What ty is told for one scope, by all that is known now."""
        folder = path_of(scope) or next(iter(self._session.folders), None)
        if folder is not None:
            await self._session.settings.read_new(folder)
        table = self._session.settings.of(folder).settings.ty
        initial = {key: value for key, value in table.items() if key not in INITIALIZATION_ONLY}
        answer = self._editor.get(scope)
        settings = merge(initial, answer if isinstance(answer, dict) else None)
        if not settings.get("pythonExtension"):
            settings.update(await self._interpreter(folder or Path.cwd()))
        return settings

    async def _interpreter(self, folder: Path) -> dict[str, object]:
        try:
            return ty_settings(await self._interpreters.look_for(folder))
        except OSError:
            log.exception("no Python environment found for %s", folder)
            return {}


def _item(scope: Scope, section: str) -> Item:
    return {"scopeUri": scope, "section": section} if scope else {"section": section}
