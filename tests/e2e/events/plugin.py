"""A client with a chat view: it collects the events of turns, and answers questions as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pygls.exceptions import JsonRpcException

from tests.e2e.editor import Editor, plain, start_editor, until_true, vscode

Json = dict[str, Any]
NEVER = "never"
# Long enough: the first words may be held back, for they may be the beginning of a program.
BEGINNING = "The beginning of all. And the rest of it. " * 3


@dataclass
class Plugin:
    """What the client was told beyond the standard.

    Attributes:
        told: the params of `punie/event`, in order of arrival.
        states: the params of `punie/status`.
        asked: the params of `punie/ask`.
        replies: the results of the next questions; an exception is an error, NEVER is no answer at all,
            and a function gives the result when it is asked for.
        withdrawn: questions that were taken back.
    """

    told: list[Json] = field(default_factory=list)
    states: list[Json] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    withdrawn: list[Json] = field(default_factory=list)

    def clear(self) -> None:
        """Forget all."""
        for seen in (self.told, self.states, self.asked, self.replies, self.withdrawn):
            seen.clear()

    def events(self, session: str | None = None) -> list[Json]:
        """The events, of one session or of all."""
        return [told["event"] for told in self.told if session in (None, told["session"])]

    def types(self, session: str | None = None) -> list[str]:
        """The events' types, with repeated ones once."""
        found: list[str] = []
        for event in self.events(session):
            if not found or found[-1] != event["type"]:
                found.append(event["type"])
        return found

    def text(self, session: str | None = None) -> str:
        """The answer, put together."""
        return "".join(event["text"] for event in self.events(session) if event["type"] == "text")

    async def until(self, kind: str, count: int = 1) -> Json:
        """The event of a type, the first or a later one, with what was told with it, once it is there."""
        found: list[Json] = []

        async def arrived() -> bool:
            found[:] = [told for told in self.told if told["event"]["type"] == kind]
            return len(found) >= count

        await until_true(arrived, lambda: f"the events are {self.types()}")
        return found[count - 1]

    async def question(self, count: int = 1) -> Json:
        """The first question, or a later one, once it is asked."""

        async def arrived() -> bool:
            return len(self.asked) >= count

        await until_true(arrived, lambda: f"the questions are {self.asked}")
        return self.asked[count - 1]

    async def state(self, **wanted: Any) -> Json:
        """The first state with these values, once it was told."""

        def fits(state: Json) -> bool:
            return all(state[key] == value for key, value in wanted.items())

        async def arrived() -> bool:
            return any(fits(state) for state in self.states)

        await until_true(arrived, lambda: f"the states are {[{k: s[k] for k in wanted} for s in self.states]}")
        return next(state for state in self.states if fits(state))


@asynccontextmanager
async def start_plugin(
    root: Path, said: Any, *, settings: Mapping[str, Any] | None = None, **more: Any
) -> AsyncGenerator[tuple[Editor, Plugin]]:
    """Start `punie-ls` for a client that says something in `capabilities.experimental`."""
    capabilities = vscode()
    capabilities.experimental = said
    plugin = Plugin()
    async with start_editor(root, capabilities, settings=settings, prepare=lambda e: _listen(e, plugin), **more) as e:
        yield e, plugin


def _listen(editor: Editor, plugin: Plugin) -> None:
    async def ask(params: Any) -> Any:
        plugin.asked.append(plain(params))
        reply = plugin.replies.pop(0) if plugin.replies else None
        if reply == NEVER:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                plugin.withdrawn.append(plain(params))
                raise
        if isinstance(reply, JsonRpcException):
            raise reply
        return reply() if callable(reply) else reply

    editor.feature("punie/event")(lambda params: plugin.told.append(plain(params)))
    editor.feature("punie/status")(lambda params: plugin.states.append(plain(params)))
    editor.feature("punie/ask")(ask)
