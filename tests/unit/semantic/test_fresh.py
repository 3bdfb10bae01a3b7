"""What is new after an edit: not what moved, nor what is only said in other words."""

from __future__ import annotations

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.fresh import fresh, stays
from punie_semantic.text_edits import line_edits

OLD = "a = 1\nb = 2\nc = 3\n"
NEW = "a = 1\nx = 0\nb = 2\nc = 3\n"


def finding(line: int, message: str, *, tool: str = "ty", code: str = "some-code", column: int = 0) -> Diagnostic:
    place = {"start": {"line": line, "character": column}, "end": {"line": line, "character": column + 1}}
    return Diagnostic(tool, "app.py", place, code, message, "error")  # ty: ignore[invalid-argument-type]


def test_what_moved_with_its_line_is_not_new() -> None:
    assert fresh([finding(2, "m")], [finding(1, "m")], OLD, NEW) == []


def test_other_words_at_the_same_place_are_not_new() -> None:
    assert fresh([finding(2, "found `int`")], [finding(1, "found `Unknown`")], OLD, NEW) == []


def test_one_more_at_the_same_place_is_new() -> None:
    more = [finding(2, "found `int`"), finding(2, "found `str`")]

    assert [d.message for d in fresh(more, [finding(1, "found `Unknown`")], OLD, NEW)] == ["found `str`"]


def test_another_code_or_column_or_tool_is_new() -> None:
    before = [finding(1, "m")]

    for other in (
        finding(2, "n", code="other-code"),
        finding(2, "n", column=4),
        finding(2, "n", tool="ruff"),
        finding(3, "n"),
    ):
        assert fresh([other], before, OLD, NEW) == [other]


def test_other_words_in_an_edited_line_are_new() -> None:
    after = finding(1, "n")

    assert fresh([after], [finding(1, "m")], OLD, OLD.replace("b = 2", "b = 3")) == [after]


def test_a_target_that_is_only_said_in_other_words_stays() -> None:
    edits = line_edits(OLD, NEW)

    assert stays(finding(1, "found `Unknown`"), [finding(2, "found `int`")], edits)
    assert not stays(finding(1, "found `Unknown`"), [finding(3, "found `int`")], edits)
    assert not stays(finding(1, "m"), [finding(2, "m", code="other-code")], edits)
    assert not stays(finding(1, "m"), [finding(1, "n")], line_edits(OLD, OLD.replace("b = 2", "b = 3")))


def test_what_a_broken_file_could_be_written_in_is_not_new() -> None:
    broken = [finding(1, "m", tool="ruff", code="invalid-syntax")]
    after = [finding(1, "m", tool="ruff", code=code) for code in ("UP006", "B018")]

    assert [d.code for d in fresh(after, broken, OLD, OLD.replace("b = 2", "b = 3"))] == ["B018"]
    assert len(fresh(after, [], OLD, OLD.replace("b = 2", "b = 3"))) == 2
