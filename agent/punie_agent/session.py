"""A session: prompts in, events out. Every edit is re-checked by the session itself before it is proposed.

async with open_session(workspace) as session:
    async for event in session.prompt("Fix the problem at ..."):
        ...
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from pydantic_ai import Agent
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.models import Model

from punie_agent.codemode.runner import CodeRunner, open_runner
from punie_agent.codemode.toolset import TurnDeps, code_toolset
from punie_agent.events import Done, EditProposed, Event, FileDiff, Notice, Text
from punie_agent.models.builtin import BuiltinModel
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import SemanticError
from punie_semantic.overlay import FileChange
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.verify import verify
from punie_semantic.workspace import Workspace

logger = logging.getLogger(__name__)

Emit = Callable[[Event], None]

_INSTRUCTIONS = (
    "You edit a Python project. Write short programs for run_code and read the results. Edits go to an "
    "overlay; keep only what verify_edits calls clean. Answer in one sentence."
)


class Session:
    """One conversation about a workspace; prompts run one after the other.

    Attributes:
        proposal: the last turn's verified edits; empty when it has none to offer.
    """

    def __init__(self, workspace: Workspace, model: Model, runner: CodeRunner) -> None:
        self.workspace = workspace
        self.proposal: list[FileChange] = []
        self._runner = runner
        self._agent = Agent(model, deps_type=TurnDeps, instructions=_INSTRUCTIONS, toolsets=[code_toolset()])

    async def prompt(self, content: str, target: Diagnostic | None = None) -> AsyncGenerator[Event]:
        """Run one turn and yield its events; the last one is `Done`.

        Args:
            content: the request in words.
            target: a problem that the turn's edits must remove to be proposed.

        The turn starts from the overlay as it is; edits that do not re-check clean are dropped, with a
        notice. Closing the iterator, or cancelling its task, cancels the model call, the program and its tools.
        """
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self.proposal = []
        turn = asyncio.create_task(self._turn(content, target, queue.put_nowait))
        try:
            while not isinstance(event := await queue.get(), Done):
                yield event
            yield event
        finally:
            turn.cancel()
            await asyncio.gather(turn, return_exceptions=True)

    async def _turn(self, content: str, target: Diagnostic | None, emit: Emit) -> None:
        before = self.workspace.overlay.checkpoint()
        try:
            await self._runner.reset()
            result = await self._agent.run(content, deps=TurnDeps(self.workspace, self._runner, emit))
            emit(Text(text=result.output))
            await self._propose(before, target, emit)
            emit(Done(reason="end_turn"))
        except asyncio.CancelledError:
            self._drop(before)
            emit(Done(reason="cancelled"))
            raise
        except (AgentRunError, SemanticError) as error:
            self._drop(before)
            emit(Done(reason="error", message=str(error)))
        except Exception as error:  # the border of a turn: a bug must not end the server
            logger.exception("a turn failed")
            self._drop(before)
            emit(Done(reason="error", message=f"{type(error).__name__}: {error}"))

    async def _propose(self, before: int, target: Diagnostic | None, emit: Emit) -> None:
        state = self.workspace.overlay.checkpoint_state(before)
        changes = self.workspace.overlay.changes(state)
        if not changes:
            return
        report = await verify(self.workspace.checker, self.workspace.files, state, target)
        if report.state != "clean" or (target and not report.target_fixed):
            self._drop(before)
            why = report.reason or (report.introduced[0].message if report.introduced else "the problem is still there")
            emit(Notice(text=f"The edits were dropped because they do not re-check clean: {why}"))
            return
        self.proposal = changes
        diffs = [FileDiff(file=change.file, diff=change.diff) for change in changes]
        emit(EditProposed(files=diffs, report=report))

    def _drop(self, before: int) -> None:
        self.proposal = []
        self.workspace.overlay.rollback(before)


@asynccontextmanager
async def open_session(workspace: Workspace, model: Model | None = None) -> AsyncGenerator[Session]:
    """A session with a sandbox of its own; the builtin planner is the default model."""
    async with open_runner(render_stubs(), TOOLS) as runner:
        yield Session(workspace, model or BuiltinModel(), runner)
