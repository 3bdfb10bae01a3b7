"""The one table of recipes, and of what is asked back when a request is open. docs/requests.md is made from it."""

from __future__ import annotations

from punie_agent.planner import (
    annotating,
    checks,
    docstrings,
    edits,
    failing_tests,
    file_edits,
    file_questions,
    fixing,
    git_questions,
    hierarchy_questions,
    project_questions,
    refactorings,
    running_tests,
    smoke_tests,
    symbol_questions,
    talk,
)
from punie_agent.planner.recipe import Recipe

# By topic, as the page of requests has them.
TOPICS: dict[str, tuple[Recipe, ...]] = {
    "Symbols": (*symbol_questions.RECIPES, *hierarchy_questions.RECIPES),
    "Files and texts": file_questions.RECIPES,
    "Checks": checks.RECIPES,
    "Tests": (*running_tests.RECIPES, *failing_tests.RECIPES, *smoke_tests.RECIPES),
    "Edits": (
        *fixing.RECIPES,
        *edits.RECIPES,
        *annotating.RECIPES,
        *file_edits.RECIPES,
        *refactorings.RECIPES,
        *docstrings.RECIPES,
    ),
    "The project": (*project_questions.RECIPES, *git_questions.RECIPES),
    "Talk": talk.RECIPES,
}

RECIPES: dict[str, Recipe] = {recipe.name: recipe for topic in TOPICS.values() for recipe in topic}

# Requests that say too little, or that mean two things: (phrase, question). `{it}` is what they are about.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("rename ({file}|{symbol})", "What is the new name? Say `rename {it} to NEW_NAME`."),
    ("move {file}", "Where to? Say `move {it} to FOLDER/FILE.py`."),
    (
        "(change|turn|replace|switch) [all] {symbol} (to|into|with|by) {new_name}",
        "That can mean two things. To rename the symbol everywhere, say `rename {it} to {new_name}`. "
        "To replace text, Punie's builtin planner has no recipe: do it in the editor.",
    ),
    (
        "(clean|clean up|tidy|tidy up|improve) [up] {file}",
        "Which of these? `format {it}`, `organise imports in {it}`, `remove unused imports from {it}`, "
        "or `fix all problems in {it}`.",
    ),
    (
        "move {symbol} (to|into) {new_path}",
        "Punie moves whole files (`move a.py to b.py`) and renames symbols (`rename {it} to NEW_NAME`). "
        "It cannot move one symbol to another file.",
    ),
    (
        "run [the] tests (for|of) {symbol}",
        "Which tests are these? `which tests cover {it}` lists them; `run tests/FILE.py` or `run TEST_NAME` runs some.",
    ),
    (
        "run [the] tests (for|of) {file}",
        "Which tests are these? Say `run tests/FILE.py`, `run TEST_NAME`, or `run the tests`.",
    ),
    (
        "extract {place}",
        "Into what? Say `extract this into a function called NAME` or `extract this into a variable called NAME`.",
    ),
)
