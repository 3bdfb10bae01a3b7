"""Verified edits offered to the user: apply, look at them first, or reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_ls.server.applying import Applied, apply, can_apply
from punie_ls.server.asking import CannotAsk, ask
from punie_ls.server.markdown import diffs, heading
from punie_semantic.text_edits import line_edits

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange

APPLY, SHOW, REJECT = "Apply", "Show diff", "Reject"
MAX_NAMED = 5


async def propose(
    server: PunieServer,
    project: Project,
    changes: Sequence[FileChange],
    label: str,
    answer: bool | None = None,
    note: str = "",
) -> Applied:
    """Ask, then apply.

    Args:
        server: asks.
        project: whose files they are.
        changes: edits that were re-checked.
        label: what they are for; the history shows it too.
        answer: the user's own answer, given with the command.
        note: a sentence more for the question.
    """
    if not can_apply(server):
        return await _only_shown(server, changes, label, "this editor takes no edits from a server.")
    if answer is None:
        try:
            answer = await _asked(server, changes, label, note)
        except CannotAsk:
            why = 'this editor cannot ask you. Call the command with "apply": true.'
            return await _only_shown(server, changes, label, why)
    if not answer:
        return Applied(False, "Rejected; nothing was changed.", rejected=True)
    done = await apply(server, project, changes, label)
    if not done.applied:
        server.say(done.sentence, types.MessageType.Warning)
    return done


async def _only_shown(server: PunieServer, changes: Sequence[FileChange], label: str, why: str) -> Applied:
    await server.answers.show(_diff(server, changes, label), f"{label}: {summary(changes)}.")
    return Applied(False, f"Not applied: {why}")


async def _asked(server: PunieServer, changes: Sequence[FileChange], label: str, note: str) -> bool:
    checked = "Re-checked by ty and ruff: nothing new is reported."
    question = " ".join(filter(None, [f"{label}: {summary(changes)}.", note, checked]))
    choice = await ask(server, question, [APPLY, SHOW, REJECT])
    if choice == SHOW:
        await server.answers.show(_diff(server, changes, label), f"{label}: {summary(changes)}.")
        choice = await ask(server, question, [APPLY, REJECT])
    return choice == APPLY


def _diff(server: PunieServer, changes: Sequence[FileChange], label: str) -> str:
    """The edits as a document; gives its URI."""
    text = f"{heading(label, 1)}\n\n{summary(changes)}\n\n{diffs((c.file, c.diff) for c in changes)}\n"
    return server.answers.write("diff", "Proposed edits", text)


def summary(changes: Sequence[FileChange]) -> str:
    """What is to change, in a line: `app.py (+3 -1), new.py (new, +10)`."""
    named = [_summary(change) for change in changes[:MAX_NAMED]]
    more = len(changes) - len(named)
    return ", ".join([*named, *([f"and {more} more"] if more else [])])


def _summary(change: FileChange) -> str:
    edits = line_edits(change.source.text, change.text)
    counts = f"+{sum(len(e.lines) for e in edits)} -{sum(e.end - e.start for e in edits)}"
    match change.kind:
        case "create":
            return f"{change.file} (new, {counts})"
        case "delete":
            return f"{change.file} (deleted)"
        case "rename":
            return f"{change.old_file} → {change.file} ({counts})"
        case "edit":
            return f"{change.file} ({counts})"
