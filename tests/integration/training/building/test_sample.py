"""The sample project: the same everywhere, with a history, and wrong where it should be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from punie_training.exceptions import DatasetError
from punie_training.execution import Programs
from punie_training.sample import copy_sample


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def test_two_copies_have_the_same_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = copy_sample(tmp_path / "a")
    (tmp_path / "gitconfig").write_text("[user]\nname = Somebody\n[commit]\ngpgsign = true\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    second = copy_sample(tmp_path / "b")

    assert git(first, "log", "--format=%H %an %s") == git(second, "log", "--format=%H %an %s")
    assert len(git(first, "log", "--format=%s").splitlines()) == 2


def test_there_are_staged_unstaged_and_new_files(tmp_path: Path) -> None:
    assert git(copy_sample(tmp_path), "status", "--porcelain").splitlines() == [
        "M  README.md",
        " M src/greenhouse/settings.py",
        "?? docs/ideas.md",
    ]


async def test_it_has_something_for_every_tool(programs: Programs) -> None:
    types = await programs.run("typecheck().error_count")
    lint = await programs.run("r = ruff_check()\n(r.violation_count, r.fixable_count)")
    tests = await programs.run("r = pytest_run()\n(r.passed, [f.test_id for f in r.failures])")
    symbols = await programs.run("sum([len(document_symbols(f).symbols) for f in list_files('*.py', 'src').files])")

    assert types.value == 13
    assert lint.value[0] == 23
    assert 5 < lint.value[1] < 23
    assert tests.value == [18, ["tests/test_pricing.py::test_delivery_is_free_from_sixty_on"]]
    assert symbols.value > 100


def test_it_never_overwrites(tmp_path: Path) -> None:
    copy_sample(tmp_path)

    with pytest.raises(DatasetError, match="exists already"):
        copy_sample(tmp_path)


def test_without_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DatasetError, match="git is not installed"):
        copy_sample(tmp_path)
