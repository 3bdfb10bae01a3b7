"""Asking ty about many files at once gives what asking one by one gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic import checking
from punie_semantic.checking import Checker
from punie_semantic.workspace import Workspace

COUNT = 40


def write_project(root: Path) -> None:
    (root / "base.py").write_text("def size(name: str) -> int:\n    return len(name)\n")
    for number in range(COUNT):
        argument = number if number % 3 == 0 else repr(str(number))
        (root / f"user_{number:02}.py").write_text(f"from base import size\n\nsize({argument})\n")
    (root / "latin.py").write_bytes("name = 'Käse'\n".encode("latin-1"))


async def test_many_at_once_are_as_one_by_one(tmp_path: Path) -> None:
    write_project(tmp_path)
    async with Workspace.open(tmp_path) as workspace:
        edited = {workspace.root / "base.py": "def size(name: int) -> int:\n    return name\n"}
        for state in ({}, edited):
            together, alone = workspace.checker, Checker(workspace.overlay, workspace.checker.ty)
            await together.prefetch(workspace.files.paths, state)
            for path in workspace.files.paths:
                assert await together.by_ty(path, state) == await alone.by_ty(path, state)


async def test_the_counts_are_right(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "latin.py").unlink()
    async with Workspace.open(tmp_path) as workspace:
        edited = {workspace.root / "base.py": "def size(name: int) -> int:\n    return name\n"}
        found = []
        for state in ({}, edited):
            await workspace.checker.prefetch(workspace.files.paths, state)
            found.append([len((await workspace.checker.by_ty(p, state)).problems) for p in workspace.files.paths])

    before, after = (sum(counts) for counts in found)
    assert (before, after) == (14, 26)


async def test_what_is_remembered_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "REMEMBERED", 10)
    write_project(tmp_path)
    async with Workspace.open(tmp_path) as workspace:
        checker, path = workspace.checker, workspace.root / "base.py"
        for number in range(8):
            workspace.overlay.write(path, f"size = {number}\n")
            await checker.both(path)
            await checker.prefetch(workspace.files.paths, workspace.overlay.state)
            await checker.prefetch_ruff(workspace.files.paths)

        assert len(checker._known) == 10


async def test_ruff_on_many_files_is_as_on_each(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "unused.py").write_text("import os\nx = '📚'; import sys\n")
    (tmp_path / "syntax.py").write_text("def f(:\n")
    (tmp_path / "latin1.py").write_bytes("# coding: latin-1\nimport os\nname = 'ü'\n".encode("latin-1"))
    async with Workspace.open(tmp_path) as workspace:
        together, alone = workspace.checker, Checker(workspace.overlay, workspace.checker.ty)
        await together.prefetch_ruff(workspace.files.paths)
        for path in workspace.files.paths:
            assert await together.by_ruff(path) == await alone.by_ruff(path)
