"""The tree's places are those of the text, whatever the text has in it."""

from __future__ import annotations

import libcst as cst
import pytest

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.tree import Tree


@pytest.mark.parametrize(
    "text",
    [
        "one = 1\ntwo = 2\n",
        "one = 1\r\ntwo = 2",
        "\ufeffone = 1\ntwo = 2\n",
        "one = '🚀 世界'\ntwo = 'é'\n",
        "one = 1\n\f\ntwo = 2\n",
        "\fone = 1\n\ftwo = 2\n",
        "one = 1 \f\n  \f\f\ntwo\f= 2\n",
        "one = '''\n\f\x0b\x1c'''\ntwo = 2\n",
        "one = 1 # \x85\u2028\ntwo = 2\n",
    ],
)
def test_places(text: str) -> None:
    tree = Tree.parse(text)

    names = [node for node in tree.nodes() if isinstance(node, cst.Name)]

    assert [tree.code(name) for name in names] == ["one", "two"]
    assert [tree.span(name)[0] for name in names] == [text.index("one"), text.index("two")]


def test_parentheses_are_no_part_of_an_expression() -> None:
    tree = Tree.parse("x = ( (a + b) )\n")
    (operation,) = [node for node in tree.nodes() if isinstance(node, cst.BinaryOperation)]

    assert tree.code(operation) == "a + b"
    assert tree.outer(operation) == (4, 15)


@pytest.mark.parametrize("text", ["def f(:\n", "x = (\n", "a = 1\rb = 2\r"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(RefactorError):
        Tree.parse(text)
