"""Which outcomes make an example, and why the others do not."""

from __future__ import annotations

from typing import Any

import pytest

from punie_semantic.templates import Template
from punie_training.building.trying import NO_CALL, NOTHING, TYPES, UNEXPECTED, UNKNOWN, judged
from punie_training.execution import Call, Outcome


def template(*, expect: str = "", empty: bool = False) -> Template:
    return Template(
        group="hover",
        number=1,
        source="information",
        over="once",
        category="single_tool",
        program="hover()",
        answer="",
        phrasings=("a",),
        held_out=("b",),
        expect=expect,
        empty=empty,
        most=0,
        verbatim=False,
        tools=("hover",),
    )


def outcome(value: Any = 1, *, error: str = "", state: str = "clean", calls: int = 1) -> Outcome:
    call = Call("hover", (), {}, {"state": state, "reason": "ty is busy"})
    return Outcome(value, "", (call,) * calls, error, "", 0.1, 0.1)


@pytest.mark.parametrize("value", [0, False, [1], "x", {"state": "clean"}])
def test_what_says_something_is_kept(value: Any) -> None:
    verdict = judged(template(), outcome(value, calls=2))

    assert (verdict.reason, verdict.tools) == ("", ("hover",))
    assert verdict.result


@pytest.mark.parametrize("value", [None, [], "", {}])
def test_nothing_is_dropped_unless_it_is_an_answer(value: Any) -> None:
    assert judged(template(), outcome(value)).reason == NOTHING
    assert judged(template(empty=True), outcome(value)).reason == ""


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        (outcome(error="The program does not type-check, so it was not run:\nline 1: x.y\n  no y"), TYPES, "no y"),
        (outcome(error="The program failed in line 1: x\nAttributeError: no y"), "raised AttributeError", "no y"),
        (
            outcome(error="The program was stopped: it printed more."),
            "raised",
            "The program was stopped: it printed more.",
        ),
        (outcome(state="unknown"), UNKNOWN, "hover: ty is busy"),
        (outcome([], state="partial"), UNKNOWN, "hover: ty is busy"),
        (outcome(error="x\nIndexError: y", state="partial"), UNKNOWN, "hover: ty is busy"),
        (outcome(calls=0), NO_CALL, ""),
    ],
)
def test_the_reason_is_told(given: Outcome, reason: str, detail: str) -> None:
    verdict = judged(template(), given)

    assert (verdict.reason, verdict.detail) == (reason, detail)


def test_a_fix_must_be_clean() -> None:
    assert judged(template(expect="clean"), outcome("clean")).reason == ""
    assert judged(template(expect="clean"), outcome("errors")).reason == UNEXPECTED


def test_a_long_result_is_cut() -> None:
    assert len(judged(template(), outcome("x" * 5000)).result) < 500
