"""Results: what is counted from them, and files that are saved, read back, and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.evals.results import load_result
from punie_training.exceptions import EvaluationError
from tests.unit.training.evals.results import answered, evaluation


def test_counted() -> None:
    result = evaluation(
        answered("a", seconds=2.0, tokens=10, first_token_seconds=0.5),
        answered("b", right=False, category="text", seconds=4.0, tokens=40, tool_seconds=0.2),
        answered("c", right=False, tool=True, args=True, credit=0.7, called="typecheck", seconds=1.0),
    )

    assert result.summary == pytest.approx(
        {"valid": 1 / 3, "tool": 2 / 3, "args": 2 / 3, "execution": 1 / 3, "exact": 1 / 3, "credit": 1.7 / 3}
    )
    assert result.by_category["text"]["tool"] == 0.0
    assert result.by_category["single_tool"]["count"] == 2
    assert result.confusion == {"typecheck": {"typecheck": 2, "ruff_check": 1}}
    assert result.latency["tokens_per_second"] == pytest.approx(7.5)
    assert result.latency["first_token_seconds"] == 0.5
    assert result.latency["tool_seconds"] == 0.2
    assert [case.id for case in result.failures] == ["b", "c"]


def test_intervals_name_their_method() -> None:
    once = evaluation(answered("a"), answered("b", right=False))
    often = evaluation(*(answered("a", seed=s, temperature=0.7) for s in range(3)), answered("b", right=False))

    assert once.interval("tool").method == "Wilson, 95 %"
    assert once.interval("credit").method == "bootstrap over cases, 95 %"
    assert often.interval("tool").method == "bootstrap over cases, 95 %"


def test_nothing_was_answered() -> None:
    result = evaluation()

    assert result.summary["tool"] == 0.0
    assert result.latency == {}


def test_saved_and_read_back(tmp_path: Path) -> None:
    result = evaluation(answered("a", answer="Grüße 🐝"), answered("b", right=False, temperature=0.7, seed=2))

    result.save(tmp_path / "new" / "r.json")

    assert load_result(tmp_path / "new" / "r.json") == result
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["r.json"]
    assert json.loads((tmp_path / "new" / "r.json").read_text())["figures"]["summary"]["tool"] == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no results of this version"),
        ('{"format": "punie-evaluation-0"}', r"format 'punie-evaluation-0'"),
        ('{"format": "punie-evaluation-1", "model": "m"}', "is damaged at suite"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "r.json"
    file.write_text(text)

    with pytest.raises(EvaluationError, match=rf"r\.json.*{said}"):
        load_result(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.json cannot be read.*eval --save"):
        load_result(tmp_path / "none.json")


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EvaluationError, match="cannot be written"):
        evaluation(answered("a")).save(tmp_path / "file" / "r.json")
