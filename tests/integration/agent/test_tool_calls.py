"""Tool calls of a program on a real workspace, seen as events."""

from __future__ import annotations

import pytest

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_agent.events import Event, Place, Plan, ToolCallEnded, ToolCallStarted
from punie_agent.exceptions import ProgramError
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project


async def test_a_program_edits_the_overlay_and_reads_the_results(project: Project) -> None:
    root = project({"a.py": "import os\nx = 1\n"})
    program = (
        "problem = diagnostics('a.py').problems[-1]\n"
        "start = checkpoint()\n"
        "edit_file('a.py', 'import os\\n', '')\n"
        "report = verify_edits(start, problem.id)\n"
        "(problem.code, report.state, report.target_fixed, [p.code for p in report.fixed])\n"
    )
    async with Workspace.open(root) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        done = await runner.run(program, tool_caller(workspace, lambda event: None))
        texts = [c.text for c in workspace.overlay.changes()]

    assert done.value[:3] == ("F401", "clean", True)
    assert texts == ["x = 1\n"]
    assert (root / "a.py").read_text() == "import os\nx = 1\n"


async def test_calls_are_events_with_human_titles(project: Project) -> None:
    events: list[Event] = []
    program = "read_file('a.py')\ntry:\n    read_file('gone.py')\nexcept RuntimeError:\n    pass"
    async with Workspace.open(project({"a.py": ""})) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        await runner.run(program, tool_caller(workspace, events.append))

    assert events == [
        ToolCallStarted(
            id="call-1", tool="read_file", kind="read", title="Read a.py", places=[Place(file="a.py", line=1)]
        ),
        ToolCallEnded(id="call-1", tool="read_file"),
        ToolCallStarted(
            id="call-2", tool="read_file", kind="read", title="Read gone.py", places=[Place(file="gone.py", line=1)]
        ),
        ToolCallEnded(
            id="call-2",
            tool="read_file",
            error="gone.py does not exist in the workspace. Check the path; search_text finds files by their text.",
        ),
    ]


async def test_a_plan_is_told_as_a_plan(project: Project) -> None:
    events: list[Event] = []
    program = "steps = ['Find\\nthem', 'Fix them', 'Test']\nfor done in [1, 3]:\n    show_plan(steps, done)"
    async with Workspace.open(project({"a.py": ""})) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        await runner.run(program, tool_caller(workspace, events.append))
        await runner.run("show_plan([str(n) for n in range(200)], 120)", tool_caller(workspace, events.append))

    first, last, long = events
    assert isinstance(first, Plan)
    assert [(e.content, e.status) for e in first.entries] == [
        ("Find them", "completed"),
        ("Fix them", "in_progress"),
        ("Test", "pending"),
    ]
    assert isinstance(last, Plan)
    assert {entry.status for entry in last.entries} == {"completed"}
    assert isinstance(long, Plan)
    assert len(long.entries) == 50
    assert next(entry.content for entry in long.entries if entry.status == "in_progress") == "120"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("def f(x):\n    return read_file(x)\nf(3)", "TypeError: read_file: path: Input should be a valid string"),
        ("def f(*x):\n    return read_file(*x)\nf()", "missing a required argument: 'path'"),
        ("read_file('../x.py')", "is outside the workspace"),
        ("pytest_run('.')", "this workspace is not trusted"),
        ("rollback(7)", "There is no checkpoint 7"),
        ("show_plan(['One'], 2)", "done is 2, and there are 1 steps. Pass 0 to 1"),
    ],
)
async def test_mistakes_are_told_in_words(project: Project, program: str, message: str) -> None:
    async with Workspace.open(project({"a.py": ""})) as workspace, open_runner(render_stubs(), TOOLS) as runner:
        with pytest.raises(ProgramError, match=message):
            await runner.run(program, tool_caller(workspace, lambda event: None))
