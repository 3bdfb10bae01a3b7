"""`codeAction/resolve`: the edit of a chosen action. Without a good one the action comes back bare, with a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from punie_ls.server.applying import edit_of
from punie_ls.server.computing import computed_fix
from punie_ls.server.protocol import plain
from punie_ls.server.refactor_actions import is_refactoring, refactor
from punie_semantic.exceptions import EditError
from punie_semantic.wire.framing import REQUEST_FAILED

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange


async def resolve(server: PunieServer, action: types.CodeAction) -> types.CodeAction:
    """Compute the edit of a chosen action."""
    data = plain(action.data)
    if data is None:
        return action  # it has a command instead; some editors resolve every action
    if is_refactoring(data):
        project, done = await refactor(server, data)
        if done.changes:
            action.edit = _edit(server, project, done.changes)
        else:
            server.say(done.sentence)
        return action
    computed = await computed_fix(server, data, None)
    if computed.outcome.fixed:
        action.edit = _edit(server, computed.project, computed.outcome.changes)
    if computed.message:
        server.say(computed.message)
    return action


def _edit(server: PunieServer, project: Project, changes: Sequence[FileChange]) -> types.WorkspaceEdit:
    try:
        return edit_of(server, project, changes)
    except EditError as error:
        raise JsonRpcException(str(error), REQUEST_FAILED) from error
