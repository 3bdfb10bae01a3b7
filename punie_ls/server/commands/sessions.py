"""`punie.sessions` and `punie.selectModel`: past conversations, and which model answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from pygls.exceptions import JsonRpcInvalidParams

from punie_ls.server.asking import CannotAsk, ask
from punie_ls.server.commands.arguments import ModelArguments, SessionsArguments
from punie_ls.server.commands.listings import model_rows, session_data, session_rows
from punie_ls.server.commands.result import Result
from punie_ls.server.markdown import fenced, heading
from punie_ls.server.places import project_of

if TYPE_CHECKING:
    from punie_agent.models.listing import ModelRow
    from punie_agent.sessions import SessionManager
    from punie_agent.store.records import SessionSummary
    from punie_ls.server.commands.table import Call
    from punie_ls.server.project import Project
    from punie_ls.server.server import PunieServer

MAX_CHOICES = 8
MAX_LISTED = 100
ACTIONS = {"Resume": "resume", "Show": "show", "Export": "export", "Delete": "delete"}


async def sessions(server: PunieServer, call: Call, arguments: SessionsArguments) -> Result:
    """List, resume, show, export or delete sessions; what is not said is asked."""
    project = project_of(server, call.command, arguments.uri)
    with server.jobs.running("Sessions") as job:
        found = await (await project.agent()).list(limit=MAX_LISTED)
        if arguments.action == "list" and arguments.format == "json":
            return Result(False, _counted(found), data=session_rows(found, project.current))
        if not found:
            server.say("There are no sessions yet. punie.ask begins one.")
            return Result(False, "There are no sessions yet.")
        if arguments.action == "list":
            return await _list(server, project, found)
        job.doing = "Waiting for you"
        session = _named(call, found, arguments.session) if arguments.session else None
        try:
            session = session or await _chosen_session(server, found)
            action = arguments.action or (await _chosen_action(server, session) if session else None)
        except CannotAsk:
            return await _list(server, project, found)
        if session is None or action is None:
            return Result(False, "Nothing was chosen.")
        return await _ACTIONS[action](server, project, session, arguments)


async def _chosen_session(server: PunieServer, found: Sequence[SessionSummary]) -> SessionSummary | None:
    titles = {f"{number}. {s.title or s.id}": s for number, s in enumerate(found[:MAX_CHOICES], 1)}
    answer = await ask(server, "Which session?", list(titles))
    return titles[answer] if answer else None


async def _chosen_action(server: PunieServer, session: SessionSummary) -> str | None:
    answer = await ask(server, f"What about “{session.title}”?", list(ACTIONS))
    return ACTIONS[answer] if answer else None


def _named(call: Call, found: Sequence[SessionSummary], key: str) -> SessionSummary:
    matching = [session for session in found if session.id.startswith(key)]
    exact = [session for session in matching if session.id == key] or matching
    if len(exact) != 1:
        what = "is the beginning of several ids" if matching else "is no session of this project"
        raise JsonRpcInvalidParams(f'{call.command}: {key} {what}; {{"action": "list"}} shows them.')
    return exact[0]


async def _list(server: PunieServer, project: Project, found: Sequence[SessionSummary]) -> Result:
    rows = ["| session | title | turns | last used | model |", "|---|---|---|---|---|"]
    for session in found:
        title = (session.title or "").replace("|", "\\|") + (" (goes on)" if session.id == project.current else "")
        state = "" if session.state == "idle" else f" ({session.state})"
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(session.updated))
        rows.append(f"| `{session.id}` | {title}{state} | {session.turns} | {used} | {session.model} |")
    text = "# Sessions\n\n" + "\n".join(rows) + "\n"
    uri = server.answers.write("sessions", "Sessions", text)
    sentence = _counted(found)
    await server.answers.show(uri, sentence)
    return Result(False, sentence, text, uri)


def _counted(found: Sequence[SessionSummary]) -> str:
    return f"{len(found)} session{'' if len(found) == 1 else 's'}."


async def _resume(
    server: PunieServer, project: Project, session: SessionSummary, arguments: SessionsArguments
) -> Result:
    manager = await project.agent()
    await manager.resume(session.id, project.decider(session.id))
    project.current = session.id
    server.news.changed()
    transcript = await manager.export(session.id, "markdown")
    uri = server.conversations.restore(session.id, session.title, transcript)
    sentence = f"“{session.title}” goes on: the next punie.ask belongs to it."
    server.say(sentence)
    return Result(False, sentence, transcript, uri)


async def _show(server: PunieServer, project: Project, session: SessionSummary, arguments: SessionsArguments) -> Result:
    if arguments.format == "json":
        stored = await (await project.agent()).stored(session.id)
        return Result(False, f"“{session.title}”.", data=await asyncio.to_thread(session_data, stored))
    text = await (await project.agent()).export(session.id, "markdown")
    uri = server.answers.write(f"shown{session.id}", session.title or "Session", text)
    await server.answers.show(uri, f"“{session.title}”.")
    return Result(False, f"“{session.title}”.", text, uri)


async def _export(
    server: PunieServer, project: Project, session: SessionSummary, arguments: SessionsArguments
) -> Result:
    text = await (await project.agent()).export(session.id, arguments.format)
    page = text if arguments.format == "markdown" else f"{heading(session.title, 1)}\n\n{fenced(text, 'json')}\n"
    uri = server.answers.write(f"exported{session.id}", session.title or "Session", page)
    await server.answers.show(uri, f"“{session.title}” as {arguments.format}.")
    return Result(False, f"“{session.title}” as {arguments.format}.", text, uri)


async def _delete(
    server: PunieServer, project: Project, session: SessionSummary, arguments: SessionsArguments
) -> Result:
    if arguments.action is None or arguments.session is None:
        answer = await ask(server, f"Delete “{session.title}” for good?", ["Delete", "Keep"])
        if answer != "Delete":
            return Result(False, f"“{session.title}” is kept.")
    if project.is_busy(session.id):
        sentence = f"“{session.title}” is at work. Stop it first (punie.stop)."
        server.say(sentence)
        return Result(False, sentence)
    await project.delete(session.id)
    server.conversations.forget(session.id)
    sentence = f"“{session.title}” is deleted."
    server.say(sentence)
    return Result(False, sentence)


_Action = Callable[["PunieServer", "Project", "SessionSummary", SessionsArguments], Awaitable[Result]]
_ACTIONS: dict[str, _Action] = {
    "resume": _resume,
    "show": _show,
    "export": _export,
    "delete": _delete,
}


async def select_model(server: PunieServer, call: Call, arguments: ModelArguments) -> Result:
    """Choose the model for the next turns of this server; the settings stay as they are."""
    project = project_of(server, call.command, arguments.uri)
    with server.jobs.running("Select model") as job:
        manager = await project.agent()
        wanted = arguments.model
        if wanted is None:
            job.doing = "Looking for models…"
            rows = await manager.models()
            if arguments.format == "json":
                return Result(False, f"{len(rows)} models.{_now(manager)}", data=model_rows(rows))
            entries = {_label(row): row.spec for row in rows[:MAX_CHOICES]}
            job.doing = "Waiting for you"
            try:
                answer = await ask(server, f"Which model?{_now(manager)}", list(entries))
            except CannotAsk:
                listed = ", ".join(entries.values())
                sentence = f'The models here: {listed}. Call {call.command} with {{"model": …}}.'
                server.say(sentence)
                return Result(False, sentence)
            if answer is None:
                return Result(False, "The model stays.")
            wanted = entries[answer]
        choice = await manager.select_model(wanted)
        server.news.changed()
        sentence = f"{choice.name} answers from now on."
        server.say(sentence)
        return Result(False, sentence)


def _now(manager: SessionManager) -> str:
    return f" Now: {manager.model.name}." if manager.model else ""


def _label(row: ModelRow) -> str:
    return f"{row.spec} (not usable now)" if row.problem else row.spec
