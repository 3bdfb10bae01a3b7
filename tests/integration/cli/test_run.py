"""`punie-ls run`: a program by hand."""

from __future__ import annotations

import pytest

from tests.integration.cli.conftest import Project, punie

EDIT = "edit_file('app.py', 'x = 1', 'x = 2').changed"
DIFF = "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


def test_the_output_and_the_value_are_printed(project: Project) -> None:
    done = punie("run", "-c", "print('hello 📚')\n[1, 'a']", cwd=project({}))

    assert (done.code, done.out, done.err) == (0, "hello 📚\n[1, 'a']\n", "")


def test_a_program_from_a_file_and_from_stdin(project: Project) -> None:
    root = project({"app.py": "x: int = ''\n", "program.txt": "typecheck('app.py').error_count"})

    from_file = punie("run", "program.txt", cwd=root)
    from_stdin = punie("run", "-", cwd=root, stdin="typecheck('app.py').error_count")

    assert (from_file.code, from_file.out) == (0, "1\n")
    assert from_stdin == from_file


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("print('first')\nx = 0\n1 // x", "ZeroDivisionError"),
        ("read_file(3)", "does not type-check, so it was not run"),
        ("read_file('../secret')", "is outside the workspace"),
    ],
)
def test_a_failing_program(project: Project, program: str, message: str) -> None:
    done = punie("run", "-c", program, cwd=project({}))

    assert done.code == 1
    assert message in done.err
    assert done.out == ("first\n" if "first" in program else "")
    assert 'Traceback (most recent call last):\n  File "/' not in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Pass either a FILE or -c CODE."),
        (("program.py", "-c", "1"), "Pass either a FILE or -c CODE."),
        (("gone.py",), "No such file"),
        (("-c", "1", "--workspace", "gone"), "gone is not a folder"),
        (("--no-such-option",), "No such option"),
        (("latin.txt",), "utf-8"),
    ],
)
def test_bad_arguments(project: Project, arguments: tuple[str, ...], message: str) -> None:
    done = punie("run", *arguments, cwd=project({"latin.txt": b"'\xfc'"}))

    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_edits_are_shown_and_not_written(project: Project) -> None:
    root = project({"app.py": "x = 1\n"})

    done = punie("run", "-c", EDIT, cwd=root)

    assert done.code == 0
    assert done.out == f"True\n{DIFF}1 file(s) edited in the overlay (clean); nothing written. Use --apply.\n"
    assert (root / "app.py").read_text() == "x = 1\n"


def test_apply_writes_clean_edits(project: Project) -> None:
    root = project({"app.py": "x = 1\n"})

    done = punie("run", "--apply", "-c", EDIT, cwd=root)

    assert (done.code, done.out) == (0, f"True\n{DIFF}1 file(s) written.\n")
    assert (root / "app.py").read_text() == "x = 2\n"


def test_apply_does_not_write_edits_that_are_not_clean(project: Project) -> None:
    root = project({"app.py": "x = 1\n"})

    done = punie("run", "--apply", "-c", EDIT.replace("x = 2", "x = nowhere"), cwd=root)

    assert done.code == 1
    assert "Nothing written: the edits do not re-check clean" in done.err
    assert (root / "app.py").read_text() == "x = 1\n"


def test_a_diff_keeps_carriage_returns_for_git(project: Project) -> None:
    done = punie("run", "-c", "edit_file('app.py', '1', '2').file", cwd=project({"app.py": b"x = 1\r\n"}))

    assert done.out.startswith("app.py\n--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\r\n+x = 2\r\n")
