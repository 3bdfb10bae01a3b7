"""The search itself: what it offers, what it declines, and that it leaves no trace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project

AREA = "def area(width: int, height: int) -> int:\n    return widht * height\n"
Opened = Callable[..., AbstractAsyncContextManager[Workspace]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def open_it(**files: str | bytes) -> AsyncGenerator[Workspace]:
        named = {name.replace("__", "/") + ".py": text for name, text in files.items()}
        async with Workspace.open(write_project(tmp_path / "project", named)) as workspace:
            yield workspace

    return open_it


async def search(
    workspace: Workspace, file: str = "app.py", code: str = "", options: FixOptions | None = None, *more: Generator
) -> FixSearch:
    findings = await workspace.checker.both(workspace.overlay.resolve(file))
    problem = next(p for p in findings.problems if not code or p.code == code)
    return await find_fixes(workspace, problem, options, *((more,) if more else ()))


def proposing(*candidates: Candidate) -> Generator:
    async def generate(place: Place) -> list[Candidate]:
        return list(candidates)

    return Generator("test", "For tests", generate)


def change(old: str, new: str, text: str, weight: float = 0.5) -> Candidate:
    at = text.index(old)
    return Candidate(f"Change {old} to {new}", (Edit(at, at + len(old), new),), "fix", "test", weight, "")


async def test_the_overlay_is_left_as_it_was(opened: Opened) -> None:
    async with opened(app=AREA) as workspace:
        found = await search(workspace)

        assert found.found
        assert workspace.overlay.changes() == []
        assert (workspace.root / "app.py").read_text() == AREA


async def test_edits_of_the_turn_are_the_base(opened: Opened) -> None:
    async with opened(app="x = 1\n") as workspace:
        file = workspace.overlay.resolve("app.py")
        workspace.overlay.write(file, AREA)
        found = await search(workspace)

        assert found.found[0].text == AREA.replace("widht", "width")
        assert workspace.overlay.text(file) == AREA


async def test_what_breaks_a_dependent_is_rejected(opened: Opened) -> None:
    app = "def price() -> int:\n    return 'a'\n"
    candidate = change("int", "str", app, 0.9)
    async with opened(app=app, use="from app import price\n\nprint(price() + 1)\n") as workspace:
        found = await search(workspace, "app.py", "", None, proposing(candidate))

    assert found.found == []
    assert "in line 3 of use.py" in found.rejected[0].why


async def test_the_likelier_one_comes_first_and_the_other_is_offered_too(opened: Opened) -> None:
    candidates = [change("widht", "height", AREA, 0.2), change("widht", "width", AREA, 0.8)]
    async with opened(app=AREA) as workspace:
        found = await search(workspace, "app.py", "", None, proposing(*candidates))

    assert [f.candidate.title for f in found.found] == ["Change widht to width", "Change widht to height"]
    assert found.found[0].score > found.found[1].score


async def test_a_generator_that_fails_costs_only_its_own(opened: Opened) -> None:
    async def fail(place: Place) -> list[Candidate]:
        raise RuntimeError("a bug")

    broken = Generator("broken", "For tests", fail)
    async with opened(app=AREA) as workspace:
        found = await search(workspace, "app.py", "", None, broken, proposing(change("widht", "width", AREA)))

    assert [f.candidate.title for f in found.found] == ["Change widht to width"]
    assert (found.state, "broken" in found.reason) == ("partial", True)


async def test_edits_that_overlap_are_no_candidate(opened: Opened) -> None:
    bad = Candidate("Bad", (Edit(0, 5, ""), Edit(3, 9, "")), "fix", "test", 0.9, "")
    async with opened(app=AREA) as workspace:
        found = await search(workspace, "app.py", "", None, proposing(bad))

    assert (found.found, found.rejected) == ([], [])


async def test_the_dear_ones_are_asked_only_when_nothing_is_likely(opened: Opened) -> None:
    asked: list[str] = []

    async def dear(place: Place) -> list[Candidate]:
        asked.append("dear")
        return [change("widht", "height", AREA)]

    row = Generator("dear", "For tests", dear, cost=2)
    async with opened(app=AREA) as workspace:
        await search(workspace, "app.py", "", None, proposing(change("widht", "width", AREA, 0.7)), row)
        assert asked == []
        await search(workspace, "app.py", "", None, proposing(change("widht", "width", AREA, 0.3)), row)
    assert asked == ["dear"]


async def test_unsafe_ones_are_held_back_unless_allowed(opened: Opened) -> None:
    text = "def f() -> None:\n    x = 1\n"
    async with opened(app=text) as workspace:
        without = await search(workspace, "app.py", "F841")
        allowed = await search(workspace, "app.py", "F841", FixOptions(unsafe=True))

    assert without.found == []
    assert "Remove assignment to unused variable `x`" in [c.title for c in without.held_back]
    assert "Remove assignment to unused variable `x`" in [f.candidate.title for f in allowed.found]


async def test_a_comment_that_hides_it_only_when_asked_for(opened: Opened) -> None:
    text = "x: int = object()\n"
    async with opened(app=text) as workspace:
        without = await search(workspace)
        asked = await search(workspace, options=FixOptions(suppress=True))

    assert [f.candidate.kind for f in without.found if f.candidate.kind == "suppress"] == []
    assert next(f.text for f in asked.found if f.candidate.kind == "suppress").startswith("x: int = object()  # ")


async def test_a_checker_that_is_missing_is_unknown_not_clean(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(app=AREA) as workspace:
        problem = (await workspace.checker.by_ruff(workspace.overlay.resolve("app.py"))).problems[0]
        monkeypatch.setenv("PUNIE_TY", "/nowhere/ty")
        found = await find_fixes(workspace, problem)

    assert (found.state, found.found) == ("unknown", [])
    assert "ty could not be started" in found.reason


async def test_crlf_and_emoji_stay(opened: Opened) -> None:
    text = "# 🛒\r\n" + AREA.replace("\n", "\r\n")
    async with opened(app=text.encode()) as workspace:
        found = await search(workspace)

    assert found.found[0].text == text.replace("widht", "width")


async def test_a_file_that_is_broken_elsewhere(opened: Opened) -> None:
    text = f"{AREA}\n\ndef broken(:\n    pass\n"
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "unresolved-reference")

    assert found.found[0].text == text.replace("widht", "width")


async def test_two_problems_of_one_line_are_mended_one_by_one(opened: Opened) -> None:
    text = AREA.replace("widht * height", "widht * heigth")
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "unresolved-reference")

    assert found.found[0].text == text.replace("widht", "width")


async def test_a_read_only_file_is_declined(opened: Opened) -> None:
    async with opened(app=AREA) as workspace:
        (workspace.root / "app.py").chmod(0o444)
        await workspace.begin()
        found = await search(workspace)

    assert found.found == []
    assert "read-only" in found.rejected[0].why


async def test_a_file_of_the_environment_is_never_edited(opened: Opened) -> None:
    async with opened(app=AREA) as workspace:
        stranger = workspace.root / ".venv" / "lib" / "site-packages" / "stranger.py"
        stranger.parent.mkdir(parents=True)
        stranger.write_text(AREA)
        await workspace.begin()
        problem = (await workspace.checker.both(workspace.overlay.resolve("app.py"))).problems[0]
        there = replace(problem, file=".venv/lib/site-packages/stranger.py")
        try:
            found = (await find_fixes(workspace, there)).found
        except SemanticError:
            found = []

    assert found == []
    assert stranger.read_text() == AREA


async def test_a_long_file(opened: Opened) -> None:
    text = AREA + "\n" + "".join(f"value_{n} = {n}\n" for n in range(8_000))
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "unresolved-reference")

    assert found.found[0].text == text.replace("widht", "width")


async def test_a_file_of_more_than_a_megabyte_is_declined(opened: Opened) -> None:
    text = AREA + f"\nTEXT = '{'x' * 1_000_000}'\n"
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "unresolved-reference")

    assert (found.state, found.found) == ("unknown", [])
    assert found.reason == "app.py is larger than 1 MB; Punie fixes smaller files"


async def test_a_search_can_be_cancelled(opened: Opened) -> None:
    async def forever(place: Place) -> list[Candidate]:
        await asyncio.sleep(3600)
        return []

    async with opened(app=AREA) as workspace:
        task = asyncio.create_task(search(workspace, "app.py", "", None, Generator("slow", "For tests", forever)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert workspace.overlay.changes() == []
        assert (await search(workspace)).found


HIDING = """\
class Cart:
    def __init__(self) -> None:
        self.items: list[int] | None = None

    def first(self) -> int:
        return self.itmes[0]
"""


async def test_a_likely_fix_that_shows_what_the_mistake_hid(opened: Opened) -> None:
    async with opened(app=HIDING) as workspace:
        (fix,) = (await search(workspace)).found

        assert fix.text == HIDING.replace("itmes", "items")
        assert fix.candidate.title == "Change itmes to items, which shows another problem"
        assert [(p.code, p.line) for p in fix.report.revealed] == [("not-subscriptable", 6)]
        assert fix.report.introduced == []
        assert "the mistake hid not-subscriptable in line 6" in fix.why
        assert fix.score < 0.7  # no batch makes it


async def test_an_unlikely_fix_that_shows_something_is_none(opened: Opened) -> None:
    text = HIDING.replace("self.itmes[0]", "self.contents[0]")
    change_it = proposing(change("contents", "items", text, 0.7))
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "", None, change_it)

        assert found.found == []
        assert any("not-subscriptable" in rejected.why for rejected in found.rejected)


async def test_a_call_says_nothing_of_what_a_name_means(opened: Opened) -> None:
    """Parentheses that show other problems are no better than what is there."""
    text = "def f(s: str) -> str:\n    return s\n\n\nprint(f.size)\n"
    async with opened(app=text) as workspace:
        assert all("which shows" not in fix.candidate.title for fix in (await search(workspace)).found)


async def test_what_a_dependent_shows(opened: Opened) -> None:
    prices = "from fractoins import Fraction\n\n\ndef price() -> Fraction:\n    return Fraction(1)\n"
    cart = "from prices import price\n\ntotal: str = price()\n"
    async with opened(prices=prices, cart=cart) as workspace:
        fix = (await search(workspace, "prices.py")).found[0]

        assert fix.text == prices.replace("fractoins", "fractions")
        assert [(p.file, p.code) for p in fix.report.revealed] == [("cart.py", "invalid-assignment")]


async def test_a_problem_behind_a_syntax_error(opened: Opened) -> None:
    """ty reads `deef` as a name; the keyword is meant."""
    text = "x = 1\n\n\ndeef area(width: int, height: int) -> int:\n    return width * height\n"
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "unresolved-reference")

        assert found.found[0].text == text.replace("deef", "def")


async def test_lines_that_move_may_show_nothing(opened: Opened) -> None:
    """A block without its statement: to move the next lines into it is no repair when that brings a problem."""
    text = "def price(name: str) -> int:\n    if name:\n    return len(name)  # 🙂\n"
    async with opened(app=text) as workspace:
        found = await search(workspace, "app.py", "invalid-syntax")

        assert all("which shows" not in fix.candidate.title for fix in found.found)
        assert any("invalid-implicit-return" in rejected.why for rejected in found.rejected)


async def test_what_a_syntax_error_hid(opened: Opened) -> None:
    """The parser goes on behind it, and ty does not check what was skipped."""
    shop = "cllass Shop:\n    def price(self) -> int:\n        return 1\n\n\ndef total(shop: Shop) -> str:\n"
    text = f"{shop}    return shop.price()  # 🙂\n"
    async with opened(app=text) as workspace:
        fix = (await search(workspace, "app.py", "invalid-syntax")).found[0]

        assert fix.text == text.replace("cllass", "class")
        assert [(p.code, p.line) for p in fix.report.revealed] == [("invalid-explicit-return", 7)]
        assert fix.candidate.title.endswith(", which shows another problem")
