"""Edits of a candidate, and the order in which candidates that hold are offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.fixing.candidate import Candidate, Edit, Kind, applied
from punie_semantic.fixing.ranking import Trial, explained, score
from punie_semantic.results import TestComparison, VerificationReport


def trial(weight: float, kind: Kind = "fix", *, fixed: int = 1, hints: int = 0) -> Trial:
    candidate = Candidate("Do it", (Edit(0, 1, "y"),), kind, "names", weight, "it is in scope")
    made = Trial(candidate, "a.py", Path("/a.py"), "x", "y", fixed=fixed, hints=hints)
    made.agree(candidate)
    return made


def test_edits_are_of_the_text_as_it_was() -> None:
    assert applied("abc", [Edit(2, 3, "C!"), Edit(0, 1, "A")]) == "AbC!"


@pytest.mark.parametrize("edits", [[Edit(0, 2, ""), Edit(1, 3, "")], [Edit(0, 9, "")], [Edit(2, 1, "")]])
def test_edits_that_cannot_be_applied(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlapping"):
        applied("abc", edits)


def test_what_mends_more_is_better() -> None:
    assert score(trial(0.5, fixed=2)) > score(trial(0.5))


def test_what_brings_hints_is_worse() -> None:
    assert score(trial(0.5, hints=1)) < score(trial(0.5)) == score(trial(0.5, hints=-1))


def report(*files: str) -> VerificationReport:
    return VerificationReport(
        state="clean",
        reason="",
        target_fixed=True,
        fixed=[],
        introduced=[],
        unchanged=0,
        files_checked=list(files),
        unknown=[],
        unchecked=[],
    )


def test_unsafe_ones_come_later() -> None:
    assert (
        score(trial(0.5, "suppress"))
        < score(trial(0.5, "unsafe_fix"))
        < score(trial(0.5, "import"))
        < score(trial(0.5))
    )


def test_two_generators_that_agree_count_more() -> None:
    twice = trial(0.5)
    twice.agree(Candidate("Do it", (Edit(0, 1, "y"),), "fix", "ruff", 0.4, ""))

    assert score(twice) > score(trial(0.5))
    assert explained(twice, report("a.py", "b.py", "c.py")) == (
        "it is in scope; names and ruff agree; nothing new in 3 files"
    )


def test_what_the_tests_say_is_a_reason() -> None:
    tests = TestComparison(state="clean", reason="", introduced=[], fixed=[], unchanged=0, passed=2)
    told = explained(trial(0.5), report("a.py").model_copy(update={"tests": tests}))

    assert told == "it is in scope; 2 affected tests pass; nothing new in 1 file"


def test_the_same_generator_agrees_with_itself_once() -> None:
    once = trial(0.5)
    once.agree(once.candidate)

    assert score(once) == score(trial(0.5))
