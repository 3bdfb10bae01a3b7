"""Which exception a block is about."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.generators.caught import guesses
from punie_semantic.fixing.tree import Tree


@pytest.mark.parametrize(
    ("body", "exception"),
    [
        ("import tomllib", "ImportError"),
        ("x = next(items)", "StopIteration"),
        ("x = table[key]", "KeyError"),
        ("x = items[0]", "IndexError"),
        ("x = value.name", "AttributeError"),
        ("unicode", "NameError"),
        ("x = open(path)", "OSError"),
    ],
)
def test_the_likeliest_one(body: str, exception: str) -> None:
    tree = Tree(f"try:\n    {body}\nexcept:\n    pass\n")
    block = tree.module.body[0]
    assert isinstance(block, ast.Try)

    assert guesses(tree, block)[0][0] == exception


def test_what_a_handler_before_has_is_no_guess() -> None:
    tree = Tree("try:\n    x = table[key]\nexcept KeyError:\n    pass\nexcept:\n    pass\n")
    block = tree.module.body[0]
    assert isinstance(block, ast.Try)

    assert "KeyError" not in [name for name, _, _ in guesses(tree, block)]


def test_nothing_is_known_of_a_plain_call() -> None:
    tree = Tree("try:\n    run()\nexcept:\n    pass\n")
    block = tree.module.body[0]
    assert isinstance(block, ast.Try)

    assert guesses(tree, block) == []
