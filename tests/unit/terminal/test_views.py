"""Events as they are drawn: steps in a line each, thoughts and programs folded, no markup and no escape obeyed."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from punie_ls.terminal.json_view import JsonView
from punie_ls.terminal.plain_view import PlainView
from punie_ls.terminal.rich_view import RichView

Event = dict[str, Any]
PROGRAM: Event = {"type": "program", "id": "p", "code": "a = 1\nb = 2\n"}
DONE: Event = {"type": "done", "reason": "end_turn", "message": ""}


def started(number: int, title: str = "Read [bold]a.py[/bold]", program: str = "p") -> Event:
    call = {"id": str(number), "tool": "read_file", "kind": "read", "title": title, "places": [], "program": program}
    return {"type": "tool_call_started", **call}


def ended(number: int, **more: Any) -> Event:
    return {"type": "tool_call_ended", "id": str(number), "tool": "read_file", "error": "", "places": [], **more}


def drawn(*events: Event, verbose: bool = False, width: int = 60) -> str:
    out = io.StringIO()
    view = RichView(Console(file=out, width=width, markup=False, highlight=False, emoji=False), verbose=verbose)
    view.begin("abc", "model", "prompt")
    for event in events:
        view.take(event)
    return out.getvalue()


def test_each_step_has_a_line() -> None:
    text = drawn(
        PROGRAM,
        started(1),
        ended(1, places=[{"file": "a.py", "line": 1}, {"file": "b.py", "line": 2}]),
        started(2),
        ended(2, error="Traceback\n  x\nValueError: no \x1b[2J"),
        started(3),
        ended(3, diffs=[{"file": "a.py", "diff": "@@ -1 +1 @@\n-a\n+b\n"}]),
        {"type": "program_ended", "id": "p", "error": ""},
        started(4, program=""),
        ended(4),
    )

    assert text == (
        "▸ Program, 2 lines\n"
        "  ✓ Read [bold]a.py[/bold] · 2 places\n"
        "  ✗ Read [bold]a.py[/bold]: ValueError: no \\x1b[2J\n"
        "  ✓ Read [bold]a.py[/bold] · +1 -1\n"
        "✓ Read [bold]a.py[/bold]\n"
    )


def test_many_steps_of_a_program_are_counted() -> None:
    calls = [event for number in range(30) for event in (started(number), ended(number))]
    end = {"type": "program_ended", "id": "p", "error": "boom:\nbecause"}

    lines = drawn(PROGRAM, *calls, end).splitlines()

    assert len(lines) == 1 + 8 + 2
    assert lines[-2:] == ["  … and 22 tool calls more", "✗ The program failed: boom: because"]
    assert len(drawn(PROGRAM, *calls, end, verbose=True).splitlines()) == 1 + 2 + 30 + 1


def test_programs_are_shown_when_asked_for() -> None:
    output = {"type": "program_output", "id": "p", "text": "12\x1b\n"}

    assert drawn(PROGRAM, output) == "▸ Program, 2 lines\n"
    assert drawn(PROGRAM, output, verbose=True) == ("▸ Program, 2 lines\n    a = 1\n    b = 2\n  │ 12\\x1b\n")


def test_long_thoughts_are_folded() -> None:
    thought = {"type": "thought", "text": "".join(f"thought {n}\n" for n in range(9)), "message": 0}

    assert drawn(thought, DONE).splitlines()[3:] == [
        "thought 3",
        "… 5 more lines of thoughts (--verbose shows them)",
    ]
    assert len(drawn(thought, DONE, verbose=True).splitlines()) == 9


def test_a_plan_is_a_checklist_at_the_end() -> None:
    entries = [{"content": "Look", "status": "completed"}, {"content": "Edit\x1b", "status": "pending"}]

    assert drawn({"type": "plan", "entries": entries}, DONE) == "Plan\n✓ Look\n☐ Edit\\x1b\n"


def test_messages_are_apart_and_markup_is_text() -> None:
    text = drawn(
        {"type": "text", "text": "One [red]x[/red] :smile: <br> &#27;[2J.", "message": 0},
        {"type": "text", "text": "Two.", "message": 1},
        DONE,
    )

    assert text == "One [red]x[/red] :smile: <br> \ufffd[2J.\n\nTwo.\n\n"


def test_blocks_are_one_line_apart() -> None:
    blocks = [
        "Para",
        "- one\n- two",
        "1. one\n2. two",
        "> said",
        "```\ncode\n```",
        "## Head",
        "| a |\n|---|\n| b |",
        "End",
    ]

    text = drawn({"type": "text", "text": "\n\n".join(blocks), "message": 0}, DONE)

    assert text == ("Para\n\n • one\n • two\n\n 1. one\n 2. two\n\n▌ said\n\n  code\n\nHead\n\na\n─\nb\n\nEnd\n\n")


@pytest.mark.parametrize("width", [1, 2, 5, 20])
def test_any_width(width: int) -> None:
    table = "| 漢字 | b |\n|---|---|\n| 👩‍🚀 | " + "long " * 20 + "|\n\n1. one\n   - two\n\n> quote\n\n```\ncode\n```\n"

    assert drawn(PROGRAM, started(1), ended(1), {"type": "text", "text": table, "message": 0}, DONE, width=width)


@pytest.mark.parametrize("view", [PlainView(Console(file=io.StringIO())), JsonView()])
def test_new_kinds_of_events_are_passed_over(view: Any, capsys: pytest.CaptureFixture[str]) -> None:
    view.begin("s", "m", "p")
    view.take({"type": "of a newer version"})


def test_json_is_one_value_a_line_whatever_is_in_it() -> None:
    out = io.StringIO()
    view = JsonView(out)
    view.begin("s", "m", "two\nlines\u2028")
    view.take({"type": "text", "text": "a\nb\u2028\ud800", "message": 0})

    lines = out.getvalue().split("\n")
    assert [json.loads(line)["type"] for line in lines[:-1]] == ["turn_started", "text"]
