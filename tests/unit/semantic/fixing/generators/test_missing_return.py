"""Where the paths of a function end."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.generators.missing_return import exits


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("x = 1", ["x = 1"]),
        ("return 1", []),
        ("if a:\n    return 1\nelse:\n    b()", ["b()"]),
        ("if a:\n    b()", ["b()", "if a:\n    b()"]),
        ("with a:\n    b()", ["b()"]),
        ("try:\n    return 1\nexcept E:\n    b()", ["b()"]),
        ("for a in b:\n    c()", ["for a in b:\n    c()"]),
        ("raise E", []),
    ],
)
def test_the_last_statements_of_the_paths(body: str, ends: list[str]) -> None:
    assert [ast.unparse(statement) for statement in exits(ast.parse(body).body)] == ends
