"""One prompt of a client: from its content to the end of the turn, with the question about its edits."""

from __future__ import annotations

import logging
from contextlib import aclosing
from importlib import import_module
from typing import TYPE_CHECKING

from punie_agent.acp import own_commands
from punie_agent.acp.accepting import offer
from punie_agent.acp.client import ClientSide
from punie_agent.acp.client_files import unsaved_buffers
from punie_agent.acp.config_options import settings_of
from punie_agent.acp.conversation import Conversation
from punie_agent.acp.exceptions import BadRequest
from punie_agent.acp.permissions import Asking
from punie_agent.acp.projection import Projection
from punie_agent.acp.prompt_content import PromptContent
from punie_agent.acp.session_view import mode_update, options_update, title_update
from punie_agent.acp.slash_commands import in_words, read_command
from punie_agent.events import Done, PermissionRequested
from punie_agent.requests import file_of
from punie_agent.session import title_of

if TYPE_CHECKING:
    from pydantic_ai.messages import BinaryContent

logger = logging.getLogger(__name__)


async def take_turn(talk: Conversation, client: ClientSide, content: PromptContent) -> Done:
    """Work on a prompt; gives how it ended.

    Raises:
        Busy: another prompt is worked on.
        BadRequest: the prompt cannot be used, or the project's folder is gone.
        ConnectionError: the client is gone.
    """
    projection = Projection(client.folder)
    asking = Asking(client, projection)
    async with talk.turn(asking.decide):
        if not talk.manager.workspace.root.is_dir():
            raise BadRequest(f"The project's folder {talk.manager.project} is gone. Open it again where it is now.")
        notices, talk.notices = talk.notices, []
        for sentence in notices:
            await client.send(projection.say(sentence))
        command = read_command(content)
        if command is not None and command[0].words is None:
            return await _own(talk, client, projection, command[0].name, command[1])
        return await _ask(talk, client, projection, asking, in_words(content))


async def _own(talk: Conversation, client: ClientSide, projection: Projection, name: str, rest: str) -> Done:
    before = settings_of(talk)
    await client.send(projection.say(await own_commands.run(name, own_commands.Call(talk, client, rest))))
    if (now := settings_of(talk)) != before:
        await client.send([options_update(now)])
    return Done(reason="end_turn")


async def _ask(
    talk: Conversation, client: ClientSide, projection: Projection, asking: Asking, content: PromptContent
) -> Done:
    session, prompt = talk.opened, content.prompt()
    pictures = _pictures(content) if talk.opened.choice.name != "builtin" else []
    if content.pictures and not pictures:
        await client.send(projection.say("The builtin planner cannot look at pictures, so they were left out."))
    mentioned = [place.file for place in content.places] + [file for file in [file_of(prompt)] if file]
    root = talk.manager.workspace.root
    await session.begin(await unsaved_buffers(client, root, [*mentioned, *sorted(talk.touched)]))
    titled = bool(session.title)
    async with aclosing(session.prompt(prompt, pictures=pictures)) as events:
        async for event in events:
            if not titled and session.title:
                titled = True
                await client.send([title_update(projection.clean(session.title))])
            await client.send(projection.take(event))
            if isinstance(event, PermissionRequested) and event.choices:
                await asking.show(event)
    done = projection.done or Done(reason="cancelled")
    if done.reason != "end_turn":
        if done.message and done.reason != "cancelled":
            await client.send(
                projection.say(f"**{'Failed' if done.reason == 'error' else 'Stopped'}:** {done.message}")
            )
        return done
    if session.proposal:
        title = projection.clean(title_of(content.words or prompt))
        if await offer(talk, client, projection, list(session.proposal), title):
            await client.send([mode_update(talk.mode), options_update(settings_of(talk))])
    return done


def _pictures(content: PromptContent) -> list[BinaryContent]:
    binary = import_module("pydantic_ai.messages").BinaryContent
    return [binary(data=picture.data, media_type=picture.media_type) for picture in content.pictures]
