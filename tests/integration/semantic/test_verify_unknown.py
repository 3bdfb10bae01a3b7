"""What could not be checked before an edit is not taken for new after it, nor for clean."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from punie_semantic.environment import find_tool
from punie_semantic.verify import verify
from punie_semantic.workspace import Workspace

FAILS_ONCE = """#!{python}
import pathlib, subprocess, sys
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    sys.exit("out of memory")
sys.exit(subprocess.run([{ruff!r}, *sys.argv[1:]]).returncode)
"""


async def test_a_tool_that_fails_before_the_edit_makes_the_answer_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    file = project / "app.py"
    file.write_text("import os\nimport sys\n")
    script = tmp_path / "ruff"
    mark = str(tmp_path / "mark")
    script.write_text(FAILS_ONCE.format(python=sys.executable, mark=mark, ruff=str(find_tool("ruff"))))
    script.chmod(0o755)
    monkeypatch.setenv("PUNIE_RUFF", str(script))

    async with Workspace.open(project) as workspace:
        workspace.overlay.write(workspace.root / "app.py", "import os\n")
        report = await verify(workspace.checker, workspace.files, {})

    assert (report.state, report.introduced) == ("unknown", [])
    assert report.reason == "ruff: ruff failed: out of memory"
