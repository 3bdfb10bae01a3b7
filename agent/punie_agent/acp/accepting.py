"""What becomes of a turn's verified edits, by the mode: shown only, written after the user's yes, or written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from punie_agent.acp.client import ClientSide, Option
from punie_agent.acp.client_files import writable
from punie_agent.acp.conversation import Conversation
from punie_agent.acp.exceptions import CannotAsk
from punie_agent.acp.projection import Projection, edit_call, edit_news
from punie_agent.acp.writing import to_the_end
from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import FileChange
from punie_semantic.transactions import commit

ALLOW, ALWAYS, REJECT = "allow", "allow_all", "reject"
REJECTED = "Rejected. Nothing was written."
OPTIONS = (
    Option(ALLOW, "Apply", "allow_once"),
    Option(ALWAYS, "Apply this and all further edits of the session", "allow_always"),
    Option(REJECT, "Reject", "reject_once"),
)


async def offer(
    talk: Conversation, client: ClientSide, projection: Projection, changes: Sequence[FileChange], title: str
) -> bool:
    """Show the edits of a turn, and write them when the mode or the user says so. Gives whether the mode was changed.

    Args:
        talk: the conversation.
        client: where the user is.
        projection: of the turn.
        changes: edits that were re-checked.
        title: what they are for, as the history shows it.
    """
    key = projection.new_key("edit")
    talk.touched |= {file for change in changes for file in (change.file, change.old_file) if file}
    if talk.mode == "ask":
        await client.send([edit_call(key, client.folder, changes, shown_only=True)])
        await client.send(projection.say("The mode is Ask, so nothing was written."))
        return False
    call = edit_call(key, client.folder, changes)
    await client.send([call])
    root = talk.manager.workspace.root
    try:
        await writable(client, root, changes)  # else there is nothing to decide
        chosen = ALLOW if talk.mode == "auto" else await client.permit(call, OPTIONS)
        if chosen not in (ALLOW, ALWAYS):
            await client.send([edit_news(key, "failed", REJECTED), *projection.say(REJECTED)])
            await _count(talk, "rejected")
            return False
        ready = await writable(client, root, changes)
        head = await to_the_end(lambda: commit(root, ready, title=title))
    except (SemanticError, CannotAsk, OSError) as error:
        sentence = _sentence(error)
        await client.send([edit_news(key, "failed", sentence), *projection.say(f"**Not written:** {sentence}")])
        return False
    await _count(talk, "accepted")
    undo = f" `/undo` takes it back (transaction {head.id})." if head else ""
    await client.send([edit_news(key, "completed", f"Written.{undo}")])
    if chosen == ALWAYS:
        talk.mode = "auto"
        return True
    return False


async def _count(talk: Conversation, outcome: Literal["accepted", "rejected"]) -> None:
    if talk.session is not None:
        await talk.session.outcome(outcome)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error}. Nothing was written."
    if isinstance(error, CannotAsk):
        return f"{error} Choose the mode Auto to have edits written without a question."
    return str(error)
