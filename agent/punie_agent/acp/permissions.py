"""Questions of a turn to the client's user: the tool call is shown first, then it is asked about."""

from __future__ import annotations

import asyncio

from punie_agent.acp.client import ClientSide, Option
from punie_agent.acp.projection import Projection
from punie_agent.events import Choice, PermissionRequested

# Two of ours are "always" to the protocol; their names tell them apart.
OPTIONS: dict[Choice, Option] = {
    "allow_once": Option("allow_once", "Allow", "allow_once"),
    "allow_session": Option("allow_session", "Allow in this session", "allow_always"),
    "allow_project": Option("allow_project", "Always allow in this project", "allow_always"),
    "reject_once": Option("reject_once", "Reject", "reject_once"),
    "reject_session": Option("reject_session", "Reject in this session", "reject_always"),
}
SHOWN_SECONDS = 10.0


class Asking:
    """Who decides in a turn: the client's user.

    Args:
        client: asks.
        projection: of the turn.
    """

    def __init__(self, client: ClientSide, projection: Projection) -> None:
        self._client = client
        self._projection = projection
        self._shown: dict[str, asyncio.Event] = {}

    async def show(self, request: PermissionRequested) -> None:
        """The turn has come to the question: its tool call is shown, after all that came before."""
        await self._client.send(self._projection.finish())
        await self._client.send([self._projection.asked(request)])
        self._seen(request).set()

    async def decide(self, request: PermissionRequested) -> Choice:
        """The user's choice. No answer is a no."""
        async with asyncio.timeout(SHOWN_SECONDS):
            await self._seen(request).wait()
        options = [OPTIONS[choice] for choice in request.choices]
        chosen = await self._client.permit(self._projection.asked(request), options)
        return next((choice for choice in request.choices if choice == chosen), "reject_once")

    def _seen(self, request: PermissionRequested) -> asyncio.Event:
        return self._shown.setdefault(request.id, asyncio.Event())
