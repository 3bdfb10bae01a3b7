"""What is huge, endless or slow: answers come in time, and take no memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from tests.integration.doors.conftest import plain
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.running import nothing_marked
from tests.security.tools.boundary import attacked, in_time

GIB = 1 << 30
# Ruff and ty would read such files without end themselves, so only Punie's own reading is asked, with little memory.
READERS = {
    "settings": "from punie_semantic.settings import read_project; print(read_project(root).problems)",
    "dependencies": "from punie_semantic.dependencies import declared_packages; print(declared_packages(root))",
    "visible files": "from punie_semantic.visible_files import VisibleFiles; print(list(VisibleFiles(root, root)))",
    "repository": "from punie_semantic.exposed import repository_of; print(repository_of(root))",
    "python": (
        "from punie_semantic.exposed import needed_by_python; from punie_semantic.environment import Interpreter; "
        "print(len(needed_by_python(Interpreter(root / '.venv', 'test'))))"
    ),
    "editable": (
        "from punie_semantic.editable import editable_paths; from punie_semantic.environment import Interpreter; "
        "print(editable_paths(root, Interpreter(root / '.venv', 'test')))"
    ),
    "failed tests": "from punie_semantic.tools.testing import _cached_failures; print(_cached_failures(root))",
    "workspace": (
        "import asyncio; from punie_semantic.workspace import Workspace\n"
        "async def main():\n    async with Workspace.open(root) as workspace: print(workspace.settings.model)\n"
        "asyncio.run(main())"
    ),
}
LIMITED = (
    "import resource, pathlib, sys; root = pathlib.Path(sys.argv[1])\n"
    "resource.setrlimit(resource.RLIMIT_AS, (%d, %d))\n"
)


@pytest.mark.parametrize("kind", ["endless", "pipe", "huge", "folder"])
@pytest.mark.parametrize("reader", READERS)
def test_files_that_are_read_along(tmp_path: Path, reader: str, kind: str) -> None:
    root = write_project(tmp_path / "project", {"a.py": "x = 1\n"})
    (packages,) = (root / ".venv" / "lib").glob("*/site-packages")
    (root / ".pytest_cache" / "v" / "cache").mkdir(parents=True)
    (root / ".venv" / "pyvenv.cfg").unlink()
    (packages / "x.dist-info").mkdir()
    places = [root / name for name in ("punie.toml", "pyproject.toml", ".gitignore", ".git", ".ignore")]
    places += [root / ".venv" / "pyvenv.cfg", packages / "x.pth", packages / "x.dist-info" / "direct_url.json"]
    places += [packages / "__editable___x_finder.py", root / ".pytest_cache" / "v" / "cache" / "lastfailed"]
    for place in places:
        match kind:
            case "endless":
                place.symlink_to("/dev/zero")
            case "pipe":
                subprocess.run(["mkfifo", str(place)], check=True)
            case "huge":
                with place.open("wb") as stream:
                    stream.truncate(8 * GIB)
            case "folder":
                place.mkdir()
    program = LIMITED % (2 * GIB, 2 * GIB) + READERS[reader]

    done = subprocess.run([sys.executable, "-c", program, str(root)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr[-2000:]


async def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"a.py": "x = 1\n"})
    with (root / "huge.txt").open("wb") as stream:
        stream.truncate(8 * GIB)
    async with attacked(root) as workspace:
        for tool, arguments in {
            "read_file": {"path": "huge.txt"},
            "edit_file": {"path": "huge.txt", "old": "x", "new": "y"},
            "write_file": {"path": "huge.txt", "text": "x"},
            "delete_file": {"path": "huge.txt"},
            "rename_file": {"path": "huge.txt", "new_path": "new.txt"},
        }.items():
            result = await in_time(TOOLS[tool].call(workspace, **arguments))
            assert isinstance(result, SemanticError), (tool, result)
            assert "files over" in str(result)
        found = await in_time(TOOLS["search_text"].call(workspace, pattern="x"))
        assert [match["file"] for match in plain(found)["matches"]] == ["a.py"]
    (root / "huge.txt").unlink()


async def test_a_line_of_five_megabytes(tmp_path: Path) -> None:
    line = "x = '" + "a" * (5 * 1000 * 1000) + "'\n"
    root = write_project(tmp_path / "project", {"long.py": line, "other.py": "y = 1\n"})
    async with attacked(root) as workspace:
        for tool, arguments in {
            "read_file": {"path": "long.py"},
            "search_text": {"pattern": "aaa"},
            "edit_file": {"path": "long.py", "old": "x = 'aaa", "new": "x = 'bbb"},
            "document_symbols": {"path": "long.py"},
            "ruff_check": {"path": "long.py"},
            "typecheck": {"path": "long.py"},
            "hover": {"path": "long.py", "line": 1, "column": 1},
            "git_status": {},
        }.items():
            result = await in_time(TOOLS[tool].call(workspace, **arguments), 100)
            assert not isinstance(result, Exception) or isinstance(result, SemanticError), (tool, result)


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(a|a)*$", r"(.*a){25}", r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 100_000]
)
async def test_patterns_that_never_end(tmp_path: Path, pattern: str) -> None:
    root = write_project(tmp_path / "project", {"a.txt": "a" * 60 + "!\n"})
    async with attacked(root) as workspace:
        result = await in_time(TOOLS["search_text"].call(workspace, pattern=pattern, regex=True), 60)

    text = str(result) if isinstance(result, Exception) else str(plain(result))
    assert isinstance(result, SemanticError) or plain(result)["state"] in ("partial", "unknown") or "matches" in text


@pytest.mark.parametrize("glob", ["**/" * 40 + "x", "*" * 5000, "[" * 1000, "{" + "a," * 1000 + "}", "a" * 100_000])
async def test_globs_that_never_end(tmp_path: Path, glob: str) -> None:
    root = write_project(tmp_path / "project", {"a/" * 30 + "a.py": "x = 1\n"})
    async with attacked(root) as workspace:
        result = await in_time(TOOLS["list_files"].call(workspace, glob=glob), 60)

    assert not isinstance(result, Exception) or isinstance(result, SemanticError), result


@pytest.mark.parametrize("sandbox", ["auto", "never"])
async def test_output_without_end(tmp_path: Path, sandbox: str) -> None:
    root = write_project(tmp_path / "project", {"a.py": "x = 1\n"})
    async with attacked(root, sandbox_commands=sandbox) as workspace:
        for _ in range(8):  # a full pipe once hid the end of the program, though not each time
            result = await in_time(TOOLS["run_command"].call(workspace, argv=["yes"], timeout=1))

            assert isinstance(result, SemanticError)
            assert "did not end within 1 s" in str(result)


async def test_a_bomb_of_processes_ends_with_its_deadline(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"a.py": "x = 1\n"})
    # Half of them leave the process group and the session.
    bomb = (
        "import os, sys, time\n"
        "for number in range(6):\n    if not os.fork() and number % 2:\n        os.setsid()\n"
        "time.sleep(600)"
    )
    for sandbox in ("auto", "never"):
        mark = f"bomb-{sandbox}-{tmp_path}"
        async with attacked(root, sandbox_commands=sandbox) as workspace:
            call = TOOLS["run_command"].call(workspace, argv=[sys.executable, "-c", bomb, mark], timeout=3)
            result = await in_time(call)
        assert isinstance(result, SemanticError)
        await nothing_marked(mark)
