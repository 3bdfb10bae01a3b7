"""Reports are one HTML file that needs nothing else, with every answer shown as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from punie_training.evals.comparing import compare
from punie_training.evals.report import write_comparison, write_report
from punie_training.exceptions import EvaluationError
from tests.unit.training.evals.results import answered, evaluation

EVIL = "<script>alert(1)</script> & <b>"
VOID = {"meta", "br", "rect", "line"}


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(file: Path) -> tuple[str, set[str]]:
    text = file.read_text(encoding="utf-8")
    page = _Balance()
    page.feed(re.sub(r"<(line|rect)([^>]*)/>", r"<\1\2>", text))
    assert page.open == []
    return text, page.tags


def test_an_evaluation(tmp_path: Path) -> None:
    result = evaluation(
        answered("a", seconds=1.0),
        answered("b", right=False, query=EVIL, answer=EVIL, why="calls ruff_check", reference="typecheck()"),
        model=EVIL,
    )

    write_report(result, tmp_path / "r.html")

    text, tags = _read(tmp_path / "r.html")
    assert "50.0 %" in text
    assert "Said: calls ruff_check" in text
    assert "&lt;script&gt;alert(1)" in text
    assert not tags & {"script", "link", "img", "iframe"}
    assert "svg" in tags
    assert not re.search(r"(src|href)=|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text


def test_a_comparison_shows_both_answers(tmp_path: Path) -> None:
    before = evaluation(answered("a", answer="the old answer"))
    after = evaluation(answered("a", right=False, answer="the new answer", why="calls ruff_check"), model="two")

    write_comparison([compare(before, after)], tmp_path / "c.html")

    text, _ = _read(tmp_path / "c.html")
    assert "Regressions (1)" in text
    assert text.index("the old answer") < text.index("the new answer")
    assert "-100.0" in text


def test_an_empty_evaluation_has_a_report(tmp_path: Path) -> None:
    write_report(evaluation(), tmp_path / "r.html")

    assert "Every answer has full credit" in _read(tmp_path / "r.html")[0]


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(EvaluationError, match="The report cannot be written"):
        write_report(evaluation(answered("a")), tmp_path / "file" / "r.html")
