"""Code mode and JSON tools as pydantic-ai toolsets: what the model gets back, and what listeners are told meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic_ai import Agent, FunctionToolset
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from punie_agent.codemode.json_tools import json_toolset
from punie_agent.codemode.runner import CodeRunner
from punie_agent.codemode.toolset import TurnDeps, code_toolset
from punie_agent.events import (
    Event,
    FileDiff,
    Place,
    Program,
    ProgramEnded,
    ProgramOutput,
    ToolCallEnded,
    ToolCallStarted,
)
from punie_semantic.registry import TOOLS
from punie_semantic.workspace import Workspace


@dataclass
class Turn:
    """A model that makes these calls, one step after the other, and what came of them."""

    calls: Sequence[ToolCallPart | list[ToolCallPart]]
    events: list[Event] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    info: AgentInfo | None = None
    step: int = 0
    listen: Callable[[Event], None] = lambda event: None

    def answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.info = info
        for part in messages[-1].parts:
            if isinstance(part, ToolReturnPart):
                self.answers.append(part.content)
        if self.step == len(self.calls):
            return ModelResponse(parts=[TextPart("done")])
        call = self.calls[self.step]
        self.step += 1
        return ModelResponse(parts=call if isinstance(call, list) else [call])

    async def run(self, shop: Workspace, runner: CodeRunner, toolset: FunctionToolset[TurnDeps]) -> None:
        agent = Agent(FunctionModel(self.answer), deps_type=TurnDeps, toolsets=[toolset])
        await agent.run("go", deps=TurnDeps(shop, runner, self.emit))

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self.listen(event)


def code(text: str, **more: Any) -> ToolCallPart:
    return ToolCallPart("run_code", {"code": text, **more})


async def test_events_come_in_the_order_of_what_happens(shop: Workspace, runner: CodeRunner) -> None:
    text = (
        "print('one')\nread_file('README.md')\nprint('two')\nedit_file('README.md', 'TODO', 'DONE')\nprint('three')\n4"
    )
    turn = Turn([code(text)])

    await turn.run(shop, runner, code_toolset())

    assert turn.answers == [{"result": 4, "output": "one\ntwo\nthree\n"}]
    begun = turn.events[0]
    assert isinstance(begun, Program)
    assert begun.id
    key = begun.id
    diff = "--- a/README.md\n+++ b/README.md\n@@ -1,3 +1,3 @@\n # Shop\n \n-TODO: write\n+DONE: write\n"
    assert turn.events == [
        Program(id=key, code=text),
        ProgramOutput(id=key, text="one\n"),
        ToolCallStarted(
            id=f"{key}-1",
            tool="read_file",
            kind="read",
            title="Read README.md",
            places=[Place(file="README.md", line=1)],
            program=key,
        ),
        ToolCallEnded(id=f"{key}-1", tool="read_file"),
        ProgramOutput(id=key, text="two\n"),
        ToolCallStarted(
            id=f"{key}-2",
            tool="edit_file",
            kind="edit",
            title="Edit README.md",
            places=[Place(file="README.md")],
            program=key,
        ),
        ToolCallEnded(id=f"{key}-2", tool="edit_file", diffs=[FileDiff(file="README.md", diff=diff)]),
        ProgramOutput(id=key, text="three\n"),
        ProgramEnded(id=key),
    ]


async def test_output_is_told_while_the_program_runs(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([code("print('begun')\nimport asyncio\nwhile True:\n    await asyncio.sleep(0.05)")])
    printed = asyncio.Event()
    turn.listen = lambda event: printed.set() if isinstance(event, ProgramOutput) else None
    running = asyncio.create_task(turn.run(shop, runner, code_toolset()))

    await printed.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    last = turn.events[-1]
    assert isinstance(last, ProgramEnded)
    assert last.error == "cancelled"


async def test_a_program_that_fails_is_told_to_the_model_with_its_output(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([code("print('so far')\n1 // 0"), code("read_file('a').nope"), code("5")])

    await turn.run(shop, runner, code_toolset())

    assert turn.answers[0] == ("so far\n\nThe program failed in line 2: 1 // 0\nZeroDivisionError: division by zero")
    assert "has no attribute `nope`" in turn.answers[1]
    assert turn.answers[2] == {"result": 5, "output": ""}
    ended = [event.error for event in turn.events if isinstance(event, ProgramEnded)]
    assert [bool(error) for error in ended] == [True, True, False]
    assert "ZeroDivisionError" in ended[0]


async def test_names_last_and_restart_forgets_them(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([code("x = 1"), code("x + 1"), code("x", restart=True)])

    await turn.run(shop, runner, code_toolset())

    assert turn.answers[1]["result"] == 2
    assert "The sandbox was restarted" in turn.answers[2]


async def test_two_programs_in_one_answer_run_one_after_the_other(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([[code("x = 1\nread_file('README.md').total_lines"), code("x + 1")]])

    await turn.run(shop, runner, code_toolset())

    assert [answer["result"] for answer in turn.answers] == [3, 2]


async def test_long_results_and_outputs_are_cut_with_a_note(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([code("print('o' * 50000)\n['r' * 1000] * 100")])

    await turn.run(shop, runner, code_toolset())

    (answer,) = turn.answers
    assert len(json.dumps(answer)) < 90_000
    assert answer["note"].startswith("The result was cut: it has 100400 characters as JSON.")
    assert "… 30001 characters were left out …" in answer["output"]


async def test_the_model_is_shown_the_short_schema(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([])

    await turn.run(shop, runner, code_toolset())

    assert turn.info is not None
    (shown,) = turn.info.function_tools
    assert shown.name == "run_code"
    assert "read_file(path, start_line=1, line_count=2000) -> FileText" in (shown.description or "")
    assert sorted(shown.parameters_json_schema["properties"]) == ["code", "restart"]


async def test_json_calls_do_what_programs_do(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn(
        [
            ToolCallPart("edit_file", {"path": "README.md", "old": "TODO", "new": "DONE"}),
            ToolCallPart("hover_many", {"positions": [["shop/prices.py", 6, 5]]}),
            ToolCallPart("read_file", {"path": "README.md", "start_line": 3}),
        ]
    )

    await turn.run(shop, runner, json_toolset())

    edited, hovered, read = map(json.loads, turn.answers)
    assert edited["changed"] is True
    assert "def price" in hovered["answers"][0]["text"] or hovered["answers"][0]["found"]
    assert read["text"] == "DONE: write\n"
    started, ended = turn.events[:2]
    assert isinstance(started, ToolCallStarted)
    assert (started.title, started.program, started.kind) == ("Edit README.md", "", "edit")
    assert isinstance(ended, ToolCallEnded)
    assert (ended.id, [diff.file for diff in ended.diffs]) == (started.id, ["README.md"])


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("read_file", {"path": "gone.py"}, "gone.py does not exist in the workspace"),
        ("read_file", {"path": "../x"}, "is outside the workspace"),
        ("read_file", {}, "missing a required argument: 'path'"),
        ("read_file", {"path": 3}, "read_file: path: Input should be a valid string"),
        ("read_file", {"path": "a", "start": 3}, "unexpected keyword argument 'start'"),
    ],
)
async def test_json_calls_that_fail_are_told(
    shop: Workspace, runner: CodeRunner, name: str, arguments: dict[str, Any], message: str
) -> None:
    turn = Turn([ToolCallPart(name, arguments)])

    await turn.run(shop, runner, json_toolset())

    assert message in turn.answers[0]


async def test_long_results_of_json_calls_are_cut_with_a_note(shop: Workspace, runner: CodeRunner) -> None:
    shop.overlay.write(shop.root / "README.md", "line of text\n" * 10_000)
    turn = Turn([ToolCallPart("read_file", {"path": "README.md", "line_count": 10_000})])

    await turn.run(shop, runner, json_toolset())

    assert len(turn.answers[0]) < 61_000
    assert turn.answers[0].endswith("Ask for less, with a path, a limit or a range of lines.]")


async def test_every_tool_has_a_json_schema(shop: Workspace, runner: CodeRunner) -> None:
    turn = Turn([])

    await turn.run(shop, runner, json_toolset())

    assert turn.info is not None
    shown = {tool.name: tool.parameters_json_schema for tool in turn.info.function_tools}
    assert sorted(shown) == sorted(TOOLS)
    assert shown["list_files"]["properties"]["limit"] == {"default": 1000, "type": "integer"}
    assert shown["edit_file"]["required"] == ["path", "old", "new"]
