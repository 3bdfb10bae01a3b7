"""Verified edits offered to the user: apply, look at them first, or reject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_ls.server.applying import Applied, apply, can_apply
from punie_ls.server.asking import Answer, AskedFile, CannotAsk, Question, put
from punie_ls.server.edits import uri_of
from punie_ls.server.markdown import diffs, heading
from punie_ls.server.partial import PartRefused, part_of
from punie_semantic.exceptions import SemanticError
from punie_semantic.text_edits import line_edits

if TYPE_CHECKING:
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange

CHOICES = {"apply": "Apply", "show": "Show diff", "reject": "Reject"}
MAX_NAMED = 5


async def propose(
    server: PunieServer,
    project: Project,
    changes: Sequence[FileChange],
    label: str,
    answer: bool | None = None,
    note: str = "",
    session: str = "",
) -> Applied:
    """Ask, then apply.

    Args:
        server: asks.
        project: whose files they are.
        changes: edits that were re-checked.
        label: what they are for; the history shows it too.
        answer: the user's own answer, given with the command.
        note: a sentence more for the question.
        session: whose turn made the edits; empty for none.
    """
    if not can_apply(server):
        return await _only_shown(server, changes, label, "this editor takes no edits from a server.")
    chosen = Answer("apply" if answer else "reject")
    if answer is None:
        try:
            chosen = await _asked(server, project, changes, label, note, session)
        except CannotAsk:
            why = 'this editor cannot ask you. Call the command with "apply": true.'
            return await _only_shown(server, changes, label, why)
    if chosen.choice != "apply":
        return Applied(False, "Rejected; nothing was changed.", rejected=True)
    done = await _apply(server, project, changes, label, chosen)
    if not done.applied and not done.rejected:
        server.say(done.sentence, types.MessageType.Warning)
    return done


async def _apply(
    server: PunieServer, project: Project, changes: Sequence[FileChange], label: str, chosen: Answer
) -> Applied:
    if chosen.hunks is None:
        return await apply(server, project, changes, label)
    try:
        part = await part_of(project, changes, chosen.hunks)
    except (PartRefused, SemanticError) as error:
        return Applied(False, str(error))
    if not part:
        return Applied(False, "Rejected; nothing was changed.", rejected=True)
    return await apply(server, project, part, label)


async def _only_shown(server: PunieServer, changes: Sequence[FileChange], label: str, why: str) -> Applied:
    await server.answers.show(_diff(server, changes, label), f"{label}: {summary(changes)}.")
    return Applied(False, f"Not applied: {why}")


async def _asked(
    server: PunieServer, project: Project, changes: Sequence[FileChange], label: str, note: str, session: str
) -> Answer:
    checked = "Re-checked by ty and ruff: nothing new is reported."
    detail = " ".join(filter(None, [f"{summary(changes)}.", note, checked]))
    files = [AskedFile(uri_of(change, project.folder), change.diff) for change in changes]
    question = Question("edit", label, detail, CHOICES, project.uri, session, files)
    answer = await put(server, question, f"{label}: {detail}")
    if answer.choice == "show":
        await server.answers.show(_diff(server, changes, label), f"{label}: {summary(changes)}.")
        again = {key: name for key, name in CHOICES.items() if key != "show"}
        answer = await put(server, replace(question, choices=again), f"{label}: {detail}")
    return answer


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
