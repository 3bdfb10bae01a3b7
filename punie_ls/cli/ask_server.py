"""The turns of a `punie-ls serve` that runs already: nothing is loaded here, and its sessions are the same ones."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.redaction import Redactor
from punie_ls.cli.ask_agent import Decide
from punie_ls.cli.ask_source import AskError, Hunks, Json, NotApplied, SessionLine, Written
from punie_ls.cli.ask_updates import Updates
from punie_ls.cli.ask_wire import Wire

if TYPE_CHECKING:
    from punie_ls.serve.discovery import Server

_TRANSACTION = re.compile(r"transaction ([0-9a-f]+)")
_REASONS = {"end_turn": "end_turn", "cancelled": "cancelled", "refusal": "error"}
APPLY, REJECT = "allow", "reject"
# How the server names the model that the settings choose.
AS_SET = "As set: "


class RunningServer:
    """See `TurnSource`.

    Args:
        server: where it is.
        folder: the project.
        decide: asks the person; None where nobody can be asked.
    """

    picks_hunks = False

    def __init__(self, server: Server, folder: Path, decide: Decide | None) -> None:
        self.session = ""
        self.model = ""
        self._server = server
        self._root = folder.resolve()
        self._decide = decide
        self._wire = Wire(self)
        self._connected = False
        self._events: asyncio.Queue[Json] = asyncio.Queue()
        self._updates = Updates(self._root)
        self._accepted: asyncio.Future[bool] | None = None
        self._prompting: asyncio.Task[Json] | None = None
        self._redactor = Redactor()
        self._model_option: Json = {}

    async def connect(self) -> None:
        """Reach the server. Raises OSError, TimeoutError or AskError."""
        await self._wire.open(self._server.url, self._server.token)
        offers = {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False}
        await self._wire.request("initialize", {"protocolVersion": 1, "clientCapabilities": offers})
        self._connected = True

    async def open(self, which: str) -> Sequence[str]:
        """Begin or resume a session of the project."""
        if not self._connected:
            await self.connect()
        where = {"cwd": str(self._root), "mcpServers": []}
        if which == "new":
            made = await self._wire.request("session/new", where)
            self.session = made["sessionId"]
        else:
            self.session = await self._find(which)
            made = await self._wire.request("session/resume", {"sessionId": self.session, **where})
        self._take_options(made or {})
        return []

    async def turn(self, prompt: str) -> AsyncGenerator[Json]:
        """One turn; it is over for us when its edits are to be decided about."""
        self._events, self._updates, self._accepted = asyncio.Queue(), Updates(self._root), None
        blocks = [{"type": "text", "text": prompt}]
        params = {"sessionId": self.session, "prompt": blocks}
        self._prompting = asyncio.create_task(self._wire.request("session/prompt", params))
        self._prompting.add_done_callback(lambda _: self._events.put_nowait({}))
        while event := await self._events.get():
            yield event
            if event["type"] == "done":
                return
        try:
            answer = await self._prompting
        except AskError as error:
            yield {"type": "done", "reason": "error", "message": self._redactor.text(str(error))}
            return
        yield {"type": "done", "reason": _REASONS.get(answer.get("stopReason", ""), "budget"), "message": ""}

    async def cancel(self) -> None:
        """Stop the turn that runs."""
        await self._wire.notify("session/cancel", {"sessionId": self.session})

    async def accept(self, title: str, hunks: Hunks | None = None) -> Written:
        """Let the server write the edits."""
        if self._accepted is None or self._accepted.done():
            raise NotApplied("The server has dropped these edits already. Nothing was written; ask again.")
        outcome = await self._answer(wanted=True)
        message = outcome.get("message", "")
        if outcome.get("status") != "completed":
            raise NotApplied(message or "The server did not write the edits.")
        found = _TRANSACTION.search(message)
        return Written(found[1] if found else "")

    async def reject(self) -> None:
        """The server forgets them."""
        await self._answer(wanted=False)

    async def sessions(self) -> Sequence[SessionLine]:
        """Those that are kept of the project."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self._wire.request("session/list", {"cwd": str(self._root), **more})
            found += page.get("sessions", ())
            cursor = page.get("nextCursor")
            if not cursor:
                return [SessionLine(s["sessionId"], s.get("title") or "", _seconds(s), 0) for s in found]

    async def models(self) -> Sequence[str]:
        """What can be chosen."""
        return [option["value"] for option in self._model_option.get("options", ())]

    async def select_model(self, spec: str) -> None:
        """Another model for this session."""
        params = {"sessionId": self.session, "configId": self._model_option.get("id", "model"), "value": spec}
        self._take_options(await self._wire.request("session/set_config_option", params) or {})

    async def close(self) -> None:
        """Hang up; edits that nobody decided about are not written."""
        if self._accepted is not None and not self._accepted.done():
            self._accepted.set_result(False)
            await asyncio.sleep(0)
        await self._wire.close()
        if self._prompting is not None:
            self._prompting.cancel()
            await asyncio.gather(self._prompting, return_exceptions=True)

    def notified(self, method: str, params: Json) -> None:
        """What the server tells of the turn."""
        update = params.get("update", {})
        if method != "session/update" or params.get("sessionId") != self.session:
            return
        if update.get("sessionUpdate") == "config_option_update":
            self._take_options(update)
        for event in self._updates.take(update):
            self._events.put_nowait(event)

    async def asked(self, method: str, params: Json) -> Json | None:
        """A permission, or the decision about the edits."""
        if method != "session/request_permission":
            return None
        call = params.get("toolCall", {}).get("toolCallId", "")
        if self._updates.is_edit(call):
            return _selected(APPLY if await self._decided() else REJECT)
        question = self._updates.question(params)
        if self._decide is None:
            self._events.put_nowait({**question, "choices": []})
            by = "nobody, because nobody can be asked"
            self._events.put_nowait({"type": "permission_answered", "id": call, "allowed": False, "by": by})
            return _selected("reject_once")
        return _selected(await self._decide(question))

    async def _decided(self) -> bool:
        report = {"files_checked": []}
        self._accepted = asyncio.get_running_loop().create_future()
        self._events.put_nowait({"type": "edit_proposed", "files": self._shown(), "report": report})
        self._events.put_nowait({"type": "done", "reason": "end_turn", "message": ""})
        return await self._accepted

    def _shown(self) -> list[Json]:
        return [{**file, "diff": self._redactor.text(file["diff"])} for file in self._updates.proposal]

    async def _answer(self, *, wanted: bool) -> Json:
        if self._accepted is None or self._accepted.done() or self._prompting is None:
            return {}
        self._accepted.set_result(wanted)
        await self._prompting
        return self._updates.outcome

    async def _find(self, which: str) -> str:
        found = [line.id for line in await self.sessions()]
        if which == "last" and not found:
            raise AskError("There is no session to continue in this project yet.", 2)
        matching = found[:1] if which == "last" else [key for key in found if key.startswith(which)]
        if len(matching) != 1:
            what = "Several sessions begin" if matching else "No session of this project begins"
            raise AskError(f"{what} with {which!r}. `punie-ls sessions list` shows them.", 2)
        return matching[0]

    def _take_options(self, told: Json) -> None:
        options = told.get("configOptions")
        if not options:
            return
        self._model_option = next((o for o in options if o.get("category") == "model"), {})
        chosen = self._model_option.get("currentValue", "")
        names = {o["value"]: o["name"] for o in self._model_option.get("options", ())}
        self.model = (names.get(chosen, chosen) or self.model).removeprefix(AS_SET)


def _selected(option: str) -> Json:
    return {"outcome": {"outcome": "selected", "optionId": option}}


def _seconds(session: Json) -> float:
    try:
        return datetime.fromisoformat(session.get("updatedAt") or "").timestamp()
    except ValueError:
        return 0.0
