"""Several conversations on one project: each with edits of its own, all with one ty."""

from __future__ import annotations

import asyncio

from punie_semantic.tools.checks import diagnostics
from punie_semantic.tools.edits import write_file
from punie_semantic.tools.files import edit_file, read_file
from punie_semantic.tools.navigation import find_references
from punie_semantic.tools.review import verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import SHOP, Project


async def test_a_fork_does_not_see_the_edits_of_another(shop: Workspace) -> None:
    one, two = shop.fork(), shop.fork()

    await edit_file(one, "shop/prices.py", "-> int", "-> str")
    await write_file(two, "shop/new.py", "x = 1\n")

    assert "-> str" in (await read_file(one, "shop/prices.py")).text
    assert "-> int" in (await read_file(two, "shop/prices.py")).text
    assert [c.file for c in one.overlay.changes()] == ["shop/prices.py"]
    assert [c.file for c in two.overlay.changes()] == ["shop/new.py"]
    assert shop.overlay.changes() == []


async def test_ty_answers_each_fork_about_its_own_texts(shop: Workspace) -> None:
    one, two = shop.fork(), shop.fork()
    await edit_file(one, "shop/clean.py", "one = 1", 'one: int = "one"')

    for _ in range(3):
        broken, clean = await asyncio.gather(diagnostics(one, "shop/clean.py"), diagnostics(two, "shop/clean.py"))
        assert [p.code for p in broken.problems if p.tool == "ty"] == ["invalid-assignment"]
        assert (clean.state, clean.problems) == ("clean", [])


async def test_a_changed_dependency_is_seen_by_its_fork_only(shop: Workspace) -> None:
    one, two = shop.fork(), shop.fork()
    await edit_file(one, "shop/prices.py", "VAT = 20", "TAX = 20")

    reports = await asyncio.gather(verify_edits(one), diagnostics(two, "shop/cart.py"))

    assert [(p.file, p.code) for p in reports[0].introduced] == [("shop/cart.py", "import-not-found")]
    assert all(p.code != "import-not-found" for p in reports[1].problems)


async def test_a_created_file_is_seen_by_its_fork_only(shop: Workspace) -> None:
    one, two = shop.fork(), shop.fork()
    for fork in (one, two):
        await edit_file(fork, "shop/clean.py", "one = 1\n", "from shop.extra import extra\n\none = extra\n")
    await write_file(one, "shop/extra.py", "extra = 1\n")

    for _ in range(2):
        seen, unseen = await asyncio.gather(diagnostics(one, "shop/clean.py"), diagnostics(two, "shop/clean.py"))
        assert [p.code for p in seen.problems if p.tool == "ty"] == []
        assert [p.code for p in unseen.problems if p.tool == "ty"] == ["import-not-found"]


async def test_twenty_forks_work_at_once(project: Project) -> None:
    async with Workspace.open(project(SHOP)) as workspace:
        forks = [workspace.fork() for _ in range(20)]

        async def work(number: int, fork: Workspace) -> int:
            await fork.begin()
            await edit_file(fork, "shop/prices.py", "VAT = 20", f"VAT = {number}")
            references = await find_references(fork, symbol="price")
            report = await verify_edits(fork)
            assert report.state == "clean"
            assert f"VAT = {number}" in (await read_file(fork, "shop/prices.py")).text
            return len(references.locations)

        counts = await asyncio.gather(*(work(number, fork) for number, fork in enumerate(forks)))

    assert len(set(counts)) == 1
    assert counts[0] > 0


async def test_a_fork_begins_without_ending_the_turn_of_another(shop: Workspace) -> None:
    one, two = shop.fork(), shop.fork()
    await edit_file(one, "shop/clean.py", "one = 1", 'one: int = "one"')

    await two.begin()

    assert [p.code for p in (await diagnostics(one, "shop/clean.py")).problems if p.tool == "ty"] == [
        "invalid-assignment"
    ]


async def test_a_fork_that_outlives_its_workspace_is_told_so(project: Project) -> None:
    async with Workspace.open(project(SHOP)) as workspace:
        fork = workspace.fork()

    report = await diagnostics(fork, "shop/clean.py")

    assert report.state == "unknown"
    assert "The workspace is closed" in report.reason
