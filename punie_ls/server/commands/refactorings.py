"""`punie.refactor`: a refactoring from the list, as code actions carry it, or one in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.applying import apply
from punie_ls.server.commands.arguments import RefactorArguments, convert
from punie_ls.server.commands.prompts import refactor as refactor_in_words
from punie_ls.server.commands.result import Result
from punie_ls.server.refactor_actions import REFACTOR_COMMAND, refactor

if TYPE_CHECKING:
    from punie_ls.server.commands.table import Call
    from punie_ls.server.server import PunieServer


async def refactor_code(server: PunieServer, call: Call, given: Sequence[Any]) -> Result:
    """Refactor, and let the editor apply it."""
    if len(given) != 1 or not isinstance(given[0], dict):
        raise JsonRpcInvalidParams(
            f"{REFACTOR_COMMAND} takes one object: uri, version, range and refactoring; or uri, range and text."
        )
    if "text" in given[0]:
        return await refactor_in_words(server, call, convert(REFACTOR_COMMAND, given, RefactorArguments))
    with server.jobs.running("Refactor with Punie"):
        project, done = await refactor(server, given[0])
        if not done.changes:
            server.say(done.sentence)
            return Result(False, done.sentence)
        applied = await apply(server, project, done.changes, "Refactor with Punie")
        if not applied.applied:
            server.say(applied.sentence, types.MessageType.Warning)
        return Result(applied.applied, applied.sentence)
