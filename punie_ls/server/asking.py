"""Questions to the user: permissions, edits, choices. A plug-in is asked by `punie/ask` (docs/events.md), other clients
by `window/showMessageRequest`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from punie_ls.server.protocol import plain

if TYPE_CHECKING:
    from punie_agent.events import Choice, PermissionRequested
    from punie_ls.server.server import PunieServer

ASK = "punie/ask"
LABELS: dict[Choice, str] = {
    "allow_once": "Allow",
    "allow_session": "Allow in this session",
    "allow_project": "Always allow in this project",
    "reject_once": "Reject",
    "reject_session": "Reject in this session",
}
MAX_QUESTION = 4000

logger = logging.getLogger(__name__)


class CannotAsk(Exception):
    """The editor shows no questions."""


@dataclass(frozen=True)
class AskedFile:
    """One file of an edit that the user is asked about: its URI, and the edit as a unified diff."""

    uri: str
    diff: str


@dataclass(frozen=True)
class Question:
    """A question to the user.

    Attributes:
        kind: what it is about.
        title: one line.
        detail: all that the decision depends on, as text.
        choices: what is shown for each choice, by its id.
        uri: the workspace folder.
        session: whose turn asks; empty for none.
        files: the edits.
        id: the `id` of the event `permission_requested`; empty for none.
    """

    kind: Literal["permission", "edit"]
    title: str
    detail: str
    choices: Mapping[str, str]
    uri: str
    session: str = ""
    files: Sequence[AskedFile] = ()
    id: str = ""

    def as_json(self) -> dict[str, Any]:
        """The params of `punie/ask`."""
        params: dict[str, Any] = {"uri": self.uri, "session": self.session, "kind": self.kind, "title": self.title}
        params |= {"detail": self.detail, "choices": [{"id": k, "label": v} for k, v in self.choices.items()]}
        if self.id:
            params["id"] = self.id
        if self.kind == "edit":
            params["files"] = [{"uri": file.uri, "diff": file.diff} for file in self.files]
        return params


@dataclass(frozen=True)
class Answer:
    """What the user chose; `choice` is None when the question was put away. `hunks` is as a plug-in sent it."""

    choice: str | None = None
    hunks: Any = None


@dataclass
class UserDecides:
    """Who decides about permissions: the user. Where nobody can be asked, the answer is no.

    Attributes:
        uri: the workspace folder.
        session: whose turns ask; empty for work in no session.
    """

    server: PunieServer
    uri: str
    session: str = field(default="")

    async def __call__(self, request: PermissionRequested) -> Choice:
        """The user's choice."""
        choices: dict[str, str] = {choice: LABELS[choice] for choice in request.choices}
        question = Question("permission", request.title, request.detail, choices, self.uri, self.session, id=request.id)
        text = f"{request.title}\n\n{request.detail}"
        try:
            answer = await put(self.server, question, text, types.MessageType.Warning)
        except CannotAsk:
            self.server.say(f"{request.title} Not allowed: this editor cannot ask you.", types.MessageType.Warning)
            return "reject_once"
        return next((choice for choice in request.choices if choice == answer.choice), "reject_once")


async def put(
    server: PunieServer, question: Question, text: str, kind: types.MessageType = types.MessageType.Info
) -> Answer:
    """Ask the user, and wait as long as it takes; `text` is for clients that only show messages. Raises CannotAsk."""
    if server.rich.permissions:
        try:
            return _read(question, await server.ask_client(ASK, question.as_json()))
        except JsonRpcException as error:
            logger.warning("%s failed, so the question is shown as a message: %s", ASK, error)
    ids = {label: key for key, label in question.choices.items()}
    label = await ask(server, text, list(ids), kind)
    return Answer(ids[label] if label else None)


def _read(question: Question, result: object) -> Answer:
    """A plug-in's answer; one that was not offered is none."""
    answer = plain(result)
    if answer is None:
        return Answer()
    choice = answer.get("choice") if isinstance(answer, dict) else None
    if not isinstance(choice, str) or choice not in question.choices:
        logger.warning("%s was answered by %r, which is none of %s", ASK, answer, list(question.choices))
        return Answer()
    return Answer(choice, answer.get("hunks"))


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
