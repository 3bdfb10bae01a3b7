"""Programs hold what users wrote as literals, whatever it is."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punie_agent.planner.planning import next_step
from punie_agent.planner.programs import literal, program
from punie_agent.planner.recipe import Program
from punie_agent.planner.table import RECIPES
from punie_agent.planner.understanding import understand
from tests.unit.agent.planner.phrasings import UNDERSTOOD

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(text=TEXTS)
def test_a_text_stays_one_literal(text: str) -> None:
    tree = ast.parse(program("value", value=text).code)

    first = tree.body[0]
    assert isinstance(first, ast.Assign)
    assert ast.literal_eval(first.value) == text


@given(text=TEXTS)
def test_a_quoted_symbol_calls_nothing_else(text: str) -> None:
    step = next_step(f"find references to `{text}`", [])

    if isinstance(step, Program):
        called = {
            n.func.id
            for n in ast.walk(ast.parse(step.code))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert called <= {
            "find_symbol",
            "find_references",
            "read_file",
            "list_files",
            "found",
            "len",
            "set",
            "str",
            "ValueError",
        }


@given(prompt=st.text(max_size=200))
def test_no_prompt_breaks_the_planner(prompt: str) -> None:
    understand(prompt)
    next_step(prompt, [])


@pytest.mark.parametrize("prompt", [row[0] for row in UNDERSTOOD])
def test_every_request_has_a_program_that_parses_or_an_answer(prompt: str) -> None:
    step = next_step(prompt, [])

    assert step is not None
    if isinstance(step, Program):
        ast.parse(step.code)


def test_what_is_no_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no literal"):
        literal(object())


def test_questions_do_not_edit() -> None:
    edits = (
        "edit_file",
        "write_file",
        "rename_",
        "replace_symbol",
        "insert_at",
        "ruff_fix",
        "apply_code",
        "run_command",
    )
    asking = {name for name, recipe in RECIPES.items() if not recipe.edits}

    for prompt, recipe, _ in UNDERSTOOD:
        step = next_step(prompt, [])
        if recipe in asking and isinstance(step, Program):
            assert [name for name in edits if f"{name}" in step.code] == []
