"""Checks, tests and questions about the project, called by programs in the sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_semantic.permissions import Request
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.integration.agent.conftest import Project

FILES: dict[str, str | bytes] = {
    "shop.py": "import os\n\nx: int = ''\n",
    "use.py": "import shop\n\nprint(shop.x)\n",
    "test_shop.py": "import pytest\n\n\n@pytest.mark.parametrize('n', [1, 2])\ndef test_it(n):\n    assert n == 1\n",
}


def repository(project: Project) -> Path:
    root = project(FILES)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


class Yes:
    """Allows everything."""

    async def ask(self, request: Request) -> bool:
        return True


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("t = typecheck()\n(t.state, t.error_count, t.files_checked, t.missing)", ("errors", 1, 3, 0)),
        ("r = ruff_check('shop.py')\n[(v.code, v.fixable) for v in r.violations]", [("F401", True)]),
        ("r = pytest_run()\n(r.passed, r.failed, r.failures[0].test_id)", (1, 1, "test_shop.py::test_it[2]")),
        ("[t.test_id for t in pytest_collect(limit=1).tests]", ["test_shop.py::test_it[1]"]),
        ("pytest_run(ids=['test_shop.py::test_it[1]']).state", "clean"),
        (
            "edit_file('shop.py', 'import os', 'import re')\npytest_run(affected=True).reason",
            "no test file depends on this turn's edits",
        ),
        (
            "c = checkpoint()\nedit_file('shop.py', \"''\", '1')\nv = verify_edits(c, tests=True)\n"
            "(v.state, v.unchanged, len(v.fixed), v.tests.state if v.tests else '')",
            ("clean", 1, 1, "clean"),
        ),
        ("dependency_graph('shop').dependents", ["use"]),
        ("import_path_of('shop.py', 'x').statement", "from shop import x"),
        ("[f.python_files for f in project_structure(0).folders]", [3]),
        ("[(f.file, f.worktree) for f in git_status().files if f.file == 'use.py']", [("use.py", "?")]),
        ("git_diff().diff", ""),
        ("try:\n    git_log()\nexcept RuntimeError as e:\n    m = str(e)\nm[:15]", "git log failed:"),
        ("run_command(['git', '--version']).stdout[:11]", "git version"),
    ],
)
async def test_a_call_from_a_program(
    project: Project, monkeypatch: pytest.MonkeyPatch, program: str, value: Any
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = repository(project)
    async with (
        Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace,
        open_runner(render_stubs(), TOOLS) as runner,
    ):
        workspace.permissions = Yes()
        done = await runner.run(program, tool_caller(workspace, lambda event: None))

    assert done.value == value
