"""`punie.undo` and `punie.redo`: the editor takes a change of Punie back, or makes it again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_ls.server.applying import apply
from punie_ls.server.commands.arguments import HistoryArguments
from punie_ls.server.commands.result import Result
from punie_ls.server.places import project_of
from punie_semantic.exceptions import SemanticError
from punie_semantic.history import history, undo_in_editor

if TYPE_CHECKING:
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer


async def undo(server: PunieServer, call: Call, arguments: HistoryArguments) -> Result:
    """Take back a transaction."""
    return await _take_back(server, call, arguments, again=False)


async def redo(server: PunieServer, call: Call, arguments: HistoryArguments) -> Result:
    """Make again what was taken back."""
    return await _take_back(server, call, arguments, again=True)


async def _take_back(server: PunieServer, call: Call, arguments: HistoryArguments, *, again: bool) -> Result:
    project = project_of(server, call.command, arguments.uri)
    verb = "Redo" if again else "Undo"
    with server.jobs.running(verb):
        try:
            key, changes = await asyncio.to_thread(
                undo_in_editor, project.root, project.buffers(), arguments.transaction or "", again=again
            )
        except SemanticError as error:
            server.say(str(error), types.MessageType.Warning)
            return Result(False, str(error))
        title = f"{verb}: {await asyncio.to_thread(_title, project, key)}"
        done = await apply(server, project, changes, title, undoes=key)
        if done.transaction:
            await (await project.recorder()).follow(done.transaction)
        sentence = f"{title}: done." if done.applied else done.sentence
        server.say(sentence, types.MessageType.Info if done.applied else types.MessageType.Warning)
        return Result(done.applied, sentence)


def _title(project: Project, key: str) -> str:
    """What a transaction was for in the beginning, however often it was taken back since."""
    transactions = {transaction.id: transaction for transaction in history(project.root)}
    found = transactions.get(key)
    while found is not None and found.undoes in transactions:
        found = transactions[found.undoes]
    return found.title if found else "a change"
