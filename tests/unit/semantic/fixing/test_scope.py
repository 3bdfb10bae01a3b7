"""Which names a place can see."""

from __future__ import annotations

import ast

from punie_semantic.fixing.scope import Name, visible
from punie_semantic.fixing.tree import Tree

TEXT = """\
import os.path
from typing import Any as Anything

LIMIT = 3


class Shop:
    size = 1

    def total(self, prices, *more, rate=LIMIT, **rest):
        count = 0
        for price in prices:
            count += price
        try:
            pass
        except ValueError as error:
            print(error)

        def inner(deep):
            nonlocal count
            return here

        return [each for each in prices if (found := each)]
"""


def seen(name: str) -> dict[str, Name]:
    tree = Tree(TEXT)
    node = next(n for n in ast.walk(tree.module) if isinstance(n, ast.Name) and n.id == name)
    return {k: v for k, v in visible(tree, node).items() if v.scope is not None}


def test_inner_names_and_those_around() -> None:
    found = seen("here")

    assert {"deep", "self", "prices", "more", "rate", "rest", "price", "error", "LIMIT", "Shop", "os"} <= set(found)
    assert (found["deep"].depth, found["prices"].depth, found["LIMIT"].depth) == (0, 1, 2)


def test_a_class_s_names_are_not_seen_from_its_methods() -> None:
    assert "size" not in seen("here")


def test_an_alias_binds_its_new_name() -> None:
    found = seen("here")

    assert "Anything" in found
    assert "Any" not in found
    assert "path" not in found


def test_who_reads_a_name() -> None:
    found = seen("here")

    assert len(found["LIMIT"].reads) == 1
    assert found["rest"].reads == []
    assert found["rate"].parameter


def test_a_default_is_looked_up_around_the_function() -> None:
    assert set(seen("LIMIT")) == {"os", "Anything", "LIMIT", "Shop"} or "size" in seen("LIMIT")


def test_builtins_come_last() -> None:
    tree = Tree("print(x)\n")
    name = visible(tree, tree.module.body[0])["print"]

    assert (name.scope, name.depth) == (None, 99)
