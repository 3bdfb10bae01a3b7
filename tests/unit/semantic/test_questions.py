"""What people read is what runs: nothing in a question is invisible, and no two commands look the same."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.overlay import Overlay
from punie_semantic.questions import MAX_DIFF, command_detail, command_line, detail_of_tests, diff_of, shown


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("plain é 書 📚", "plain é 書 📚"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\x1b[2Krm", "\\x1b[2Krm"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\u009b"),
        ("safe\u202egp.rm", "safe\\u202egp.rm"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200bb\ufeffc\u00add", "a\\u200bb\\ufeffc\\u00add"),
        ("a\u00a0b\u3000c", "a\\u00a0b\\u3000c"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\U000e0041\U000e0100", "\\U000e0041\\U000e0100"),
        ("\u3164\u2800", "\\u3164\\u2800"),
    ],
)
def test_what_is_invisible_is_shown(text: str, visible: str) -> None:
    assert shown(text) == visible


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["make", "docs"], "make docs"),
        (["make docs"], "'make docs'"),
        (["echo", "a; b", "$(x)", ""], "echo 'a; b' '$(x)' ''"),
        (["echo", "a\nrm x"], "echo $'a\\nrm x'"),
        (["echo", "\\n\n'"], "echo $'\\\\n\\n\\''"),
        (["echo", "\u202egp"], "echo $'\\u202egp'"),
        (["mаke", "é"], "$'m\\u0430ke' 'é'"),  # the program's second letter is Cyrillic
    ],
)
def test_a_command_is_written_as_a_shell_takes_it(argv: list[str], line: str) -> None:
    assert command_line(argv) == line


WORDS = st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8), min_size=1)


@given(WORDS, WORDS)
def test_two_commands_never_look_the_same(one: list[str], other: list[str]) -> None:
    assert (command_line(one) == command_line(other)) is (one == other)


@given(WORDS)
def test_it_is_one_line_without_anything_hidden(argv: list[str]) -> None:
    line = command_line(argv)

    assert len(line.splitlines()) == 1
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cn", "Co")]


@settings(max_examples=30, deadline=None)
@given(WORDS)
def test_bash_reads_it_back(argv: list[str]) -> None:
    bash = shutil.which("bash")
    assert bash, "the project's tests need bash"
    done = subprocess.run(
        [bash, "-c", f"printf '%s\\0' {command_line(argv)}"], capture_output=True, env={"LC_ALL": "C.UTF-8"}
    )

    assert done.stdout.decode().split("\0")[:-1] == argv


def test_the_folder_and_the_notes_are_told() -> None:
    assert command_detail(["make"], "a\nb", ["In a sandbox."]) == "make\nin a\\nb\nIn a sandbox."


def test_the_edits_that_run_with_the_tests_are_shown(tmp_path) -> None:
    overlay = Overlay(tmp_path)
    overlay.create(tmp_path / "test_a.py", "def test():\n\tx = '\u202e'\n")

    detail = detail_of_tests(["--", "test_a.py"], ["In a sandbox."], overlay.changes())

    assert detail.startswith(
        "Running tests executes the project's code, in a copy of the project.\npytest -- test_a.py\nIn a sandbox.\n"
        "These edits run too:\n"
    )
    assert "+\tx = '\\u202e'\n" in detail


def test_a_long_diff_is_cut_and_names_its_files(tmp_path) -> None:
    overlay = Overlay(tmp_path)
    overlay.create(tmp_path / "long.py", "x = 1\n" * 10_000)

    text = diff_of(overlay.changes())

    assert MAX_DIFF < len(text) < MAX_DIFF + 200
    assert text.endswith("more characters; the files are long.py]")
