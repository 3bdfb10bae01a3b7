"""One turn of a session for a command: progress while it runs, a document with the answer, a question for its edits."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from punie_ls.server.commands.result import Result
from punie_ls.server.markdown import first_line
from punie_ls.server.progress import work_done_progress
from punie_ls.server.projection import Projection, Turn
from punie_ls.server.proposals import propose

if TYPE_CHECKING:
    from punie_agent.session import Session
    from punie_ls.server.project import Project
    from punie_ls.server.running import Job
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import FileChange


@dataclass(frozen=True)
class TurnOptions:
    """How a turn is shown.

    Attributes:
        title: what it is, for the progress bar and the question.
        shown: the prompt as the document quotes it.
        token: the client's progress token.
        session: the session that it belongs to; see `Project.session`.
        apply: the user's answer to the question, given beforehand.
        reads: whether the answer is there to be read, and so always shown.
    """

    title: str
    shown: str
    token: int | str | None = None
    session: str | None = None
    apply: bool | None = None
    reads: bool = True


async def take_turn(server: PunieServer, project: Project, prompt: str, options: TurnOptions) -> Result:
    """Run a turn, show its answer and offer its edits."""
    turn = Turn(options.shown)
    with server.jobs.running(options.title) as job:
        session, changes = await _run(server, project, prompt, turn, options, job)
        job.doing = "Waiting for you"
        return await _finish(server, project, session, turn, changes, options)


async def _run(
    server: PunieServer, project: Project, prompt: str, turn: Turn, options: TurnOptions, job: Job
) -> tuple[Session, list[FileChange]]:
    async with work_done_progress(server, options.title, options.token) as report:

        def tell(sentence: str) -> None:
            job.doing = sentence
            report(sentence)

        if not project.opened:
            tell("Starting the agent…")
        async with project.claimed(options.session, first_line(options.shown)) as session:
            job.session = session.id
            server.news.changed()
            if project.is_busy(session.id):
                tell("Waiting for the turn before…")
            projection = Projection(turn, tell)
            try:
                async with project.turn(session):
                    projection.begin()
                    async with (
                        server.events.turn(project, session, options.shown) as tell_client,
                        aclosing(session.prompt(prompt)) as events,
                    ):
                        async for event in events:
                            projection.take(event)
                            tell_client(event)
                    return session, list(session.proposal)
            except asyncio.CancelledError:
                turn.reason = "cancelled"
                server.conversations.add(session, turn)
                raise


async def _finish(
    server: PunieServer,
    project: Project,
    session: Session,
    turn: Turn,
    changes: list[FileChange],
    options: TurnOptions,
) -> Result:
    uri = server.conversations.add(session, turn)
    if turn.ending:
        server.say(turn.ending, types.MessageType.Error if turn.reason == "error" else types.MessageType.Warning)
    elif options.reads or not changes:
        await server.answers.show(uri, turn.sentence, server.conversations.line_of_last(session.id))
    if not changes:
        return Result(False, turn.sentence, turn.answer, uri)
    done = await propose(server, project, changes, options.title, options.apply, session=session.id)
    if done.applied or done.rejected:
        await session.outcome("accepted" if done.applied else "rejected")
    turn.outcome = done.sentence
    server.conversations.update(session, uri)
    return Result(done.applied, f"{turn.sentence} {done.sentence}", turn.answer, uri)
