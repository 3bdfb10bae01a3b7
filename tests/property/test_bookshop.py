"""A small seeded sample of the property: the bookshop's tests stay green, whatever is refactored in it."""

from __future__ import annotations

from pathlib import Path

from punie_ls.demo import seeds
from tests.property.campaign import Project, run_campaign, run_tests
from tests.property.renames import run_renames


async def test_refactorings_at_random_places_keep_the_tests_green(tmp_path: Path) -> None:
    root = seeds.copy_bookshop(tmp_path / "bookshop")
    # The other tests fail because of the seeded defects.
    passing = ("tests/test_catalog.py", "tests/test_money.py", "tests/test_storage.py")
    project = Project(root, ("src/bookshop/*.py",), passing, ("src",))
    assert run_tests(project) == ""

    outcome = await run_campaign(project, seed=20, count=12, group=12)

    assert outcome.broken == []
    assert outcome.applied.total() == 12
    assert outcome.refused.total() > 0


async def test_renames_of_random_symbols_keep_the_tests_green(tmp_path: Path) -> None:
    root = seeds.copy_bookshop(tmp_path / "bookshop")
    passing = ("tests/test_catalog.py", "tests/test_money.py", "tests/test_storage.py")
    project = Project(root, ("src/bookshop/*.py",), passing, ("src",))

    outcome = await run_renames(project, seed=3, count=10, group=10)

    assert outcome.broken == []
    assert outcome.applied.total() == 10
    assert outcome.several_files > 0
