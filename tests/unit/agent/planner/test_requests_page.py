"""docs/requests.md says what the recipes say, and its examples are understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.planner.page import render_requests
from punie_agent.planner.phrases import parsed
from punie_agent.planner.recipe import Recipe, Request
from punie_agent.planner.table import QUESTIONS, RECIPES, TOPICS
from punie_agent.planner.understanding import understand

PAGE = Path(__file__).parents[4] / "docs" / "requests.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_requests()


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_an_example_is_understood_as_its_recipe(recipe: Recipe) -> None:
    understood = understand(recipe.example)

    assert isinstance(understood, Request)
    assert understood.recipe == recipe.name


def test_no_name_is_used_twice() -> None:
    names = [recipe.name for recipes in TOPICS.values() for recipe in recipes]

    assert len(names) == len(RECIPES)


def test_every_phrase_can_be_read() -> None:
    phrases = [phrase for recipe in RECIPES.values() for phrase in recipe.phrases]

    assert all(parsed(phrase) for phrase in [*phrases, *(phrase for phrase, _ in QUESTIONS)])


def test_what_edits_needs_something_to_edit() -> None:
    without = {r.name for r in RECIPES.values() if r.edits and r.about in ("", "folder")}

    assert without == {"add_import", "fix_test", "rollback"}
