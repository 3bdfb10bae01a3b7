"""Questions to the user by `window/showMessageRequest`: choices, and the permissions that a turn needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from punie_agent.events import Choice, PermissionRequested
    from punie_ls.server.server import PunieServer

LABELS: dict[Choice, str] = {
    "allow_once": "Allow",
    "allow_session": "Allow in this session",
    "allow_project": "Always allow in this project",
    "reject_once": "Reject",
    "reject_session": "Reject in this session",
}
MAX_QUESTION = 4000


class CannotAsk(Exception):
    """The editor shows no questions."""


async def ask(
    server: PunieServer, question: str, choices: Sequence[str], kind: types.MessageType = types.MessageType.Info
) -> str | None:
    """The user's choice; None when the question was put away. It waits as long as the user does.

    Raises CannotAsk. Many editors that show questions do not say so, so each is asked and may answer with an error.
    """
    shown = question if len(question) <= MAX_QUESTION else question[:MAX_QUESTION] + "…"
    actions = [types.MessageActionItem(title=choice) for choice in choices]
    params = types.ShowMessageRequestParams(type=kind, message=f"Punie: {shown}", actions=actions)
    try:
        answer = await server.ask_client(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    except JsonRpcException as error:
        raise CannotAsk(str(error)) from error
    title = getattr(answer, "title", None)
    return title if title in choices else None


def decider(server: PunieServer) -> Callable[[PermissionRequested], Awaitable[Choice]]:
    """Who decides for a session: the user. Where nobody can be asked, the answer is no."""

    async def decide(request: PermissionRequested) -> Choice:
        labels = {LABELS[choice]: choice for choice in request.choices}
        try:
            answer = await ask(server, f"{request.title}\n\n{request.detail}", list(labels), types.MessageType.Warning)
        except CannotAsk:
            server.say(f"{request.title} Not allowed: this editor cannot ask you.", types.MessageType.Warning)
            return "reject_once"
        return labels[answer] if answer else "reject_once"

    return decide
