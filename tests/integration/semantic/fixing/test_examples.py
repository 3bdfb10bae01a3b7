"""The examples of the generators' page: the fix that comes first is the one shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.generators.table import GENERATORS
from punie_semantic.fixing.outcome import FixOptions
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace

# So that the examples that are about lint are reported at all.
SETTINGS = """\
[tool.ruff.lint]
select = ["A", "ARG", "B", "E", "F", "N", "PLR", "PLW", "RET", "RUF", "SIM", "UP"]
"""


@pytest.mark.parametrize("row", GENERATORS, ids=lambda row: row.name)
async def test_the_example_is_mended_as_shown(tmp_path: Path, row: Generator) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    file = tmp_path / "example.py"
    file.write_text(row.before)

    async with Workspace.open(tmp_path) as workspace:
        problems = [p for p in (await workspace.checker.both(file)).problems if row.wants(p)]
        assert problems, "nothing of what it is for is reported"
        search = await find_fixes(workspace, problems[0], FixOptions(unsafe=True))

    assert search.found, [(r.candidate.title, r.why) for r in search.rejected]
    assert search.found[0].text == row.after
