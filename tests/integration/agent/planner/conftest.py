"""One project for the planner's tests, asked through a session as people ask."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from punie_agent.events import Done, EditProposed, Event, ProgramEnded, Text, ToolCallStarted
from punie_agent.session import Session, open_session
from punie_semantic.workspace import Workspace
from tests.integration.agent.planner.shop import write_shop


@dataclass
class Reply:
    """What a turn said and did."""

    text: str = ""
    tools: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    proposed: dict[str, str] = field(default_factory=dict)
    done: str = ""


@dataclass
class Shop:
    """The project, and a session that answers about it."""

    workspace: Workspace
    session: Session

    async def ask(self, prompt: str) -> Reply:
        """One turn on fresh texts; its edits are forgotten afterwards."""
        reply = Reply()
        async for event in self.session.prompt(prompt):
            note(event, reply)
        reply.proposed = {change.file: change.diff for change in self.session.proposal}
        await self.workspace.begin()
        return reply


def note(event: Event, reply: Reply) -> None:
    """Keep what a test looks at."""
    match event:
        case Text():
            reply.text += event.text
        case ToolCallStarted():
            reply.tools.append(event.tool)
        case ProgramEnded(error=error) if error:
            reply.errors.append(error)
        case EditProposed():
            reply.proposed = {file.file: file.diff for file in event.files}
        case Done():
            reply.done = event.reason
        case _:
            pass


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Shop]:
    """A trusted project whose interpreter has pytest, without the plug-ins of our own environment."""
    root = write_shop(tmp_path_factory.mktemp("shop") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        async with (
            Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace,
            open_session(workspace) as session,
        ):
            yield Shop(workspace, session)
