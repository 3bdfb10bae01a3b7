"""A client as one session sees it: where updates go, and what it can be asked. The SDK's connection is known here only
and in `agent`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from acp import RequestError, schema
from pydantic import ValidationError

from punie_agent.acp.capabilities import ClientOffers
from punie_agent.acp.exceptions import CannotAsk
from punie_agent.acp.places import Folder

if TYPE_CHECKING:
    from acp.agent.connection import AgentSideConnection

READ_SECONDS = 5.0
CHOICE = "choice"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Option:
    """Something that the user can answer; `kind` is the protocol's, which has fewer than we have."""

    id: str
    name: str
    kind: Literal["allow_once", "allow_always", "reject_once", "reject_always"]


class ClientSide:
    """One client, for one session.

    Attributes:
        session: the session's id.
        offers: what the client can do.
        folder: the project's, as the client spells it.
    """

    def __init__(self, connection: AgentSideConnection, session: str, offers: ClientOffers, folder: Folder) -> None:
        self.session = session
        self.offers = offers
        self.folder = folder
        self._connection = connection

    async def send(self, updates: Sequence[Any]) -> None:
        """Pass updates on, in order. Raises ConnectionError when the client is gone."""
        for update in updates:
            await self._connection.session_update(session_id=self.session, update=update)

    async def permit(self, call: schema.ToolCallStart, options: Sequence[Option]) -> str | None:
        """Ask the user about a tool call, and wait as long as it takes.

        Args:
            call: as the client was told of it; some show only what comes with the question.
            options: what can be answered.

        Returns:
            The id of the option; None when the question was put away. Raises CannotAsk.
        """
        given = {name: getattr(call, name) for name in call.model_fields_set - {"session_update"}}
        call_update = schema.ToolCallUpdate(**given)
        shown = [schema.PermissionOption(option_id=o.id, name=o.name, kind=o.kind) for o in options]
        try:
            answer = await self._connection.request_permission(
                session_id=self.session, tool_call=call_update, options=shown
            )
        except (RequestError, ValidationError) as error:
            raise CannotAsk(f"Your editor did not ask you: {error}.") from error
        outcome = answer.outcome
        return outcome.option_id if isinstance(outcome, schema.AllowedOutcome) else None

    async def choose(self, message: str, title: str, choices: Mapping[str, str]) -> str | None:
        """Let the user choose in a form; None when no choice was made.

        Args:
            message: the question.
            title: what is chosen.
            choices: what is shown for each, by its value.
        """
        options = [schema.EnumOption(const=value, title=shown) for value, shown in choices.items()]
        field = schema.ElicitationStringPropertySchema(type="string", title=title, one_of=options)
        form = schema.ElicitationSchema(type="object", properties={CHOICE: field}, required=[CHOICE])
        mode = schema.ElicitationFormSessionMode(session_id=self.session, requested_schema=form)
        try:
            answer = await self._connection.create_elicitation(message, mode)
        except (RequestError, ValidationError) as error:
            logger.warning("the form was not answered: %s", error)
            return None
        content = answer.content if isinstance(answer, schema.AcceptElicitationResponse) else None
        value = (content or {}).get(CHOICE)
        return value if isinstance(value, str) and value in choices else None

    async def read_text(self, file: str) -> str | None:
        """The client's text of a file of the project, saved or not; None when it does not say."""
        if not self.offers.read_files:
            return None
        try:
            async with asyncio.timeout(READ_SECONDS):
                answer = await self._connection.read_text_file(session_id=self.session, path=self.folder.absolute(file))
        except (RequestError, ValidationError, TimeoutError) as error:
            logger.info("the client does not say what %s is: %s", file, error)
            return None
        return answer.content
