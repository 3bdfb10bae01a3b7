"""Protocol objects stay in a few modules, so that another version of the protocol changes only these."""

from __future__ import annotations

import ast
from pathlib import Path

import punie_agent.acp

ALLOWED = {"agent", "client", "projection", "session_view"}


def test_who_imports_the_sdk() -> None:
    folder = Path(punie_agent.acp.__file__).parent
    found = {file.stem for file in folder.glob("*.py") if "acp" in _imported(file)}
    assert found == ALLOWED


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names
