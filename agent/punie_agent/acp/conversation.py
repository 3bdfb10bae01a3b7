"""A session as its clients share it: its mode and model, who may prompt it now, and who is asked. Knows no protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Literal, get_args

from punie_agent.acp.exceptions import Busy

if TYPE_CHECKING:
    from punie_agent.events import Choice, PermissionRequested
    from punie_agent.models.listing import ModelRow
    from punie_agent.session import Session
    from punie_agent.sessions import SessionManager

    Ask = Callable[[PermissionRequested], Awaitable[Choice]]

Mode = Literal["ask", "edit", "auto"]
MODES: tuple[Mode, ...] = get_args(Mode)

CANCEL_SECONDS = 10.0


class Conversation:
    """One open session.

    Attributes:
        session: the session itself; None only while it is being opened.
        manager: the agent of its project.
        mode: what becomes of verified edits.
        spec: the model that was chosen for this session; empty for the settings' one.
        thinking: how much the model is to think; empty leaves it to the model.
        rows: the models that can be chosen, as far as they were looked for.
        notices: sentences for the user that are told with the next turn.
        touched: files that earlier turns offered to edit, relative to the project.
        clients: those that have opened it.
        own_model: what the chosen model needs while it is open.
        used: when the last prompt was done, by the monotonic clock.
    """

    def __init__(self, manager: SessionManager) -> None:
        self.session: Session | None = None
        self.manager = manager
        self.mode: Mode = "edit"
        self.spec = ""
        self.thinking = ""
        self.rows: list[ModelRow] = []
        self.notices: list[str] = []
        self.touched: set[str] = set()
        self.clients: set[object] = set()
        self.own_model = AsyncExitStack()
        self.used = time.monotonic()
        self._ask: Ask | None = None
        self._turn: asyncio.Task[object] | None = None
        self._cancelled = False

    @property
    def opened(self) -> Session:
        """The session, once it is there."""
        assert self.session is not None
        return self.session

    @property
    def busy(self) -> bool:
        """Whether a prompt is worked on, or waits for the user's answer."""
        return self._turn is not None

    @property
    def cancelled(self) -> bool:
        """Whether the prompt that is worked on was to be stopped."""
        return self._cancelled

    async def decide(self, event: PermissionRequested) -> Choice:
        """Ask whoever has prompted; while nobody has, the answer is no."""
        return "reject_once" if self._ask is None else await self._ask(event)

    @asynccontextmanager
    async def turn(self, ask: Ask) -> AsyncGenerator[None]:
        """Work on a prompt in the present task. Raises Busy while another one is worked on.

        Args:
            ask: who answers questions until it is done.
        """
        if self.busy:
            raise Busy("This session still works on the prompt before. Wait for it, or cancel it.")
        self._turn, self._ask, self._cancelled = asyncio.current_task(), ask, False
        try:
            yield
        finally:
            self._turn, self._ask = None, None
            self.used = time.monotonic()

    async def cancel(self) -> None:
        """Stop the prompt that is worked on: the model, its programs, and a question that nobody answers."""
        turn = self._turn
        if turn is None:
            return
        self._cancelled = True
        if self.session is not None and self.session.running:
            await self.session.cancel()  # its last events still come
            await asyncio.wait([turn], timeout=CANCEL_SECONDS)
        if not turn.done() and self._turn is turn:
            turn.cancel()
            await asyncio.wait([turn], timeout=CANCEL_SECONDS)

    async def close(self) -> None:
        """Stop it and let go of its model; what is stored stays."""
        await self.cancel()
        await self.manager.close(self.opened.id)
        await self.own_model.aclose()
