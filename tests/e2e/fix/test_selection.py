"""Only some files, lines and codes."""

from __future__ import annotations

import pytest

from tests.e2e.fix.conftest import Files, Fix, git

pytestmark = pytest.mark.timeout(600)  # several processes, on a machine that may be busy

APP = "x = f'a'\n\n\ny = f'b'\n\n\nz = f'c'\n"


def test_a_list_of_files_from_another_program(files: Files, fix: Fix) -> None:
    root = files({"a.py": "import os\n", "b c.py": "import os\n", "d.py": "import os\n"})

    done = fix("--apply", "-", stdin=b"a.py\0b c.py\0gone.py\0")

    assert done.code == 0
    assert done.out.startswith("Left alone: gone.py does not exist any more.\n")
    assert [(root / name).read_text() for name in ("a.py", "b c.py", "d.py")] == ["", "", "import os\n"]


def test_codes_and_those_that_begin_with_one(files: Files, fix: Fix) -> None:
    root = files({"app.py": "import os\nx = f'a'\nprint(x == None)\n"})

    done = fix("--apply", "--select", "F,E711", "--ignore", "F401", "--unsafe-fixes")

    assert done.code == 0
    assert (root / "app.py").read_text() == "import os\nx = 'a'\nprint(x is None)\n"


def test_only_what_differs_from_a_commit(files: Files, fix: Fix) -> None:
    root = files({"app.py": APP, "old.py": "import os\n", ".gitignore": ".venv\n"})
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "first")
    (root / "app.py").write_text(APP.replace("y = f'b'", "y = f'new'"))
    (root / "new.py").write_text("import sys\n")

    lines = fix("--apply", "--changed-lines")
    after = (root / "app.py").read_text()
    whole = fix("--apply", "--since", "main")

    assert (lines.code, whole.code) == (0, 0)
    assert after == "x = f'a'\n\n\ny = 'new'\n\n\nz = f'c'\n"
    assert (root / "new.py").read_text() == ""
    assert (root / "app.py").read_text() == "x = 'a'\n\n\ny = 'new'\n\n\nz = 'c'\n"
    assert (root / "old.py").read_text() == "import os\n"


def test_a_commit_that_there_is_not_is_an_error(files: Files, fix: Fix) -> None:
    root = files({"app.py": APP})
    git(root, "init", "--quiet")

    unknown, option, before = fix("--since", "nowhere"), fix("--since=--output=x"), fix("--changed", "--apply")

    assert (unknown.code, option.code, before.code) == (2, 2, 0)
    assert "nowhere" in unknown.err
    assert "is no revision" in option.err
    assert (root / "app.py").read_text() == "x = 'a'\n\n\ny = 'b'\n\n\nz = 'c'\n"


def test_comments_that_hide_problems_only_when_asked(files: Files, fix: Fix) -> None:
    root = files({"app.py": "print(nowhere_at_all_defined)\n"})

    without = fix("--apply")

    assert without.code == 1
    assert (root / "app.py").read_text() == "print(nowhere_at_all_defined)\n"
