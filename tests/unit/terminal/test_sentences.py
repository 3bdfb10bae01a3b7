"""What a turn came to, in words."""

from __future__ import annotations

from typing import Any

import pytest

from punie_ls.terminal.diffs import FileEdit, diff_text, summary
from punie_ls.terminal.sentences import checked, decision, ending, lines_changed, problems, used

EDIT = "--- a/x.py\n+++ b/x.py\n@@ -1 +1,2 @@\n--- old\n+new\n++new\n@@ -9 +10 @@\n-a\n+b\n"
CREATED = "diff --git a/n.py b/n.py\nnew file mode 100644\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n"


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"files_checked": ["a"]}, "Re-checked by ty and ruff: nothing new is reported."),
        (
            {"files_checked": ["a", "b"], "fixed": [1], "unchecked": ["a\x1b.md"]},
            "Re-checked by ty and ruff: nothing new is reported in 2 files. 1 problem is gone. "
            "Neither of them reads a\\x1b.md.",
        ),
    ],
)
def test_a_check_that_came_out_clean(report: dict[str, Any], said: str) -> None:
    assert checked(report) == said


def test_a_check_that_did_not() -> None:
    found = [{"file": "a.py", "line": n, "message": "wrong\x1b", "tool": "ty", "code": "x"} for n in range(1, 8)]

    assert problems({"introduced": found})[0] == "a.py:1 wrong\\x1b (ty x)"
    assert problems({"introduced": found})[-1] == "and 2 more problems"
    assert problems({"introduced": [], "reason": "ty did not answer"}) == ["ty did not answer"]


def test_the_end() -> None:
    assert ending({"reason": "end_turn"}) == ""
    assert ending({"reason": "cancelled"}) == "Stopped. Nothing was changed."
    assert ending({"reason": "budget", "message": "Too long."}) == "Too long."
    assert ending({"reason": "error", "message": "no \x1b"}) == "Failed: no \\x1b"


def test_what_was_used() -> None:
    usage = {"requests": 2, "input_tokens": 1200, "output_tokens": 34, "cost": 0.01234}

    assert used(usage, calls=1, seconds=4.21) == "2 requests, 1,234 tokens, 1 tool call, $0.0123, 4.2 s"
    assert used(None, calls=0, seconds=125) == "0 tool calls, 2 min"


@pytest.mark.parametrize(
    ("kind", "detail", "rule"),
    [
        ("tests", "Running tests executes …", "tests"),
        ("command", "make 'a b'\nin .", "'command: make '\"'\"'a b'\"'\"''"),
    ],
)
def test_nobody_could_be_asked(kind: str, detail: str, rule: str) -> None:
    request = {"kind": kind, "title": "Run it", "detail": detail}

    said = decision(request, {"allowed": False, "by": "nobody, because nobody can be asked"})

    assert said == f"Not allowed, because nobody can be asked here: Run it To allow it: --allow {rule}"
    assert decision(request, {"allowed": True, "by": "the rule x"}) == "Allowed by the rule x: Run it"


def test_diffs() -> None:
    assert lines_changed(EDIT) == "+3 -2"
    assert [hunk.splitlines()[0] for hunk in FileEdit("x.py", EDIT).hunks] == ["@@ -1 +1,2 @@", "@@ -9 +10 @@"]
    assert FileEdit("n.py", CREATED).hunks == [CREATED]
    assert summary([FileEdit(f"{n}.py", EDIT) for n in range(7)]).endswith("4.py (+3 -2), 2 more")


def test_a_diff_is_coloured_cut_and_clean() -> None:
    text = diff_text("@@ -1 +1 @@\n-a\x1b[2J\r\n+b\tc\n", most=2)

    assert text.plain == "@@ -1 +1 @@\n-a\\x1b[2J\n… 1 more lines"
    assert [str(span.style) for span in text.spans] == ["cyan", "red", "dim"]
    assert diff_text("+b\tc\n").plain == "+b    c"
