"""docs/generators.md says what the table says, and every generator has an example."""

from __future__ import annotations

from pathlib import Path

from punie_semantic.fixing.generators.page import render_generators
from punie_semantic.fixing.generators.table import GENERATORS

PAGE = Path(__file__).parents[5] / "docs" / "generators.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_generators()


def test_every_generator_has_an_example() -> None:
    assert [row.name for row in GENERATORS if not row.before or row.before == row.after] == []


def test_no_name_is_used_twice() -> None:
    names = [row.name for row in GENERATORS]

    assert sorted(names) == sorted(set(names))


def test_what_it_does_is_a_sentence_without_its_full_stop() -> None:
    assert [row.name for row in GENERATORS if row.does.endswith(".") or not row.does] == []
