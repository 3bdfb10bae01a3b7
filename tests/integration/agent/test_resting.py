"""A project in which nothing happens rests: its ty is gone, and is there again for the next question."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil

from punie_agent.acp.conversation import Conversation
from punie_agent.acp.host import AgentHost
from punie_agent.events import Choice, EditProposed, PermissionRequested
from punie_agent.requests import FixRequest

RENAMED = FixRequest("app.py", 1, 7, "ty", "unresolved-reference", "Name `lem` used when not defined")


def running() -> list[int]:
    """The processes of ty."""
    children = psutil.Process().children(recursive=True)
    return [p.pid for p in children if p.name() == "ty" and p.status() != psutil.STATUS_ZOMBIE]


async def nobody(_: PermissionRequested) -> Choice:
    return "reject_once"


async def proposed(talk: Conversation) -> list[str]:
    """The files that a fix edits."""
    async with talk.turn(nobody):
        await talk.opened.begin()
        events = [event async for event in talk.opened.prompt(RENAMED.prompt())]
    return [file.file for event in events if isinstance(event, EditProposed) for file in event.files]


async def test_ty_ends_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\n')
    (tmp_path / "app.py").write_text("print(lem('🚀'))\n")
    async with AgentHost(rest_seconds=0.2) as host:
        talk = await host.begin(object(), str(tmp_path))
        assert await proposed(talk) == ["app.py"]
        while running():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)

        assert await proposed(talk) == ["app.py"]


async def test_nothing_rests_while_a_turn_runs(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    async with AgentHost(rest_seconds=0.05) as host:
        talk = await host.begin(object(), str(tmp_path))
        async with talk.turn(nobody):
            await talk.manager.workspace.warm()
            before = running()
            await asyncio.sleep(0.5)

            assert running() == before != []
