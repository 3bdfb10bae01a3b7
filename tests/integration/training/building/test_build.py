"""Building a dataset from the sample project and from a user's own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from punie_agent.models.small_prompt import SYSTEM
from punie_training.building import BuildOptions, BuildReport, Progress, build
from punie_training.building.manners import plain
from punie_training.dataset import Dataset, load
from punie_training.execution import Programs

TOOLS = ("ruff_check", "read_file", "git_status", "list_files")

BOATS = """
MOORINGS = 12


def free_moorings(taken: int) -> int:
    return MOORINGS - taken


def is_full(taken: int) -> bool:
    return free_moorings(taken) == 0
"""


class Built(NamedTuple):
    report: BuildReport
    dataset: Dataset
    home: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A dataset, built once for the tests of this file; the cache of its programs stays for the builds after it."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUNIE_TRAINING_HOME", str(folder / "home"))
        report = asyncio.run(build(BuildOptions(folder / "data", tools=TOOLS, per_template=1)))
    return Built(report, load(folder / "data"), folder / "home")


async def test_what_is_built_is_balanced_executed_and_free_of_leaks(built: Built) -> None:
    report, dataset, _ = built
    every = [example for examples in dataset.splits.values() for example in examples]

    assert report.total == len(every)
    assert {split: len(examples) > 0 for split, examples in dataset.splits.items()} == dict.fromkeys(
        dataset.splits, True
    )
    assert set(report.counts) == {"single_tool", "field_access", "multi_step", "direct"}
    for tool in TOOLS:
        assert report.per_tool[tool] >= 10
    for split, examples in dataset.splits.items():
        direct = sum(example.provenance.category == "direct" for example in examples)
        assert direct / len(examples) == pytest.approx(0.3, abs=0.03), split
    queries = {split: {plain(example.query) for example in examples} for split, examples in dataset.splits.items()}
    assert not queries["train"] & queries["test"]
    assert not queries["train"] & queries["valid"]
    keys = {split: {e.provenance.split_key for e in examples} for split, examples in dataset.splits.items()}
    assert not keys["train"] & keys["test"]
    assert len({example.query for example in every}) == len(every)


async def test_every_example_has_the_short_prompt_and_a_program_of_the_tools(
    built: Built,
) -> None:
    dataset = built.dataset

    for examples in dataset.splits.values():
        for example in examples:
            assert [m.role for m in example.messages] == ["system", "user", "assistant"]
            assert example.messages[0].content == SYSTEM
            assert "{" not in example.query
            if example.provenance.category == "direct":
                assert example.program is None
            else:
                assert example.program is not None
                assert set(example.provenance.tools) <= set(TOOLS)
                json.loads(
                    example.provenance.result.removesuffix("...") if len(example.provenance.result) < 400 else "0"
                )


async def test_the_programs_hold(built: Built, programs: Programs) -> None:
    """Run again what the dataset says was run: the answers are the same."""
    dataset = built.dataset

    for example in [e for e in dataset.splits["test"] if e.program and len(e.provenance.result) < 400][:12]:
        done = await programs.run(example.program or "")
        assert json.loads(example.provenance.result) == json.loads(json.dumps(done.value)), example.program


async def test_the_same_seed_gives_the_same_dataset_and_nothing_is_executed_twice(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(built.home))
    seen: list[Progress] = []

    again = await build(BuildOptions(tmp_path / "again", tools=TOOLS, per_template=1), seen.append)
    other = await build(BuildOptions(tmp_path / "other", tools=("git_status",), per_template=1, seed=1))

    assert load(tmp_path / "again") == built.dataset
    assert again.tried == again.reused == built.report.tried
    assert seen[0].doing == "looking at the project"
    assert (seen[-1].done, seen[-1].total) == (again.kept, again.kept)
    first = [e.query for e in built.dataset.splits["train"] if e.provenance.tools == ("git_status",)]
    assert sorted(first) != [e.query for e in load(tmp_path / "other").splits["train"]]
    assert other.reused == other.tried > 0


async def test_a_users_project_gives_its_own_names(tmp_path: Path) -> None:
    project = tmp_path / "harbour"
    (project / "src").mkdir(parents=True)
    (project / "src" / "boats.py").write_text(BOATS, encoding="utf-8")
    tools = ("find_references", "pytest_run")

    report = await build(
        BuildOptions(tmp_path / "data", workspace=project, tools=tools, per_template=1, direct_share=0.0)
    )

    dataset = load(tmp_path / "data")
    text = " ".join(example.query for example in dataset.splits["train"])
    assert "free_moorings" in text
    assert "greenhouse" not in text
    assert {example.provenance.project for example in dataset.splits["train"]} == {"harbour"}
    assert "pytest_run" not in report.per_tool
    assert any("pytest_run" in note for note in report.notes)
    assert not list(project.rglob(".ruff_cache"))


async def test_the_words_of_fix_give_programs_that_fix(tmp_path: Path, programs: Programs) -> None:
    """The short program edits what the planner's long one edits for the same problem."""
    from punie_agent.planner.planning import next_step
    from punie_agent.planner.recipe import Program

    tools = ("find_fixes", "apply_code_action", "verify_edits")
    await build(BuildOptions(tmp_path / "data", tools=tools, per_template=1))
    wanted = [e for e in load(tmp_path / "data").splits["train"] if e.query.startswith("Fix the problem at ")]

    assert len(wanted) >= 4
    for example in wanted[:2]:
        step = next_step(example.query, [])
        assert isinstance(step, Program)
        long, short = await programs.run(step.code), await programs.run(example.program or "")
        assert short.value == "clean"
        assert short.diff == long.diff != ""
