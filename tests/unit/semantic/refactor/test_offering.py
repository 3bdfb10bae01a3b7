"""What is offered for a selection, from the code around it."""

from __future__ import annotations

import pytest

from punie_semantic.refactor.offering import offered
from tests.unit.semantic.refactor.marked import selection

BOTH = ["extract_variable", "extract_function"]


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        ("def f(a):\n    return «a.b(1)» + 1\n", BOTH),
        ("class A:\n    @d\n    def f(self, a):\n        x = 1\n\n        return «a.b(1)» + 1\n\n    y = 1\n", BOTH),
        ("import os\n\nx = f(\n    «a.b»,\n)\n", [*BOTH, "annotate_types"]),
        ("def f(a):\n    «x = 1\n    y = 2»\n    return x\n", ["extract_function", "annotate_types"]),
        ("def f(a):\n    x = a.b\n    return «»x\n", ["inline_variable"]),
        ("def «»f(a):\n    return 1\n", ["annotate_types"]),
        ("def f(a) -> int:\n    x = 1 «+ 1»\n", ["annotate_types"]),
        ("x = (\n", []),
        ("'''\nno «code.here»\n'''\n", []),
        ("«»", []),
    ],
)
def test_offered(marked: str, names: list[str]) -> None:
    text, span = selection(marked) if marked[-2:] != "(\n" else (marked, (0, 1))

    assert [refactoring.name for refactoring in offered(text, span)] == names


def test_a_syntax_error_elsewhere_does_not_matter() -> None:
    text, span = selection("def g(:\n    pass\n\n\ndef f(a):\n    return «a.b(1)» + 1\n")

    assert [refactoring.name for refactoring in offered(text, span)] == BOTH
