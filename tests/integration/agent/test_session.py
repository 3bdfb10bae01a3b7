"""A session with a scripted model: whatever the model does, only re-checked edits are proposed."""

from __future__ import annotations

import asyncio

import pytest
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart

from punie_agent.events import Done, EditProposed, Event, Notice, Program, Text
from punie_agent.requests import TaskRequest
from punie_agent.session import Session, open_session
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project
from tests.integration.agent.scripting import answering, scripted


async def turn(session: Session, target: Diagnostic | None = None, prompt: str = "Do it") -> list[Event]:
    return [event async for event in session.prompt(prompt, target)]


def kinds(events: list[Event]) -> list[str]:
    """The types of events, with pieces of one answer as one, and without what was used."""
    found = [event.type for event in events if event.type != "usage"]
    return [kind for before, kind in zip(["", *found], found, strict=False) if (before, kind) != ("text", "text")]


def said(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


async def target_of(workspace: Workspace) -> Diagnostic:
    return (await workspace.checker.by_ruff(workspace.root / "app.py")).problems[0]


async def test_a_good_edit_is_proposed(project: Project) -> None:
    model = scripted("edit_file('app.py', 'x = 1', 'x = 2').diff")
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace, open_session(workspace, model) as session:
        events = await turn(session)

        assert kinds(events) == [
            "program",
            "tool_call_started",
            "tool_call_ended",
            "program_ended",
            "text",
            "verifying",
            "edit_proposed",
            "done",
        ]
        proposed = events[-2]
        assert isinstance(proposed, EditProposed)
        assert proposed.report.state == "clean"
        assert [(f.file, f.diff) for f in proposed.files] == [
            ("app.py", "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n")
        ]
        assert [c.text for c in session.proposal] == ["x = 2\n"]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("edit_file('app.py', 'x = 1', 'x = nowhere').changed", "`nowhere`"),
        ("edit_file('app.py', 'x = 1', 'x = (').changed", "expected"),
        ("edit_file('app.py', 'x = 1', 'y = 1').changed", "`x`"),
    ],
    ids=["undefined name", "syntax", "breaks a dependent"],
)
async def test_a_bad_edit_is_dropped_with_a_notice(project: Project, program: str, why: str) -> None:
    root = project({"app.py": "x = 1\n", "use.py": "from app import x\n\nprint(x)\n"})
    async with Workspace.open(root) as workspace, open_session(workspace, scripted(program)) as session:
        events = await turn(session)

        assert session.proposal == []
        assert workspace.overlay.changes() == []
    notices = [e.text for e in events if isinstance(e, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith("The edits were dropped because they do not re-check clean: ")
    assert why in notices[0]
    assert not any(isinstance(e, EditProposed) for e in events)
    assert events[-1] == Done(reason="end_turn")


async def test_a_clean_edit_that_leaves_the_target_is_dropped(project: Project) -> None:
    model = scripted("edit_file('app.py', 'x = 1', 'x = 2').changed", says="I fixed it!")
    root = project({"app.py": "import os\n\nx = 1\n"})
    async with Workspace.open(root) as workspace, open_session(workspace, model) as session:
        events = await turn(session, await target_of(workspace))

        assert session.proposal == []
        assert workspace.overlay.changes() == []
    why = "The edits were dropped because they do not re-check clean: the problem is still there"
    assert Notice(text=why, level="warning") in events


async def test_hiding_the_target_by_breaking_the_file_is_dropped(project: Project) -> None:
    model = scripted("edit_file('app.py', 'import os', 'import os (').changed")
    root = project({"app.py": "import os\n\nx = 1\n"})
    async with Workspace.open(root) as workspace, open_session(workspace, model) as session:
        await turn(session, await target_of(workspace))

        assert session.proposal == []


async def test_edits_of_earlier_turns_stay_when_a_later_one_is_dropped(project: Project) -> None:
    model = scripted("edit_file('app.py', 'x = 1', 'x = 2').changed")
    bad = scripted("edit_file('app.py', 'x = 2', 'x = nowhere').changed")
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace:
        async with open_session(workspace, model) as session:
            await turn(session)
        async with open_session(workspace, bad) as session:
            await turn(session)

        assert [c.text for c in workspace.overlay.changes()] == ["x = 2\n"]


async def test_words_alone_propose_nothing(project: Project) -> None:
    async with (
        Workspace.open(project({"app.py": ""})) as workspace,
        open_session(workspace, scripted(says="Hello.")) as session,
    ):
        events = await turn(session)

        assert (kinds(events), said(events)) == (["text", "done"], "Hello.")
        assert events[-1] == Done(reason="end_turn")
        assert session.proposal == []


async def test_a_program_s_error_goes_back_to_the_model(project: Project) -> None:
    programs = ["print('so far')\nx = 0\n1 // x", "(1, 2)"]
    returned: list[ToolReturnPart] = []

    def answer(messages: list[ModelMessage]) -> ModelResponse:
        last = messages[-1].parts[-1]
        if isinstance(last, ToolReturnPart):
            returned.append(last)
        if programs:
            return ModelResponse(parts=[ToolCallPart("run_code", {"code": programs.pop(0)})])
        return ModelResponse(parts=[TextPart("Now it works.")])

    model = answering(answer)
    async with Workspace.open(project({"app.py": ""})) as workspace, open_session(workspace, model) as session:
        events = await turn(session)

    failed, done = returned
    assert failed.outcome == "retried"
    assert str(failed.content).startswith("so far\n")
    assert "ZeroDivisionError: division by zero" in str(failed.content)
    assert done.content == {"result": [1, 2], "output": ""}
    assert kinds(events) == ["program", "program_output", "program_ended", "program", "program_ended", "text", "done"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModelHTTPError(503, "some-model", "overloaded"), "503"),
        (RuntimeError("a bug"), "RuntimeError: a bug"),
    ],
)
async def test_a_failing_model_ends_the_turn_with_an_error(project: Project, error: Exception, message: str) -> None:
    first = True

    def answer(messages: list[ModelMessage]) -> ModelResponse:
        nonlocal first
        if not first:
            raise error
        first = False
        return ModelResponse(parts=[ToolCallPart("run_code", {"code": "edit_file('app.py', 'x = 1', 'x = 2').diff"})])

    async with (
        Workspace.open(project({"app.py": "x = 1\n"})) as workspace,
        open_session(workspace, answering(answer)) as session,
    ):
        events = await turn(session)

        assert session.proposal == []
        assert workspace.overlay.changes() == []
    done = events[-1]
    assert isinstance(done, Done)
    assert done.reason == "error"
    assert message in done.message


async def test_a_model_that_never_stops_is_stopped(project: Project) -> None:
    def answer(messages: list[ModelMessage]) -> ModelResponse:
        return ModelResponse(parts=[ToolCallPart("run_code", {"code": "1"})])

    async with (
        Workspace.open(project({"app.py": ""})) as workspace,
        open_session(workspace, answering(answer)) as session,
    ):
        events = await turn(session)

    done = events[-1]
    assert done == Done(
        reason="budget",
        message="The turn has used its budget of 50 requests to the model. "
        "Ask for less at once, or raise the setting budget.requests.",
    )


async def test_closing_the_prompt_goes_back_to_the_overlay_before(project: Project) -> None:
    waiting = asyncio.Event()
    cancelled = asyncio.Event()

    async def answer(messages: list[ModelMessage]) -> ModelResponse:
        if len(messages) == 1:
            return ModelResponse(
                parts=[ToolCallPart("run_code", {"code": "edit_file('app.py', 'x = 2', 'x = 3').diff"})]
            )
        waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    root = project({"app.py": "x = 1\n"})
    async with Workspace.open(root) as workspace:
        workspace.overlay.write(root / "app.py", "x = 2\n")
        async with open_session(workspace, answering(answer)) as session:
            prompt = session.prompt("Do it")
            assert isinstance(await anext(prompt), Program)
            await waiting.wait()
            assert workspace.overlay.text(root / "app.py") == "x = 3\n"

            await prompt.aclose()

            assert cancelled.is_set()
            assert session.proposal == []
            assert workspace.overlay.text(root / "app.py") == "x = 2\n"
        assert (await workspace.checker.both(root / "app.py")).diagnostics == ()


async def test_a_session_goes_on_after_a_closed_prompt(project: Project) -> None:
    model = scripted("diagnostics('app.py').state", "edit_file('app.py', 'x = 1', 'x = 2').changed")
    async with Workspace.open(project({"app.py": "x = 1\n"})) as workspace, open_session(workspace, model) as session:
        prompt = session.prompt("First")
        await anext(prompt)
        await prompt.aclose()

        events = await turn(session)

        assert events[-1] == Done(reason="end_turn")
        assert [c.text for c in session.proposal] == ["x = 2\n"]


async def test_cancelling_one_session_leaves_another_alone(project: Project) -> None:
    model = scripted("diagnostics('app.py').state")
    other = scripted("[diagnostics('app.py').state for i in range(5)]", "edit_file('app.py', 'x = 1', 'x = 2').diff")
    async with (
        Workspace.open(project({"app.py": "x = 1\n"})) as workspace,
        open_session(workspace, model) as first,
        open_session(workspace, other) as second,
    ):
        prompt = first.prompt("First")
        await anext(prompt)
        running = asyncio.create_task(turn(second))
        await prompt.aclose()

        assert (await running)[-1] == Done(reason="end_turn")
        assert len(second.proposal) == 1


async def test_the_builtin_model_says_what_it_cannot_do(project: Project) -> None:
    async with Workspace.open(project({"app.py": ""})) as workspace, open_session(workspace) as session:
        events = await turn(session, prompt="Compose a symphony")

    assert kinds(events) == ["text", "done"]
    assert "builtin" in said(events)
    assert "model" in said(events)


async def test_the_project_s_wishes_reach_the_model_the_nearer_ones_too(project: Project) -> None:
    told: list[str] = []

    def answer(messages: list[ModelMessage]) -> ModelResponse:
        request = messages[-1]
        assert isinstance(request, ModelRequest)
        told.append(str(request.instructions))
        return ModelResponse(parts=[TextPart("Yes.")])

    root = project(
        {"AGENTS.md": "Write short names.", "shop/AGENTS.md": "Prices are in cents.", "shop/a.py": "", "other.py": ""}
    )
    async with Workspace.open(root) as workspace, open_session(workspace, answering(answer)) as session:
        await turn(session, prompt=TaskRequest("explain", "shop/a.py", 1, 1).prompt())
        await turn(session, prompt=TaskRequest("explain", "other.py", 1, 1).prompt())
        await turn(session, prompt=TaskRequest("explain", "../outside.py", 1, 1).prompt())

    assert ["Prices are in cents." in text for text in told] == [True, False, False]
    assert all("Write short names." in text for text in told)


async def test_an_instruction_file_that_cannot_be_read_is_told(project: Project) -> None:
    root = project({"app.py": ""})
    (root / "AGENTS.md").write_bytes(b"\xff\xfe\x00")
    async with Workspace.open(root) as workspace, open_session(workspace, scripted()) as session:
        events = await turn(session)

    assert Notice(text="AGENTS.md is not read: it is not UTF-8.") in events
    assert events[-1] == Done(reason="end_turn")
