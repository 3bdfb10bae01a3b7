"""The code action menu at a problem, as an editor asks for it: by itself, or because a person did."""

from __future__ import annotations

from lsprotocol import types

from tests.e2e.editor import TITLE, Editor, plain, until_true

INVOKED = types.CodeActionTriggerKind.Invoked
AUTOMATIC = types.CodeActionTriggerKind.Automatic


async def menu(
    editor: Editor,
    uri: str,
    where: types.Range,
    *problems: types.Diagnostic,
    trigger: types.CodeActionTriggerKind = INVOKED,
) -> list[types.CodeAction]:
    """Punie's own fix actions for a range, as they are now."""
    context = types.CodeActionContext(list(problems), trigger_kind=trigger)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
    found = await editor.text_document_code_action_async(params)
    return [a for a in found or () if isinstance(a, types.CodeAction) and a.title.startswith(TITLE)]


async def looked(
    editor: Editor,
    uri: str,
    where: types.Range,
    *problems: types.Diagnostic,
    trigger: types.CodeActionTriggerKind = INVOKED,
) -> list[types.CodeAction]:
    """The same once the search is done: then nothing is offered that takes the best, whatever that is."""
    found: list[types.CodeAction] = []

    async def done() -> bool:
        found[:] = await menu(editor, uri, where, *problems, trigger=trigger)
        return bool(found) and all(chosen(action) or action.disabled for action in found)

    await until_true(done, lambda: f"the actions are {[action.title for action in found]}")
    return found


def chosen(action: types.CodeAction) -> str:
    """The fix that an action stands for; empty when it is one that takes the best."""
    return str(carried(action).get("choice", ""))


def carried(action: types.CodeAction) -> dict[str, object]:
    """What an action carries, or its command; the relay notes beside it whose action it is."""
    data = plain(action.data)
    if data is None and action.command is not None:
        return plain((action.command.arguments or [{}])[0])
    return data["punie_relay"].get("data") or {} if data and "punie_relay" in data else data or {}
