"""A project whose modules are named like Punie's and Python's own: none of its code ever runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.e2e.editor import PUNIE_LS, start_editor

NAMES = [
    "agent/__init__.py",
    "semantic/__init__.py",
    "punie_agent/__init__.py",
    "punie_semantic/__init__.py",
    "pydantic_ai/__init__.py",
    "json.py",
    "typing_extensions.py",
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
]
TEXT = 'import datetime\n\nimport agent\n\nprint("🚀 世界", f"done", agent, timedelta(1), datetime.date)\n'


@pytest.fixture
def marker(project: Path, tmp_path: Path) -> Path:
    """The file that the project's modules write when they are imported."""
    marker = tmp_path / "marker"
    for name in NAMES:
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"import pathlib\n\npathlib.Path({str(marker)!r}).write_text(__name__)\n")
    return marker


async def test_fixes_work_and_nothing_of_the_project_runs(project: Path, marker: Path) -> None:
    (project / "app.py").write_text(TEXT)
    async with start_editor(project, cwd=project) as editor:
        uri = editor.open(project / "app.py")

        assert await editor.fix(uri, "F541") == TEXT.replace('f"done"', '"done"')
        assert await editor.fix(uri, "unresolved-reference") == TEXT.replace('f"done"', '"done"').replace(
            "timedelta(1)", "datetime.timedelta(1)"
        )

        assert [m.message for m in editor.messages if m.type != types.MessageType.Info] == []
    assert not marker.exists(), marker.read_text()


def test_the_modules_would_run(project: Path, marker: Path) -> None:
    """Or the other test would show nothing."""
    subprocess.run([sys.executable, "-c", "import agent"], cwd=project, check=True)

    assert marker.read_text() == "agent"


@pytest.mark.parametrize("command", [[str(PUNIE_LS)], [sys.executable, "-P", "-m", "punie_ls"]], ids=["script", "-P"])
def test_the_command_line_runs_none_of_it_either(project: Path, marker: Path, command: list[str]) -> None:
    done = subprocess.run([*command, "fix", "--help"], cwd=project, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert not marker.exists(), marker.read_text()
