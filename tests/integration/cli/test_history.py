"""`punie-ls history`, `undo` and `redo`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Finished, Project, punie

OLD = "x = 1\n\n\ny = 1\n"


@pytest.fixture
def state(tmp_path: Path) -> str:
    """A journal of the test's own."""
    return str(tmp_path / "state")


def edited(project: Project, state: str) -> Path:
    root = project({"app.py": OLD})
    done = punie(
        *("run", "--apply", "-c", "edit_file('app.py', 'x = 1', 'x = 2')\nedit_file('app.py', 'y = 1', 'y = 2')"),
        cwd=root,
        PUNIE_STATE_DIR=state,
    )
    assert done.code == 0, done.err
    assert (root / "app.py").read_text() == "x = 2\n\n\ny = 2\n"
    return root


def ids(root: Path, state: str) -> list[str]:
    return [t["id"] for t in json.loads(punie("history", "--json", cwd=root, PUNIE_STATE_DIR=state).out)]


def test_nothing_was_changed_yet(project: Project, state: str) -> None:
    done = punie("history", cwd=project({}), PUNIE_STATE_DIR=state)

    assert (done.code, done.out, done.err) == (0, "Punie changed nothing here yet.\n", "")


def test_undo_and_redo(project: Project, state: str) -> None:
    root = edited(project, state)

    undone = punie("undo", cwd=root, PUNIE_STATE_DIR=state)
    assert (undone.code, undone.err) == (0, "")
    assert undone.out.splitlines()[0].endswith("  Undo: Edit app.py")
    assert undone.out.splitlines()[1].strip() == "app.py  +2 -2"
    assert (root / "app.py").read_text() == OLD

    assert punie("redo", cwd=root, PUNIE_STATE_DIR=state).code == 0
    assert (root / "app.py").read_text() == "x = 2\n\n\ny = 2\n"

    listed = punie("history", cwd=root, PUNIE_STATE_DIR=state)
    assert [line.partition(" s  ")[2] for line in listed.out.splitlines()[::2]] == [
        "Redo: Edit app.py",
        "Undo: Edit app.py (undone)",
        "Edit app.py",
    ]


def test_one_hunk_as_history_numbers_it(project: Project, state: str) -> None:
    root = edited(project, state)
    key = ids(root, state)[0]

    shown = punie("history", "--show", key, cwd=root, PUNIE_STATE_DIR=state)
    done = punie("undo", key, "--hunk", "app.py:2", cwd=root, PUNIE_STATE_DIR=state)

    assert shown.out == (
        "--- a/app.py\n+++ b/app.py\n@@ -1,1 +1,1 @@ hunk 1\n-x = 1\n+x = 2\n@@ -4,1 +4,1 @@ hunk 2\n-y = 1\n+y = 2\n"
    )
    assert done.code == 0
    assert (root / "app.py").read_text() == "x = 2\n\n\ny = 1\n"


def test_a_conflict_writes_nothing(project: Project, state: str) -> None:
    root = edited(project, state)
    (root / "app.py").write_text("x = 3\n\n\ny = 2\n")

    done = punie("undo", cwd=root, PUNIE_STATE_DIR=state)
    as_json = punie("undo", "--json", cwd=root, PUNIE_STATE_DIR=state)

    assert (done.code, done.out) == (1, "")
    assert "app.py, hunk 1: its lines were edited since" in done.err
    assert as_json.code == 1
    assert json.loads(as_json.out) == {
        "done": None,
        "conflicts": [
            {"file": "app.py", "hunk": 1, "message": "its lines were edited since, or are there more than once"}
        ],
    }
    assert (root / "app.py").read_text() == "x = 3\n\n\ny = 2\n"


def test_json_says_what_was_done(project: Project, state: str) -> None:
    root = edited(project, state)
    key = ids(root, state)[0]

    done = json.loads(punie("undo", "--json", "--file", "app.py", cwd=root, PUNIE_STATE_DIR=state).out)

    assert done["conflicts"] == []
    assert (done["done"]["undoes"], done["done"]["title"]) == (key, "Undo: Edit app.py")
    assert done["done"]["files"] == [{"file": "app.py", "kind": "edit", "old_file": "", "added": 2, "removed": 2}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("undo",), "There is nothing to undo."),
        (("redo",), "There is nothing to redo."),
        (("undo", "abc"), "abc is no transaction of this project"),
        (("undo", "--hunk", "app.py"), "app.py is no hunk. Pass FILE:NUMBER"),
        (("history", "--show", "abc"), "abc is no transaction"),
        (("history", "-w", "gone"), "gone is not a folder"),
    ],
)
def test_bad_arguments(project: Project, state: str, arguments: tuple[str, ...], message: str) -> None:
    done: Finished = punie(*arguments, cwd=project({"app.py": OLD}), PUNIE_STATE_DIR=state)

    assert (done.code, done.out) == (2, "")
    assert message in done.err
