"""SIGKILL at any line of a commit, an undo, a redo or a repair: afterwards all files are old, or all are new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from punie_semantic.entries import Content, Head, Step
from punie_semantic.journal import Journal
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

PROGRAM = Path(__file__).with_name("crashes.py")


def crash(folder: Path, operation: str, wanted: int) -> dict[str, Any]:
    """Run the program; in a process of its own, for it forks."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), operation, str(wanted)],
        env={**os.environ, "PUNIE_STATE_DIR": str(folder / "state")},
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.timeout(320)
@pytest.mark.parametrize(
    ("operation", "wanted", "least"), [("commit", 240, 240), ("undo", 60, 60), ("redo", 60, 60), ("recover", 200, 150)]
)
def test_a_kill_leaves_the_old_state_or_the_new_one(tmp_path: Path, operation: str, wanted: int, least: int) -> None:
    found = crash(tmp_path, operation, wanted)

    assert found["bad"] == []
    assert found["points"] >= least
    assert found["old"] > 0
    assert found["new"] > 0


def test_a_disk_that_takes_no_more_leaves_the_old_state(tmp_path: Path) -> None:
    found = crash(tmp_path, "limit", 1200)

    assert found["bad"] == []
    assert found["old"] > 0
    assert found["new"] > 0


def test_a_folder_that_may_not_be_written_leaves_the_old_state() -> None:
    # pytest's own folders can be entered by their owner only; as root, the program becomes somebody else.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)

        assert crash(Path(folder), "permission", 0)["bad"] == []


async def test_opening_a_project_repairs_it_and_says_so(project: Project) -> None:
    root = project({"a.py": "a = 2\n", "b.py": "b = 1\n"})
    journal = Journal(root)
    steps = [Step(name, Content(name[:1] + b" = 1\n"), Content(name[:1] + b" = 2\n")) for name in (b"a.py", b"b.py")]
    with journal.locked():
        journal.begin(Head("Half done", ()), tuple(steps))

    async with Workspace.open(root) as workspace:
        assert workspace.recovery.taken_back == ["Half done"]
        assert workspace.overlay.text(root / "a.py") == "a = 1\n"

    async with Workspace.open(root) as workspace:
        assert not workspace.recovery
