"""What ends a turn, and what stays of it: cancelling, budgets, and a conversation that goes on."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import psutil
import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import FunctionModel

from punie_agent.events import Choice, Done, Event, Notice, PermissionRequested, ToolCallEnded, ToolCallStarted, Usage
from punie_agent.exceptions import SessionBusy
from punie_agent.models.choice import ModelChoice
from punie_agent.permissions import Decider
from punie_agent.session import Session, open_session
from punie_semantic.settings import Budget, Policy
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project
from tests.integration.agent.scripting import answering, scripted

GENEROUS_SECONDS = 5.0


@asynccontextmanager
async def session_on(
    project: Project,
    text: str,
    model: FunctionModel,
    budget: Budget | None = None,
    decide: Decider | None = None,
) -> AsyncGenerator[Session]:
    """A session on a project whose one file, app.py, has a text."""
    root = project({"app.py": text})
    async with (
        Workspace.open(root) as workspace,
        open_session(workspace, model, budget=budget, decide=decide) as session,
    ):
        yield session


async def yes(request: PermissionRequested) -> Choice:
    return "allow_once"


def running(mark: str) -> list[int]:
    """Processes with a mark in their arguments."""
    return [p.pid for p in psutil.process_iter(["cmdline"]) if mark in (p.info["cmdline"] or [])]


async def events_of(session: Session, prompt: str = "Do it") -> list[Event]:
    return [event async for event in session.prompt(prompt)]


async def until(
    session: Session, kind: str, events: list[Event], times: int = 1, prompt: str = "Do it"
) -> asyncio.Task[None]:
    """Begin a turn, collect its events, and come back when one of a kind was seen so many times."""
    seen = asyncio.Event()

    async def listen() -> None:
        async for event in session.prompt(prompt):
            events.append(event)
            if sum(e.type == kind for e in events) == times:
                seen.set()

    task = asyncio.create_task(listen())
    await seen.wait()
    return task


@pytest.mark.parametrize(
    "program",
    ["while True:\n    pass", "[read_file('app.py') for i in range(100000)]", "import time\ntime.sleep(60)"],
    ids=["loop", "tools", "sleep"],
)
async def test_cancel_ends_a_program_whatever_it_does(project: Project, program: str) -> None:
    async with session_on(project, "x = 1\n", scripted(program)) as session:
        events: list[Event] = []
        turn = await until(session, "program", events)
        await asyncio.sleep(0.2)

        started = time.monotonic()
        await session.cancel()
        await turn

        assert time.monotonic() - started < GENEROUS_SECONDS
        assert events[-1] == Done(reason="cancelled", message="Stopped. Nothing was changed.")
        assert not session.running
        assert (await events_of(session))[-1] == Done(reason="end_turn")


async def test_cancel_ends_the_command_that_a_tool_runs(project: Project) -> None:
    mark = f"60.{uuid.uuid4().int % 10**9}"
    model = scripted(f"run_command(['sleep', '{mark}'])")
    async with session_on(project, "", model, decide=yes) as session:
        events: list[Event] = []
        turn = await until(session, "permission_answered", events)
        while True:
            if running(mark):
                break
            await asyncio.sleep(0.02)
        await session.cancel()
        await turn

        ended = time.monotonic()
        while running(mark):  # it was killed, which takes the kernel a moment
            assert time.monotonic() - ended < GENEROUS_SECONDS
            await asyncio.sleep(0.01)
    calls = [e for e in events if isinstance(e, ToolCallStarted | ToolCallEnded)]
    assert [type(e) for e in calls] == [ToolCallStarted, ToolCallEnded]
    assert events[-1].type == "done"


async def test_what_was_said_before_a_cancel_is_still_known(project: Project) -> None:
    asked: list[list[ModelMessage]] = []

    async def answer(messages: list[ModelMessage]) -> ModelResponse:
        asked.append(list(messages))
        if len(asked) == 1:
            return ModelResponse(parts=[ToolCallPart("run_code", {"code": "6 * 7"})])
        if len(asked) == 2:
            return ModelResponse(parts=[ToolCallPart("run_code", {"code": "while True:\n    pass"})])
        return ModelResponse(parts=[TextPart("Yes.")])

    async with session_on(project, "", answering(answer)) as session:
        events: list[Event] = []
        turn = await until(session, "program", events, times=2, prompt="First question")
        await session.cancel()
        await turn

        await events_of(session, "Second question")

    prompts = [
        p.content for m in asked[-1] if isinstance(m, ModelRequest) for p in m.parts if isinstance(p, UserPromptPart)
    ]
    assert prompts == ["First question", "Second question"]
    assert "42" in str(asked[-1])
    calls = [p for m in asked[-1] if isinstance(m, ModelResponse) for p in m.parts if isinstance(p, ToolCallPart)]
    assert [c.args_as_dict()["code"] for c in calls] == ["6 * 7", "while True:\n    pass"]


@pytest.mark.parametrize(
    ("budget", "program", "limit"),
    [
        (Budget(tool_calls=5), "[read_file('app.py') for i in range(50)]", "5 tool calls"),
        (
            Budget(tool_calls=5),
            "for i in range(50):\n    try:\n        read_file('app.py')\n    except Exception:\n        pass",
            "5 tool calls",
        ),
        (Budget(seconds=0.5), "while True:\n    pass", "0.5 seconds"),
        (Budget(tokens=30), "1", "30 tokens"),
    ],
    ids=["tool calls", "caught", "time", "tokens"],
)
async def test_a_used_up_budget_ends_the_turn(project: Project, budget: Budget, program: str, limit: str) -> None:
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace:
        edit = "edit_file('app.py', 'x = 1', 'x = 2')\n"
        async with open_session(workspace, scripted(edit + program), budget=budget) as session:
            events = await events_of(session)

            done = events[-1]
            assert isinstance(done, Done)
            assert (done.reason, limit in done.message) == ("budget", True)
            assert session.proposal == []
            assert workspace.overlay.changes() == []


async def test_a_second_prompt_is_told_to_wait(project: Project) -> None:
    async with session_on(project, "", scripted("while True:\n    pass")) as session:
        turn = await until(session, "program", [])
        with pytest.raises(SessionBusy):
            await events_of(session)
        await session.cancel()
        await turn


async def test_usage_is_told_and_kept(project: Project) -> None:
    async with session_on(project, "x = 1\n", scripted("read_file('app.py').text")) as session:
        events = await events_of(session)

        last = [e for e in events if isinstance(e, Usage)][-1]
        assert (last.requests, last.tool_calls, last.cost) == (2, 1, None)
        assert last.input_tokens > 0
        assert session.usage == last


async def test_another_model_answers_from_the_next_turn_on(project: Project) -> None:
    async with session_on(project, "", scripted(says="One.")) as session:
        await events_of(session)
        session.use(ModelChoice(scripted(says="Two."), "second", {}))
        events = await events_of(session)

    assert "".join(e.text for e in events if e.type == "text") == "Two."


@pytest.mark.parametrize(
    ("policy", "why"),
    [(Policy(mode="read-only"), "mode read-only"), (Policy(deny=("edit: app.py",)), "rule edit: app.py")],
    ids=["read-only", "rule"],
)
async def test_the_policy_keeps_edits_from_being_offered(project: Project, policy: Policy, why: str) -> None:
    root = project({"app.py": "x = 1\n"})
    async with Workspace.open(root) as workspace:
        workspace.settings = msgspec.structs.replace(workspace.settings, policy=policy)
        async with open_session(workspace, scripted("edit_file('app.py', 'x = 1', 'x = 2')")) as session:
            events = await events_of(session)

            assert session.proposal == []
            assert workspace.overlay.changes() == []
    assert [e.text for e in events if isinstance(e, Notice)] == [
        f"The edits are not offered: {why} of the policy does not allow them."
    ]
    assert events[-1] == Done(reason="end_turn")
