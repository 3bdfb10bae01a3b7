"""Files that are left alone, that are broken, or that are not what they seem: said, and never edited."""

from __future__ import annotations

import json

import pytest

from tests.e2e.fix.conftest import Files, Fix
from tests.integration.semantic.projects import snapshot

pytestmark = pytest.mark.timeout(600)  # several processes, on a machine that may be busy

BROKEN = "import os\nx: int = 'one'\n<<<<<<< ours\ny = 1\n"


def test_what_is_left_alone_is_said_and_stays(files: Files, fix: Fix) -> None:
    root = files(
        {
            "app.py": "x = f'a'\n",
            "gen.py": "# @generated\nimport os\n",
            "note.ipynb": json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
            "big.py": "# " + "x" * 500 + "\nimport os\n",
            "data.txt": "import os\n",
        }
    )
    before = snapshot(root)
    (root / ".venv" / "lib" / "x.py").write_text("import os\n")

    done = fix("--apply", "--max-size", "400", ".", "data.txt", ".venv/lib/x.py")

    assert done.code == 2  # big.py could hide anything
    assert snapshot(root) == before | {"app.py": b"x = 'a'\n"}
    assert (root / ".venv" / "lib" / "x.py").read_text() == "import os\n"
    assert done.out == (
        "Left alone: note.ipynb is a notebook, which has no place for a fix by itself.\n"
        "Left alone: data.txt is no Python file.\n"
        "Left alone: .venv/lib/x.py belongs to git or to a Python environment, so it is never edited.\n"
        "Left alone: gen.py says that it is generated (--generated looks at such files, too).\n"
        "1 fixed in 1 file(s), written; 0 left.\n"
    )
    assert done.err == ("punie-ls: unknown: big.py has 513 bytes, more than the 400 that are looked at (--max-size)\n")


def test_generated_files_on_request(files: Files, fix: Fix) -> None:
    root = files({"gen.py": "# @generated\nimport os\n"})

    without, asked = fix("--apply", "gen.py"), fix("--apply", "--generated", "gen.py")

    assert (without.code, asked.code) == (0, 0)
    assert without.out.startswith("Left alone: gen.py says that it is generated")
    assert (root / "gen.py").read_text() == "# @generated\n"


def test_a_read_only_file_is_looked_at_and_left(files: Files, fix: Fix) -> None:
    root = files({"app.py": "import os\n"})
    (root / "app.py").chmod(0o444)

    done = fix("--apply")

    assert done.code == 1
    assert done.out == "app.py:1:8: F401 left: Not tried: the file is read-only.\n0 fixed; 1 left.\n"
    assert (root / "app.py").read_text() == "import os\n"


def test_only_the_syntax_is_looked_at_in_a_broken_file(files: Files, fix: Fix) -> None:
    root = files({"app.py": BROKEN, "good.py": "x = f'a'\n"})

    done = fix("--apply")

    assert done.code == 1
    assert (root / "app.py").read_text() == BROKEN
    assert (root / "good.py").read_text() == "x = 'a'\n"
    assert "app.py:3:1: invalid-syntax left: " in done.out
    assert "has a syntax error, which must be mended first.\n" in done.out


def test_no_text_is_not_known(files: Files, fix: Fix) -> None:
    root = files({"bad.py": b"\xff\xfe\n", "latin.py": b"# coding: latin-1\nimport os\nx = '\xfc'\n"})

    done = fix("--apply")

    assert done.code == 2
    assert "unknown: bad.py: " in done.err
    assert (root / "latin.py").read_bytes() == b"# coding: latin-1\nx = '\xfc'\n"


def test_many_problems_within_their_time_and_with_exact_counts(files: Files, fix: Fix) -> None:
    lines = "".join(f"a{n} = f'x'\nb{n} = undefined_{n}\n" for n in range(50))
    files({f"pkg/m{number:02}.py": lines for number in range(50)})

    done = fix("--apply", "--json", "--seconds", "15")

    found = json.loads(done.out)
    counts = found["counts"]
    assert counts["files"] == 50
    if counts["problems"] is None:  # so slow a machine that not all was counted
        assert done.code == 2
        return
    # ty and ruff both report a name that is not defined.
    assert done.code == (2 if found["unknown"] else 1)
    assert found["unknown"] or counts["problems"] == 50 * 150
    assert counts["fixed"] + counts["left"] == counts["problems"]
    assert len(found["left"]) == counts["left"]


def test_an_empty_list_is_no_wish_for_everything(files: Files, fix: Fix) -> None:
    root = files({"app.py": "import os\n"})

    done = fix("--apply", "-", stdin=b"\n")

    assert (done.code, done.out) == (0, "No Python files here; nothing was checked.\n")
    assert (root / "app.py").read_text() == "import os\n"
