"""Which lines and nodes are suspicious."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.mutations.evidence import Evidence, Frame
from punie_semantic.fixing.mutations.suspicion import Places, is_test, suspicions, used_names, with_frames, with_recent
from punie_semantic.fixing.tree import Tree

RAN = {
    "lines": {
        "t::bad": {"app.py": [1, 2, 3], "test_app.py": [1]},
        "t::good": {"app.py": [1, 3]},
        "t::better": {"app.py": [1]},
    }
}


def test_lines_that_only_failing_tests_execute_are_most_suspicious() -> None:
    found = suspicions(RAN, ["t::bad"], ["t::good", "t::better"])["app.py"]

    assert found == {1: pytest.approx(3**-0.5), 2: 1.0, 3: pytest.approx(2**-0.5)}


def test_the_traceback_and_recent_changes_add() -> None:
    lines = {"app.py": {1: 0.5, 2: 0.5, 3: 0.5}}
    frames = (Frame("test_app.py", 9, "test"), Frame("app.py", 1, "f"), Frame("app.py", 2, "g"))

    with_frames(lines, Evidence("KeyError", "", frames), ["app.py"])
    with_recent(lines, {"app.py": {3, 7}})

    assert lines == {"app.py": {1: pytest.approx(0.575), 2: pytest.approx(0.8), 3: pytest.approx(0.9)}}


def test_a_constant_is_as_suspicious_as_who_uses_it() -> None:
    tree = Tree("RATE = 3\nOTHER = 4\n\n\ndef f(n):\n    return n * RATE\n")
    lines = {6: 1.0}
    used = used_names({"app.py": tree}, {"app.py": lines})

    found = {node.value: value for node, value in Places(tree, lines, used) if isinstance(node, ast.Constant)}

    assert found == {3: 0.7}


def test_annotations_decorators_imports_and_docstrings_are_no_places() -> None:
    tree = Tree('import os\n\n\n@cache\ndef f(n: int = 2) -> "str":\n    """Text."""\n    m: float = n\n    return m\n')
    lines = dict.fromkeys(range(1, 9), 1.0)

    found = {tree.source(node) for node, _ in Places(tree, lines, {}) if isinstance(node, ast.expr)}

    assert found == {"2", "m", "n"}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("tests/helper.py", True),
        ("src/shop/cart_test.py", True),
        ("conftest.py", True),
        ("src/shop/test_cart.py", True),
        ("src/shop/cart.py", False),
        ("src/shop/testament.py", False),
        ("contest.py", False),
    ],
)
def test_tests_are_known_by_their_place_and_name(file: str, expected: bool) -> None:
    assert is_test(file) is expected
