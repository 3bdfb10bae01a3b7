"""`punie-ls fix`: exit codes, what is printed, and what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Project, punie
from tests.integration.semantic.projects import broken_program, snapshot, write_environment

FILES: dict[str, str | bytes] = {
    "pyproject.toml": '[tool.ruff]\nlint.select = ["E", "F"]\n',
    "good.py": "one = 1\n",
    "app.py": "import os\nx = f'a'\n",
    "pkg/wrong.py": "y: int = 'one'\n",
}
HOSTILE = Path(__file__).parents[2] / "workspaces" / "hostile"


def test_nothing_to_fix(project: Project) -> None:
    done = punie("fix", "good.py", cwd=project(FILES))

    assert (done.code, done.out, done.err) == (0, "0 fixed; 0 left.\n", "")


def test_fixes_are_shown_and_not_written(project: Project) -> None:
    root = project(FILES)
    before = snapshot(root)

    done = punie("fix", "app.py", cwd=root)

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1 @@\n-import os\n-x = f'a'\n+x = 'a'\n"
        "2 fixed in 1 file(s), not written; use --apply; 0 left.\n"
    )
    assert snapshot(root) == before


def test_apply_writes_only_what_changed(project: Project) -> None:
    root = project(FILES)
    before = snapshot(root)
    times = {name: (root / name).stat().st_mtime_ns for name in before}

    done = punie("fix", "--apply", cwd=root)

    assert done.code == 1
    assert snapshot(root) == before | {"app.py": b"x = 'a'\n"}
    assert [name for name in before if (root / name).stat().st_mtime_ns != times[name]] == ["app.py"]


def test_what_is_left_is_told_with_its_place(project: Project) -> None:
    done = punie("fix", "--confidence", "1", "pkg", cwd=project(FILES))

    assert done.code == 1
    first, last = done.out.splitlines()
    assert first.startswith("pkg/wrong.py:1:10: invalid-assignment left: ")
    assert last == "0 fixed; 1 left."


def test_the_json_object(project: Project) -> None:
    done = punie("fix", "--json", "--select", "F401,invalid-assignment", cwd=project(FILES))

    assert done.code == 1
    found = json.loads(done.out)
    (fixed,), (left,) = found.pop("fixed"), found.pop("left")
    fixed.pop("fix")
    assert fixed == {
        "file": "app.py",
        "line": 1,
        "column": 8,
        "end_line": 1,
        "end_column": 10,
        "tool": "ruff",
        "code": "F401",
        "severity": "warning",
        "problem": "`os` imported but unused",
        "message": "Fixed F401: Remove unused import: `os`.",
    }
    assert left.pop("message")
    assert left == {
        "file": "pkg/wrong.py",
        "line": 1,
        "column": 10,
        "end_line": 1,
        "end_column": 15,
        "tool": "ty",
        "code": "invalid-assignment",
        "severity": "error",
        "problem": 'Object of type `Literal["one"]` is not assignable to `int`',
    }
    assert found == {
        "applied": False,
        "status": 1,
        "stopped": "",
        "counts": {"files": 3, "problems": 2, "fixed": 1, "left": 1},
        "unknown": [],
        "skipped": [],
        "files": [{"file": "app.py", "diff": "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1 @@\n-import os\n x = f'a'\n"}],
    }


def test_the_json_object_of_an_applied_run(project: Project) -> None:
    done = punie("fix", "--json", "--apply", "app.py", cwd=project(FILES))

    assert (done.code, json.loads(done.out)["applied"]) == (0, True)


def test_select_fixes_only_some_codes(project: Project) -> None:
    root = project(FILES)

    done = punie("fix", "--apply", "--select", "F541", "--select", "E999", cwd=root)

    assert done.code == 0
    assert (root / "app.py").read_text() == "import os\nx = 'a'\n"


def test_unsafe_fixes_on_request_only(project: Project) -> None:
    root = project({"app.py": "def f() -> None:\n    x = 1\n"})

    without = punie("fix", cwd=root)
    allowed = punie("fix", "--unsafe-fixes", cwd=root)

    assert (without.code, allowed.code) == (1, 0)
    assert "is unsafe" in without.out
    assert "+    pass\n" in allowed.out


def test_a_fix_below_keeps_the_numbers_of_the_file_on_disk(project: Project) -> None:
    done = punie("fix", cwd=project({"app.py": "import os\nx: int = 'one'\n"}))

    assert "app.py:2:10: invalid-assignment left: " in done.out


@pytest.mark.parametrize("files", [{}, {"notes.txt": "hello", "pkg/data.json": "{}"}], ids=["empty", "no Python"])
def test_a_folder_without_python(project: Project, files: dict[str, str | bytes]) -> None:
    done = punie("fix", cwd=project(files))

    assert (done.code, done.out, done.err) == (0, "No Python files here; nothing was checked.\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("../other.py",), "is outside the workspace"),
        (("/etc",), "is outside the workspace"),
        (("link.py",), "is a symlink that leaves the workspace"),
        (("gone.py",), "gone.py does not exist in the workspace"),
        (("--workspace", "gone"), "gone is not a folder"),
        (("--workspace", "good.py"), "good.py is not a folder"),
    ],
)
def test_bad_paths_are_an_error(project: Project, arguments: tuple[str, ...], message: str) -> None:
    root = project(FILES)
    (root.parent / "other.py").write_text("import os\n")
    (root / "link.py").symlink_to(root.parent / "other.py")

    done = punie("fix", "--apply", *arguments, cwd=root)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("punie-ls: ")
    assert message in done.err
    assert (root.parent / "other.py").read_text() == "import os\n"


def test_another_folder_is_a_workspace_with_its_paths(project: Project, tmp_path: Path) -> None:
    root = project(FILES)

    done = punie("fix", "--apply", "--workspace", str(root), str(root / "app.py"), cwd=tmp_path)

    assert done.code == 0
    assert (root / "app.py").read_text() == "x = 'a'\n"


@pytest.mark.parametrize(("variable", "tool"), [("PUNIE_RUFF", "ruff"), ("PUNIE_TY", "ty")])
@pytest.mark.parametrize("broken", [False, True], ids=["missing", "broken"])
def test_a_tool_that_cannot_answer_is_an_error(
    project: Project, tmp_path: Path, variable: str, tool: str, broken: bool
) -> None:
    root = project(FILES)
    before = snapshot(root)
    program = broken_program(tmp_path) if broken else "/nowhere/tool"

    done = punie("fix", "--apply", "good.py", cwd=root, **{variable: program})

    assert done.code == 2
    assert f"unknown: good.py: {tool}" in done.err
    assert snapshot(root) == before


def test_a_file_that_cannot_be_read_does_not_stop_the_others(project: Project) -> None:
    root = project({"app.py": "x = f'a'\n", "bad.py": b"\xff\xfe\n"})

    done = punie("fix", "--apply", cwd=root)

    assert done.code == 2
    assert "bad.py does not decode" in done.err
    assert (root / "app.py").read_text() == "x = 'a'\n"
    assert (root / "bad.py").read_bytes() == b"\xff\xfe\n"


def test_a_file_with_a_syntax_error_is_left(project: Project) -> None:
    root = project({"app.py": "<<<<<<< ours\nx = 1\n"})

    done = punie("fix", "--apply", cwd=root)

    assert done.code == 1
    assert "invalid-syntax left" in done.out
    assert (root / "app.py").read_text() == "<<<<<<< ours\nx = 1\n"


def test_crlf_bom_and_encoding_survive(project: Project) -> None:
    root = project(
        {
            "crlf.py": b"import os\r\nx = 1\r\n",
            "bom.py": b"\xef\xbb\xbfimport os\nx = 1\n",
            "latin.py": b"# coding: latin-1\nimport os\nx = '\xfc'\n",
            "emoji.py": "y = '📚'; x = f'a'\n".encode(),
        }
    )

    punie("fix", "--apply", "--select", "F401", "--select", "F541", cwd=root)

    assert snapshot(root) == {
        "crlf.py": b"x = 1\r\n",
        "bom.py": b"\xef\xbb\xbfx = 1\n",
        "latin.py": b"# coding: latin-1\nx = '\xfc'\n",
        "emoji.py": "y = '📚'; x = 'a'\n".encode(),
    }


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    root = tmp_path / "hostile"
    shutil.copytree(HOSTILE, root)
    write_environment(root / ".venv")
    return root


def test_a_hostile_project_is_fixed_and_never_imported(hostile: Path) -> None:
    before = snapshot(hostile)

    done = punie("fix", "--apply", "src", cwd=hostile)

    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("1 fixed in 1 file(s), written; 0 left.\n")
    changed = {name for name, data in snapshot(hostile).items() if before.get(name) != data}
    assert changed == {"src/shop/cart.py"}


def test_a_hostile_project_can_be_asked(hostile: Path) -> None:
    done = punie("run", "-c", "typecheck('src').state", cwd=hostile)

    assert (done.code, done.out, done.err) == (0, "clean\n", "")
    assert not list(hostile.rglob("imported.mark"))


def test_two_runs_come_to_rest(project: Project) -> None:
    root = project({**FILES, "late.py": "import sys\n\nprint(sys, Decimal(1))\n"})

    first = punie("fix", "--apply", cwd=root)
    after = snapshot(root)
    second = punie("fix", "--apply", cwd=root)

    assert (first.code, second.code) == (1, 1)
    assert snapshot(root) == after
    assert second.out.endswith("0 fixed; 1 left.\n")
