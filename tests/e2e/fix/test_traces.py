"""What was tried is kept, with what became of it; the form is that of docs/sessions.md."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.fix.conftest import Files, Fix

pytestmark = pytest.mark.timeout(600)  # several processes, on a machine that may be busy

Traces = Callable[[], list[dict[str, Any]]]

TOKEN = "ghp_" + "a1B2" * 10
APP = f'def total(items: list[int]) -> int:\n    return sum(items)\n\n\nkey = "{TOKEN}"\nprint(totl([1]), key)\n'


def test_a_fix_from_the_command_line(
    files: Files, fix: Fix, punie: Fix, traces: Traces, environ: dict[str, str]
) -> None:
    root = files({"app.py": APP})

    shown = fix()
    (offered,) = traces()
    fix("--apply")
    (_, applied) = traces()
    punie("undo")
    (_, undone) = traces()
    punie("redo")
    (first, again) = traces()

    assert shown.code == 0
    assert (offered["format"], offered["version"]) == ("punie-fix", 1)
    assert (offered["origin"], offered["project"], offered["session"]) == ("command_line", str(root), None)
    assert offered["problem"]["code"] == "unresolved-reference"
    assert (offered["problem"]["line"], offered["problem"]["column"]) == (6, 7)
    assert offered["before"]["first_line"] == 1
    assert "print(totl([1]), key)\n" in offered["before"]["text"]
    best = offered["candidates"][0]
    assert (best["title"], best["verdict"]) == ("Change totl to total", "chosen")
    assert best["edits"] == [{"line": 6, "column": 7, "end_line": 6, "end_column": 11, "text": "total"}]
    assert "+print(total([1]), key)\n" in offered["diff"]
    assert offered["files_checked"] == ["app.py"]
    assert [t["decision"] for t in (offered, applied, undone, again)] == ["", "applied", "undone", "applied"]
    assert applied["transaction"]
    assert first == offered
    with closing(sqlite3.connect(environ["PUNIE_STORE"])) as database:
        stored = "".join(row[0] for row in database.execute("SELECT json FROM punie_fixes"))
    assert TOKEN not in stored
    assert "[redacted:github-token]" in stored


def test_what_does_not_hold_is_kept_too_and_checks_keep_nothing(files: Files, fix: Fix, traces: Traces) -> None:
    files({"app.py": "x = f'a'\n"})

    fix("--check")
    fix("--no-record")
    nothing = traces()
    fix("--apply")

    assert nothing == []
    (kept,) = traces()
    assert (kept["outcome"], kept["decision"]) == ("fixed", "applied")


def test_a_store_that_cannot_be_used_is_said_and_stops_nothing(
    files: Files, fix: Fix, environ: dict[str, str], tmp_path: Path
) -> None:
    root = files({"app.py": "x = f'a'\n"})
    (tmp_path / "store").write_text("a file where the folder would be")

    done = fix("--apply")

    assert done.code == 0
    assert done.err.startswith("punie-ls: What was tried is not recorded: ")
    assert (root / "app.py").read_text() == "x = 'a'\n"
