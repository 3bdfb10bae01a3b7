"""`punie-ls eval`, `eval compare` and `eval gate`, as the command line runs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from punie_ls.cli.training.eval import eval_app
from tests.tiny_models import make_tiny_model

SUITE = """
name: small
cases:
  - {id: lint, category: single_tool, query: Lint it, programs: ["ruff_check()"]}
  - {id: types, category: single_tool, query: Check types, programs: ["typecheck()"]}
  - {id: hello, category: direct, query: Hello, tool: answer, words: ["good day|hello"]}
"""
RIGHT = {"Lint it": "```python\nruff_check()\n```", "Check types": "```python\ntypecheck()\n```", "Hello": "Good day!"}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "small.yaml").write_text(SUITE)
    (tmp_path / "right.json").write_text(json.dumps(RIGHT))
    (tmp_path / "worse.json").write_text(json.dumps({**RIGHT, "Check types": "No idea."}))
    return tmp_path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(eval_app, list(arguments))


def _evaluated(answers: str, out: str) -> Result:
    return _run("--model", f"scripted:{answers}", "--suite", "small.yaml", "--save", out)


def test_tables(folder: Path) -> None:
    done = _evaluated("worse.json", "w.json")

    assert done.exit_code == 0
    assert re.search(r"tool +66\.7 %", done.stdout)
    assert re.search(r"direct +1 +100 % +100 %", done.stdout)
    assert "✗ Check types  words, but typecheck was to be called" in done.stdout


def test_json_is_all_there_is_on_stdout(folder: Path) -> None:
    done = _run("--model", "scripted:right.json", "--suite", "small.yaml", "--json", "--report", "r.html")

    assert json.loads(done.stdout)["figures"]["summary"]["execution"] == 1.0
    assert "scripted:right.json" in (folder / "r.html").read_text()


def test_compare_shows_regressions_with_both_answers(folder: Path) -> None:
    _evaluated("right.json", "r.json")
    _evaluated("worse.json", "w.json")

    worse = _run("compare", "r.json", "w.json", "--report", "c.html")
    same = _run("compare", "r.json", "r.json")
    three = _run("compare", "r.json", "w.json", "r.json", "--json")

    assert worse.exit_code == 1
    assert re.search(r"tool +100 % +66\.7 % +-33\.3", worse.stdout)
    assert "Worse: 1" in worse.stdout
    assert worse.stdout.index("typecheck()") < worse.stdout.index("No idea.")
    assert (folder / "c.html").is_file()
    assert same.exit_code == 0
    assert [len(one["regressions"]) for one in json.loads(three.stdout)] == [1, 0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "nowhere"), "There is no model 'nowhere'"),
        (("--model", "builtin", "--suite", "nowhere"), "There is no suite 'nowhere'"),
        (("--model", "builtin", "--temperatures", "warm"), "'warm' are no temperatures"),
        (("--model", "builtin", "--dataset", "nowhere"), "manifest.json is missing"),
        (("--model", "builtin", "--dataset", "d", "--suite", "core-20"), "--dataset is for the suite held-out"),
        (("--model", "builtin", "--limit", "0"), "measures nothing"),
        (("compare", "right.json"), "needs two files"),
        (("compare", "right.json", "right.json"), "holds no results of this version"),
        (("gate", "nowhere"), "There is no folder nowhere"),
    ],
)
def test_bad_input(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = _run(*arguments)

    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_gate_to_the_top(folder: Path) -> None:
    pytest.importorskip("mlx_lm")
    make_tiny_model(folder / "tiny")

    done = _run("gate", "tiny", "--tokens-per-second", "0.1", "--json")

    found = json.loads(done.stdout)
    assert [(step["name"], step["passed"]) for step in found["steps"]] == [
        ("tokenizer", True),
        ("smoke", True),
        ("latency", True),
        ("zero-shot", True),
        ("small LoRA", True),
    ], found["verdict"]
    assert done.exit_code == 0
    assert found["steps"][4]["figures"]["loss_after"] < found["steps"][4]["figures"]["loss_before"]


@pytest.mark.parametrize(
    ("template", "arguments", "failed", "left"),
    [
        (None, (), "tokenizer", ["smoke", "latency", "zero-shot", "small LoRA"]),
        ("keep", ("--tokens-per-second", "1e9"), "latency", ["zero-shot", "small LoRA"]),
    ],
)
def test_gate_stops(
    folder: Path, template: str | None, arguments: tuple[str, ...], failed: str, left: list[str]
) -> None:
    pytest.importorskip("mlx_lm")
    if template is None:
        make_tiny_model(folder / "tiny", template=None)
    else:
        make_tiny_model(folder / "tiny")

    done = _run("gate", "tiny", *arguments, "--json")

    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [step["name"] for step in found["steps"] if not step["passed"]] == [failed]
    assert found["left"] == left
