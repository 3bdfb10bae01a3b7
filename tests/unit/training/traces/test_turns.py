"""Turns of sessions become examples when their programs ran and their edits stand."""

from __future__ import annotations

from collections import Counter

import pytest

from punie_agent.events import (
    EditDeclined,
    EditProposed,
    Event,
    FileDiff,
    PermissionAnswered,
    Program,
    ProgramEnded,
    StopReason,
    Text,
)
from punie_agent.store import SessionSummary, StoredTurn
from punie_semantic.results import VerificationReport
from punie_training.dataset import Example
from punie_training.traces.turns import Lines, diff_lines, example_of_turn

SESSION = SessionSummary("s1", "/home/me/shop", "Title", "builtin", 1.0, 2.0, 1, "idle")
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


def report(state: str = "clean") -> VerificationReport:
    return VerificationReport.model_construct(state=state)


def proposed() -> EditProposed:
    return EditProposed.model_construct(files=[FileDiff(file="a.py", diff=DIFF)], report=report())


def declined() -> EditDeclined:
    return EditDeclined.model_construct(files=[], report=report("broken"))


def ran(code: str = "typecheck('shop').error_count", error: str = "", name: str = "p") -> list[Event]:
    return [Program(id=name, code=code), ProgramEnded(id=name, error=error)]


def turn(events: list[Event], prompt: str = "How many errors?", reason: StopReason | None = "end_turn") -> StoredTurn:
    return StoredTurn(1, prompt, 10.0, 11.0, reason, "", None, events)


def taken(session: SessionSummary, turn: StoredTurn, lines: Lines) -> bool:
    return lines == Counter({"-x = 1": 1, "+x = 2": 1})


def refused(session: SessionSummary, turn: StoredTurn, lines: Lines) -> bool:
    return False


def test_a_question_that_a_program_answered() -> None:
    example = example_of_turn(SESSION, turn([*ran(), Text(text="None.")]), refused)

    assert isinstance(example, Example)
    assert (example.query, example.program) == ("How many errors?", "typecheck('shop').error_count")
    known = example.provenance
    assert (known.source, known.project, known.outcome, known.tools) == (
        "session:s1/1",
        "shop",
        "executed",
        ("typecheck",),
    )


def test_edits_that_stand_are_accepted() -> None:
    example = example_of_turn(SESSION, turn([*ran("edit_file('a.py', '1', '2')"), proposed()]), taken)

    assert isinstance(example, Example)
    assert example.provenance.outcome == "accepted"


def test_the_last_program_counts() -> None:
    first, second = ran("typecheck(", "SyntaxError", "a"), ran("x = typecheck('b')\nx.error_count", "", "b")

    example = example_of_turn(SESSION, turn([*first, *second]), refused)

    assert isinstance(example, Example)
    assert example.program == "x = typecheck('b')\nx.error_count"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (turn([*ran("edit_file('a.py', '1', '2')"), proposed()]), "edits not accepted"),
        (turn([*ran(), declined()]), "not verified"),
        (turn([*ran(), PermissionAnswered(id="1", allowed=False, by="you")]), "refused"),
        (turn([Text(text="Hello.")]), "words alone"),
        (turn(ran(error="ZeroDivisionError")), "words alone"),
        (turn(ran("1 + 1")), "no tool"),
        (turn(ran("read_file(found.file)")), "needs an earlier program"),
        (turn(ran(), reason="cancelled"), "cancelled"),
        (turn(ran(), reason="end_turn", prompt=" "), "no words"),
        (turn(ran(), prompt="x" * 3000), "too long"),
        (turn(ran(), reason=None), "interrupted"),
    ],
)
def test_nothing_is_learnt_from_the_others(given: StoredTurn, why: str) -> None:
    assert example_of_turn(SESSION, given, refused) == why


@pytest.mark.parametrize(
    "code",
    [
        "for p in typecheck('a').errors:\n    print(p.line)",
        "try:\n    typecheck('a')\nexcept ValueError as error:\n    print(error)",
        "import json\nprint(json.dumps([x for x in read_file('a').text]))",
        "def f(path, *more, key=1, **rest):\n    return read_file(path), more, key, rest\nf('a')",
        "with_lambda = sorted(list_files().files, key=lambda name: len(name))",
    ],
)
def test_a_program_may_define_what_it_needs(code: str) -> None:
    assert isinstance(example_of_turn(SESSION, turn(ran(code)), refused), Example)


def test_headers_of_a_diff_are_no_lines_of_it() -> None:
    assert diff_lines(DIFF + "+++x\n") == Counter({"-x = 1": 1, "+x = 2": 1, "+++x": 1})
