"""Trees with code-point offsets, of files that parse and of files that do not."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.tree import Tree, parses


def names(tree: Tree) -> list[str]:
    return [node.name for node in ast.walk(tree.module) if isinstance(node, ast.FunctionDef)]


def test_offsets_are_code_points() -> None:
    tree = Tree("x = '🛒🛒' + name\r\ny = name\r\n")
    found = [node for node in ast.walk(tree.module) if isinstance(node, ast.Name) and node.id == "name"]

    assert [tree.text[slice(*tree.span(node))] for node in found] == ["name", "name"]
    assert sorted(tree.span(node) for node in found) == [(11, 15), (21, 25)]


@pytest.mark.parametrize(
    "broken",
    [
        "x = (1\n",
        "def broken(:\n    return 1\n",
        "if x\n    y = 1\n",
        "x = 'abc\n",
        "class A(\n    pass\n",
        "  x = 1\n",
    ],
)
def test_what_is_broken_elsewhere_does_not_hide_the_rest(broken: str) -> None:
    text = f"def first():\n    return 1\n\n\n{broken}\n\ndef last():\n    return 2\n"
    tree = Tree(text)

    assert tree.broken
    assert {"first", "last"} <= set(names(tree))
    last = next(n for n in ast.walk(tree.module) if isinstance(n, ast.FunctionDef) and n.name == "last")
    assert tree.source(last) == "def last():\n    return 2"


def test_a_text_that_is_no_python_gives_an_empty_tree() -> None:
    tree = Tree("\n".join(f"}}{{ ][ {n} ??" for n in range(200)))

    assert (tree.broken, tree.module.body) == (True, [])


def test_a_null_byte_is_no_crash() -> None:
    assert Tree("x = 1\0\n").broken
    assert not parses("x = 1\0\n")


def test_the_outermost_node_of_a_range() -> None:
    tree = Tree("print(name)\n")

    assert isinstance(tree.node_at(0, 11), ast.Expr)
    assert isinstance(tree.node_at(6, 10), ast.Name)
    assert isinstance(tree.node_at(7, 8), ast.Name)


def test_whose_body_a_node_is_in() -> None:
    tree = Tree("def f(a=outer):\n    return inner\n")
    by_name = {node.id: node for node in ast.walk(tree.module) if isinstance(node, ast.Name)}

    assert tree.function_of(by_name["outer"]) is None
    function = tree.function_of(by_name["inner"])
    assert function is not None
    assert function.name == "f"
