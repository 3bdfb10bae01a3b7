"""Events as an editor shows them: a sentence for each step, and what the turn came to."""

from __future__ import annotations

from punie_agent.events import (
    Done,
    EditDeclined,
    EditProposed,
    Event,
    FileDiff,
    Notice,
    PermissionAnswered,
    PermissionRequested,
    Plan,
    PlanEntry,
    Program,
    ProgramEnded,
    ProgramOutput,
    Text,
    Thought,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallUpdated,
    Usage,
)
from punie_ls.server.projection import Projection, Turn
from punie_semantic.results import VerificationReport

REPORT = VerificationReport(
    state="clean",
    reason="",
    versions={},
    target_fixed=False,
    fixed=[],
    introduced=[],
    unchanged=0,
    files_checked=["a.py", "b.py"],
    unknown=[],
    unchecked=[],
)
DIFF = FileDiff(file="a.py", diff="-x\n+y\n")


def played(*events: Event) -> tuple[Turn, list[str]]:
    said: list[str] = []
    projection = Projection(Turn("Do it"), said.append)
    for event in events:
        projection.take(event)
    return projection.turn, said


def test_pieces_of_a_message_are_one_and_messages_are_paragraphs() -> None:
    turn, _ = played(Text(text="One, "), Text(text="two."), Text(text="Three.", message=1))

    assert turn.answer == "One, two.\n\nThree."


def test_each_step_has_a_sentence() -> None:
    asked = PermissionRequested(id="p", kind="command", title="Run make?", detail="make", choices=["allow_once"])
    _, said = played(
        Thought(text="Hm"),
        Plan(entries=[PlanEntry(content="First"), PlanEntry(content="Second", status="in_progress")]),
        Program(id="1", code="1"),
        ToolCallStarted(id="c", tool="read_file", kind="read", title="Read a.py"),
        ToolCallUpdated(id="c", message="half of it"),
        ToolCallEnded(id="c", tool="read_file"),
        asked,
        PermissionAnswered(id="p", allowed=False, by="a person"),
        ProgramEnded(id="1"),
        Text(text="Done."),
        EditProposed(files=[DIFF], report=REPORT),
    )

    assert said == [
        "Thinking…",
        "Second",
        "Running a program…",
        "Read a.py",
        "half of it",
        "Waiting for your answer: Run make?",
        "Going on without…",
        "Waiting for the model…",
        "Writing the answer…",
        "Re-checked 2 files",
    ]


def test_what_a_turn_used() -> None:
    usage = Usage(requests=2, input_tokens=1000, output_tokens=234, tool_calls=3, cost=0.5)
    started = ToolCallStarted(id="c", tool="read_file", kind="read", title="Read a.py")

    turn, _ = played(started, usage)

    assert turn.used == "2 requests, 1,234 tokens, 1 tool call, $0.5000"


def test_edits_that_were_dropped() -> None:
    turn, _ = played(EditDeclined(files=[DIFF], report=REPORT), Notice(text="It breaks b.py."), Done(reason="end_turn"))

    assert not turn.proposed
    assert turn.outcome == "Dropped, because it does not re-check clean"
    assert turn.notices == ["It breaks b.py."]


def test_how_turns_end() -> None:
    ends = [
        (Done(reason="end_turn"), "The model gave no answer."),
        (Done(reason="error", message="The server is down."), "Failed: The server is down."),
        (Done(reason="budget", message="All tokens are used."), "All tokens are used."),
        (Done(reason="cancelled", message="Stopped."), "Cancelled: Stopped."),
    ]

    assert [played(done)[0].sentence for done, _ in ends] == [sentence for _, sentence in ends]


def test_output_is_kept_to_its_end() -> None:
    turn, _ = played(ProgramOutput(id="1", text="a" * 100_000), ProgramOutput(id="1", text="end"))

    assert len(turn.output) == 100_000
    assert turn.output.endswith("aend")
