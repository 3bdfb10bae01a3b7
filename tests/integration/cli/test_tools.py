"""`punie-ls tools`: the generated pages."""

from __future__ import annotations

import ast
from pathlib import Path

from punie_semantic.reference import render_reference
from punie_semantic.registry import TOOLS
from tests.integration.cli.conftest import punie


def test_the_stubs_are_printed(tmp_path: Path) -> None:
    done = punie("tools", "stubs", cwd=tmp_path)

    tree = ast.parse(done.out)
    assert done.code == 0
    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef)] == list(TOOLS)


def test_the_reference_is_written_and_checked(tmp_path: Path) -> None:
    page = tmp_path / "tools.md"

    assert punie("tools", "reference", "--check", str(page), cwd=tmp_path).code == 1
    assert punie("tools", "reference", "--write", str(page), cwd=tmp_path).code == 0
    assert punie("tools", "reference", "--check", str(page), cwd=tmp_path).code == 0
    assert page.read_text(encoding="utf-8") == render_reference()
    page.write_text("old")
    stale = punie("tools", "reference", "--check", str(page), cwd=tmp_path)

    assert stale.code == 1
    assert "tools.md is out of date. Run: make docs" in stale.err
