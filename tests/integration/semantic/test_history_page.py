"""The example of docs/history.md runs."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.conftest import Project
from tests.integration.semantic.projects import snapshot

PAGE = Path(__file__).parents[3] / "docs" / "history.md"


def test_the_example_edits_and_takes_it_back(project: Project) -> None:
    root = project({"app.py": "x = 1\n", "old.py": "o = 1\n", "gone.py": "g = 1\n"})
    before = snapshot(root)
    program = PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    edits, undone = program.split("undo(root)\n")

    names: dict[str, object] = {"root": root}
    exec(edits, names)
    assert snapshot(root) == {"app.py": b"x = 2\n", "new.py": b"y = 1\n", "pkg/better.py": b"o = 1\n"}
    exec(f"undo(root)\n{undone}", names)

    assert snapshot(root) == before
