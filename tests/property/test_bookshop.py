"""A small seeded sample of the property: the bookshop's tests stay green, whatever is refactored in it."""

from __future__ import annotations

from pathlib import Path

from punie_ls.demo import seeds
from tests.property.campaign import Project, run_campaign, run_tests


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
