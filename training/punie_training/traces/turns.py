"""From a stored turn to an example: what was asked, and the program that answered it."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath

from punie_agent.events import EditDeclined, EditProposed, FileDiff, PermissionAnswered, Program, ProgramEnded
from punie_agent.models.small_prompt import fenced
from punie_agent.store import SessionSummary, StoredTurn
from punie_training.curating.tool_calls import known_tools, parse, tool_calls, tools_in
from punie_training.dataset import Example, Provenance, example_of
from punie_training.traces.fixes import UNPUBLISHED

MOST_QUERY = 2000

Lines = Counter[str]
# Says whether edits, as the lines that they add and remove, stand in the project now.
Stands = Callable[[SessionSummary, StoredTurn, Lines], bool]


def example_of_turn(session: SessionSummary, turn: StoredTurn, stands: Stands) -> Example | str:
    """The example of a turn, or why nothing can be learnt from it, in a few words.

    A turn must have come to its end; its program must have run; its edits, if it made any, must have re-checked clean,
    been taken by the user, and not been taken back since.
    """
    if problem := _unfinished(turn):
        return problem
    code = _last_program(turn)
    if not code:
        return "words alone"
    try:
        if not tool_calls(code).tools:
            return "no tool"
    except SyntaxError:
        return "no Python"
    if _borrowed(code):
        return "needs an earlier program"
    proposed = [event for event in turn.events if isinstance(event, EditProposed)]
    if proposed and not stands(session, turn, changed_lines(proposed[-1].files)):
        return "edits not accepted"
    return _example(session, turn, code, outcome="accepted" if proposed else "executed")


def changed_lines(files: list[FileDiff]) -> Lines:
    """The lines that diffs add and remove, with their signs."""
    return sum((diff_lines(file.diff) for file in files), Counter[str]())


def diff_lines(diff: str) -> Lines:
    """The lines that a unified diff adds and removes, with their signs."""
    lines = [line.rstrip("\r\n") for line in diff.splitlines(keepends=True)]
    return Counter(line for line in lines if line[:1] in "+-" and line[:4] not in ("+++ ", "--- ") and line)


def _unfinished(turn: StoredTurn) -> str:
    if turn.reason != "end_turn":
        return turn.reason.replace("_", " ") if turn.reason else "interrupted"
    if not turn.prompt.strip() or len(turn.prompt) > MOST_QUERY:
        return "too long" if turn.prompt.strip() else "no words"
    if any(isinstance(event, PermissionAnswered) and not event.allowed for event in turn.events):
        return "refused"
    if any(isinstance(event, EditDeclined) for event in turn.events):
        return "not verified"
    return ""


def _last_program(turn: StoredTurn) -> str:
    """The code of the last program that ran to its end; empty when there is none."""
    codes = {event.id: event.code for event in turn.events if isinstance(event, Program)}
    ended = [event for event in turn.events if isinstance(event, ProgramEnded) and event.id in codes]
    return codes[ended[-1].id].strip() if ended and not ended[-1].error else ""


def _borrowed(code: str) -> set[str]:
    """Names that a program uses and nobody defines: an earlier program of the conversation did."""
    nodes = list(ast.walk(parse(code)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    given = {node.arg for node in nodes if isinstance(node, ast.arg)}
    imported = {(n.asname or n.name).partition(".")[0] for n in nodes if isinstance(n, ast.alias)}
    caught = {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    known = stored | defined | given | imported | caught | known_tools() | set(dir(builtins))
    return {node.id for node in nodes if isinstance(node, ast.Name)} - known


def _example(session: SessionSummary, turn: StoredTurn, code: str, *, outcome: str) -> Example:
    provenance = Provenance(
        category="trace",
        source=f"session:{session.id}/{turn.number}",
        licence=UNPUBLISHED,
        project=PurePath(session.project).name,
        tools=tools_in(fenced(code)),
        outcome=outcome,
        split_key=f"session:{session.id}",
    )
    return example_of(turn.prompt.strip(), provenance, program=code)
