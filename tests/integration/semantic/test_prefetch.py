"""Asking ty about many files at once gives what asking one by one gives."""

from __future__ import annotations

from pathlib import Path

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
