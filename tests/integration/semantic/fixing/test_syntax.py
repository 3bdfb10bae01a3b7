"""Syntax errors as ty and ruff report them: one fix for all findings of one mistake, and what is declined."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.fixing.outcome import FixSearch
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project

UNCLOSED = "def area(width: int, height: int) -> int:\n    return max(width * height, 0\n\n\nSIDE = area(2, 3)\n"
CLOSED = UNCLOSED.replace(", 0\n", ", 0)\n")


async def searches(root: Path, text: str) -> list[FixSearch]:
    async with Workspace.open(write_project(root, {"app.py": text})) as workspace:
        findings = await workspace.checker.both(workspace.overlay.resolve("app.py"))
        return [await find_fixes(workspace, p) for p in findings.problems if p.code == "invalid-syntax"]


async def test_each_finding_of_one_mistake_has_the_same_fix(tmp_path: Path) -> None:
    found = await searches(tmp_path, UNCLOSED)

    assert len(found) > 1
    assert [search.found[0].text for search in found] == [CLOSED] * len(found)


async def test_what_only_shows_in_a_whole_file_does_not_count_against_the_fix(tmp_path: Path) -> None:
    found = await searches(tmp_path, f"import os\n\n\n{UNCLOSED}")

    assert found[0].found[0].text == f"import os\n\n\n{CLOSED}"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_the_first_of_two_mistakes_is_mended_and_the_second_is_left(tmp_path: Path, ending: str) -> None:
    text = "def one(x):\n    return [x, 1\n\n\ndef two(y)\n    return y\n".replace("\n", ending)

    found = await searches(tmp_path, text)

    assert text.replace("1", "1]") in [search.found[0].text for search in found if search.found]


async def test_merge_conflicts_are_not_guessed(tmp_path: Path) -> None:
    found = await searches(tmp_path, "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n")

    assert found
    assert not any(search.found for search in found)


async def test_a_broken_line_far_down_in_the_function_that_a_problem_is_about(tmp_path: Path) -> None:
    right = (
        "def longest(words: list[str]) -> str:\n    best = ''\n    for w in words:\n        if len(w) > len(best):\n"
        "            best = w  # 🙂\n\n    return str(best)\n"
    )

    async with Workspace.open(write_project(tmp_path, {"app.py": right.replace("return", "reutrn")})) as workspace:
        findings = await workspace.checker.both(workspace.overlay.resolve("app.py"))
        problem = next(p for p in findings.problems if p.code == "invalid-implicit-return")
        found = await find_fixes(workspace, problem)

    assert found.found[0].text == right
