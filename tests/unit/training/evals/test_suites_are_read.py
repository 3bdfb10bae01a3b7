"""Suites are read from YAML and JSON, and what is wrong with one is said with its file and entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.evals.suite import load_suite
from punie_training.exceptions import EvaluationError

GOOD = """
name: mine
cases:
  - id: types
    category: single_tool
    query: Check the types
    programs: ["typecheck()"]
  - {id: hello, category: direct, query: Hello, tool: answer, words: [hi|hello]}
"""


def _written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_yaml(tmp_path: Path) -> None:
    suite = load_suite(_written(tmp_path, GOOD))

    assert [(case.id, case.expected, case.tools) for case in suite.cases] == [
        ("types", "typecheck", ("typecheck",)),
        ("hello", "answer", ("answer",)),
    ]


def test_json_means_the_same(tmp_path: Path) -> None:
    content = {"name": "mine", "cases": [{"id": "a", "category": "c", "query": "q", "tool": "typecheck"}]}

    suite = load_suite(_written(tmp_path, json.dumps(content), "mine.json"))

    assert suite.cases[0].expected == "typecheck"


@pytest.mark.parametrize(("name", "count"), [("core-20", 20), ("core-40", 40)])
def test_built_in_suites(name: str, count: int) -> None:
    suite = load_suite(name)

    assert len(suite.cases) == count
    assert len({case.query for case in suite.cases}) == count


def test_core_40_begins_with_core_20_and_has_ten_symbol_and_ten_text_queries() -> None:
    cases = load_suite("core-40").cases

    assert cases[:20] == load_suite("core-20").cases
    assert [case.category for case in cases[20:]] == ["lsp"] * 10 + ["text"] * 10


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{id: a, category: c, query: q, tool: typechek}", r"case 1 \(a\): there is no tool 'typechek'.*typecheck"),
        ("{id: a, category: c, query: q}", r"case 1 \(a\): a case needs a tool"),
        ("{id: a, category: c, tool: typecheck}", r"case 1 \(a\): query: Field required"),
        ("{id: a, category: c, query: q, tool: typecheck, tols: 1}", r"case 1 \(a\): tols: Extra inputs"),
        ("{id: a, category: c, query: q, programs: ['1 +']}", r"case 1 \(a\): this is not a Python program: '1 \+'"),
        ("{id: a, category: c, query: q, programs: ['1 + 1']}", r"case 1 \(a\): this program calls no tool"),
        (
            "{id: a, category: c, query: q, programs: ['typecheck(folder=1)']}",
            r"case 1 \(a\): 'typecheck\(folder=1\)' does not fit the tool; see: punie-ls tools show typecheck",
        ),
        (
            "{id: a, category: c, query: q, tool: ruff_check, programs: ['typecheck()']}",
            r"case 1 \(a\): tool is ruff_check, but the programs first call typecheck",
        ),
        ("{id: a, category: c, query: q, tool: typecheck, words: [x]}", r"case 1 \(a\): words and answer belong to"),
        ("{id: a, category: c, query: q, tool: answer, arguments: {}}", r"case 1 \(a\): a direct answer has no"),
        ("just words", r"case 1: .*valid dictionary"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: str, said: str) -> None:
    file = _written(tmp_path, f"name: mine\ncases:\n  - {entry}\n")

    with pytest.raises(EvaluationError, match=rf"mine\.yaml, {said}"):
        load_suite(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: mine\ncases: []\n", "has no cases"),
        ("name: mine\n", "has no cases"),
        ("", "is no suite"),
        ("- 1\n", "is no suite"),
        ("name: [\n", "neither YAML nor JSON"),
        ("nam: mine\ncases: [{id: a, category: c, query: q, tool: typecheck}]\n", "nam: Unexpected|nam: Extra|name"),
        ("name: x\ninclude: core-99\ncases: [{id: a, category: c, query: q, tool: typecheck}]\n", "include names a"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = _written(tmp_path, text)

    with pytest.raises(EvaluationError, match=rf"mine\.yaml.*({said})"):
        load_suite(file)


def test_two_cases_of_one_id(tmp_path: Path) -> None:
    entry = "  - {id: a, category: c, query: q, tool: typecheck}\n"

    with pytest.raises(EvaluationError, match="case 2: the id 'a' is also that of case 1"):
        load_suite(_written(tmp_path, f"name: mine\ncases:\n{entry}{entry}"))


def test_a_suite_that_is_not_there() -> None:
    with pytest.raises(EvaluationError, match=r"There is no suite 'core-21'\. Pass one of core-20, core-40"):
        load_suite("core-21")


def test_held_out_needs_a_dataset() -> None:
    with pytest.raises(EvaluationError, match="--dataset"):
        load_suite("held-out")


def test_a_limit_takes_cases_evenly() -> None:
    suite = load_suite("core-40")

    few = suite.first(8)

    assert [case.id for case in few.cases] == [case.id for case in suite.cases[::5]]
    assert few.hash != suite.hash
    assert suite.first(None) is suite


def test_a_limit_of_nothing() -> None:
    with pytest.raises(EvaluationError, match="measures nothing"):
        load_suite("core-20").first(0)


def test_the_workspace_is_beside_the_file(tmp_path: Path) -> None:
    file = _written(tmp_path, GOOD.replace("name: mine", "name: mine\nworkspace: shop"))

    assert load_suite(file).workspace == tmp_path / "shop"
