"""What the events of a tool call tell: a title, places, diffs. All of it is bounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from punie_agent.codemode.call_report import MOST_DIFF, MOST_PLACES, asked_places, edited_files, found_places, title_of
from punie_agent.events import FileDiff, Place
from punie_semantic.overlay import Overlay
from punie_semantic.registry import TOOLS
from punie_semantic.results import EditResult, EditsResult, FileText, Location, LocationsResult


def location(line: int, *, external: bool = False) -> Location:
    return Location(file="a.py", line=line, column=1, end_line=line, end_column=2, text="", external=external)


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ({"path": "a.py"}, [Place(file="a.py")]),
        ({"path": "a.py", "line": 3}, [Place(file="a.py", line=3)]),
        ({"path": "a.py", "start_line": 7, "end_line": 9}, [Place(file="a.py", line=7)]),
        ({"path": "a.py", "new_path": "b.py"}, [Place(file="a.py"), Place(file="b.py")]),
        ({"path": ""}, []),
        ({"path": "."}, []),
        ({"symbol": "Cart"}, []),
    ],
)
def test_places_that_are_asked_about(arguments: dict[str, Any], places: list[Place]) -> None:
    assert asked_places(arguments) == places


def test_places_that_are_found() -> None:
    found = LocationsResult(locations=[location(2), location(2), location(5), location(9, external=True)], total=4)

    assert found_places(found) == [Place(file="a.py", line=2), Place(file="a.py", line=5)]
    assert found_places(FileText(file="a.py", text="", start_line=1, total_lines=0)) == []
    assert found_places(3) == []


def test_many_places_are_cut() -> None:
    found = LocationsResult(locations=[location(n) for n in range(1, 500)], total=499)

    assert len(found_places(found)) == MOST_PLACES


def test_edits_are_what_the_result_says(tmp_path: Path) -> None:
    one = EditResult(file="a.py", changed=True, diff="-x\n+y\n")
    same = EditResult(file="b.py", changed=False, diff="")
    both = EditsResult(changed=True, files=["a.py"], edits=[one, same], diff=one.diff)
    overlay = Overlay(tmp_path)

    assert edited_files(one, overlay, {}) == [FileDiff(file="a.py", diff="-x\n+y\n")]
    assert edited_files(both, overlay, {}) == [FileDiff(file="a.py", diff="-x\n+y\n")]
    assert edited_files(same, overlay, {}) == []


def test_what_a_rollback_changes_is_found_in_the_overlay(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\n")
    overlay = Overlay(tmp_path)
    start = overlay.checkpoint()
    overlay.write(tmp_path / "a.py", "y\n")
    before = overlay.state
    overlay.rollback(start)

    (diff,) = edited_files(None, overlay, before)

    assert diff.file == "a.py"
    assert "-y\n+x\n" in diff.diff


def test_long_things_are_cut(tmp_path: Path) -> None:
    large = EditResult(file="a.py", changed=True, diff="x" * 10 * MOST_DIFF)

    assert len(edited_files(large, Overlay(tmp_path), {})[0].diff) <= MOST_DIFF + 1
    assert title_of(TOOLS["search_text"], {"pattern": "a\nb" * 500}) == "Search for " + ("a b" * 500)[:189] + "…"


def test_an_integer_too_long_to_write_does_not_end_the_call() -> None:
    assert title_of(TOOLS["rollback"], {"checkpoint": 10**5000}) == "rollback"
