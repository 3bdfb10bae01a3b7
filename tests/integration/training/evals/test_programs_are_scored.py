"""Programs are scored by executing them on the sample project."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_agent.models.small_prompt import fenced
from punie_training import places
from punie_training.evals.executing import Executions, open_executions
from punie_training.evals.scoring import score
from punie_training.evals.suite import Case, load_suite
from punie_training.exceptions import EvaluationError

TYPES = Case(id="types", category="single_tool", query="Check types", programs=("typecheck('src/greenhouse')",))
COUNT = Case(id="count", category="field_access", query="Count", programs=("len(typecheck().errors)",))
ANY_LINT = Case(id="lint", category="single_tool", query="Lint", tool="ruff_check", arguments={"path": "src"})


@pytest.fixture(name="executions")
async def _executions() -> AsyncGenerator[Executions]:
    async with open_executions(None) as executions:
        yield executions


async def test_right_and_wrong_programs(executions: Executions) -> None:
    programs = {
        'typecheck("src/greenhouse/")': (True, True, True, True, 1.0, ""),
        'typecheck("tests")': (True, True, False, False, 0.4, "comes to another result"),
        "p = 'src/greenhouse'\ntypecheck(p)": (True, True, True, True, 1.0, ""),
        "ruff_check('src')": (True, False, False, False, 0.0, "calls ruff_check, not typecheck"),
        "1 + 1": (True, False, False, False, 0.0, "calls no tool"),
        'typecheck(folder="src/greenhouse")': (False, True, False, False, 0.4, "cannot be run: "),
        'typecheck("src/greenhouse").mistakes': (False, True, True, False, 0.7, "cannot be run: "),
        'typecheck("src/greenhouse").errors[999]': (True, True, True, False, 0.7, "fails: "),
        "typecheck(": (False, False, False, False, 0.0, "cannot be run: "),
    }

    for program, wanted in programs.items():
        found = await score(TYPES, fenced(program), executions)

        assert (found.valid, found.tool, found.args, found.execution, round(found.credit, 2)) == wanted[:5], program
        assert found.why.startswith(wanted[5]), program


async def test_a_program_that_was_cut_is_not_run(executions: Executions) -> None:
    program = "typecheck('src/greenhouse')"

    open_end = await score(TYPES, f"```python\n{program}\n", executions, cut=True)
    closed = await score(TYPES, f"{fenced(program)}\nAnd then some wor", executions, cut=True)

    assert (open_end.valid, open_end.credit, open_end.why) == (False, 0.0, "a program without an end")
    assert closed.credit == 1.0


async def test_exact_is_the_same_tree(executions: Executions) -> None:
    assert (await score(TYPES, fenced('typecheck( "src/greenhouse" )'), executions)).exact
    assert not (await score(TYPES, fenced('typecheck(path="src/greenhouse")'), executions)).exact


async def test_the_value_counts_not_the_way(executions: Executions) -> None:
    found = await score(COUNT, fenced("r = typecheck()\nn = 0\nfor e in r.errors:\n    n += 1\nn"), executions)

    assert found.execution
    assert not found.exact
    assert found.tool_seconds > 0
    assert found.own_seconds > 0
    assert not (await score(COUNT, fenced("len(typecheck().errors) + 1"), executions)).execution


async def test_a_case_without_a_program_asks_for_its_arguments(executions: Executions) -> None:
    assert (await score(ANY_LINT, fenced("ruff_check('./src').violation_count"), executions)).credit == 1.0
    other = await score(ANY_LINT, fenced("ruff_check('tests')"), executions)
    assert (other.tool, other.args, other.execution, other.why) == (True, False, False, "other arguments")


async def test_a_program_where_words_were_asked_for(executions: Executions) -> None:
    case = Case(id="a", category="direct", query="Hello", tool="answer")

    found = await score(case, fenced("ruff_check()"), executions)

    assert (found.valid, found.tool, found.why) == (True, False, "calls ruff_check, but words were asked for")


async def test_equal_programs_are_executed_once(executions: Executions) -> None:
    for _ in range(3):
        await score(COUNT, fenced("len(typecheck().errors)"), executions)

    assert executions.distinct == 1


async def test_edits_are_compared(executions: Executions) -> None:
    file = "src/greenhouse/delivery.py"
    case = Case(id="a", category="multi_step", query="Sort", programs=(f"organize_imports('{file}').changed",))

    assert (await score(case, fenced(f"organize_imports('{file}')\nTrue"), executions)).execution
    assert not (
        await score(case, fenced(f"organize_imports('{file}')\nruff_fix('{file}')\nTrue"), executions)
    ).execution


async def test_references_are_kept_for_the_next_evaluation(tmp_path: Path) -> None:
    async with open_executions(None) as first:
        once = await first.reference("git_log().commits[0].subject")
    async with open_executions(None) as second:
        again = await second.reference("git_log().commits[0].subject")

    assert again == once
    assert again.value == "Plan the watering of the beds"
    assert (first.distinct, second.distinct) == (1, 0)
    assert list((places.cache() / "references").glob("*.json"))


async def test_a_damaged_reference_is_computed_again() -> None:
    async with open_executions(None) as first:
        await first.reference("1 + 1")
    (kept,) = (places.cache() / "references").glob("*.json")
    kept.write_text("{", encoding="utf-8")

    async with open_executions(None) as second:
        assert (await second.reference("1 + 1")).value == 2
        assert second.distinct == 1


async def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"is not a folder\. Correct `workspace`"):
        async with open_executions(tmp_path / "none"):
            pass


@pytest.mark.timeout(400)
async def test_every_built_in_reference_comes_to_itself() -> None:
    pairs = [(case, program) for case in load_suite("core-40").cases for program in case.programs]
    async with open_executions(None) as first:
        wanted = await asyncio.gather(*(first.reference(program) for _, program in pairs))
    async with open_executions(None) as second:
        found = await asyncio.gather(*(score(case, fenced(program), second) for case, program in pairs))

    assert [outcome.error for outcome in wanted if outcome.error] == []
    wrong = [(case.id, program, one.why) for (case, program), one in zip(pairs, found, strict=True) if one.credit < 1]
    assert wrong == []
