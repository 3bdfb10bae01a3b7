"""Statements, decorators and parameters that come and go, with the lines around them as they are."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.parameters import end_of_parameters, first_parameter, parameter_text, without_parameter
from punie_semantic.fixing.spots import decorated, end_of_class, removed, undecorated
from punie_semantic.fixing.tree import Tree


def _function(text: str) -> tuple[Tree, ast.FunctionDef]:
    tree = Tree(text)
    return tree, next(n for n in ast.walk(tree.module) if isinstance(n, ast.FunctionDef))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("x = 1\nbreakpoint()  # look\ny = 2\n", "x = 1\ny = 2\n"),
        ("if x:\n    breakpoint()\n", "if x:\n    pass\n"),
        ("x = 1\r\nbreakpoint()\r\n", "x = 1\r\n"),
        ("x = 1\nbreakpoint()", "x = 1\n"),
    ],
)
def test_a_statement_goes_with_its_lines(text: str, after: str) -> None:
    tree = Tree(text)
    statement = next(n for n in ast.walk(tree.module) if isinstance(n, ast.Expr))

    edit = removed(tree, statement)

    assert edit is not None
    assert applied(text, (edit,)) == after


def test_a_statement_that_shares_its_line_stays() -> None:
    tree = Tree("x = 1; breakpoint()\n")

    assert removed(tree, tree.module.body[1]) is None
    assert removed(tree, tree.module.body[0]) is None


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("def f():\n    pass\n", "def f(self):\n    pass\n"),
        ("def f(a):\n    pass\n", "def f(self, a):\n    pass\n"),
    ],
)
def test_a_first_parameter(text: str, after: str) -> None:
    tree, function = _function(text)

    edit = first_parameter(tree, function, "self")

    assert edit is not None
    assert applied(text, (edit,)) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("def f(a): ...\n", "def f(): ...\n"),
        ("def f(a, b): ...\n", "def f(b): ...\n"),
        ("def f(b, a): ...\n", "def f(b): ...\n"),
        ("def f(b, a, *, c): ...\n", "def f(b, *, c): ...\n"),
        ("def f(\n    b,\n    a: int,\n): ...\n", "def f(\n    b,\n    ): ...\n"),
    ],
)
def test_a_parameter_less(text: str, after: str) -> None:
    tree, function = _function(text)
    argument = next(a for a in function.args.args if a.arg == "a")

    assert applied(text, (without_parameter(tree, function, argument),)) == after


def test_parameters_as_they_are_written() -> None:
    tree, function = _function("def f(a: int = 1, *rest: str, key=(1, 2), **more): ...\n")
    arguments = [*function.args.args, function.args.vararg, *function.args.kwonlyargs, function.args.kwarg]

    assert [parameter_text(tree, function, a) for a in arguments if a is not None] == [
        "a: int = 1",
        "*rest: str",
        "key=(1, 2)",
        "**more",
    ]
    assert tree.text[end_of_parameters(tree, function) :] == "): ...\n"


def test_decorators_come_and_go() -> None:
    tree, function = _function("class A:\n    @cache\n    def f(self): ...\n")

    assert applied(tree.text, (decorated(tree, function, "property"),)) == (
        "class A:\n    @cache\n    @property\n    def f(self): ...\n"
    )
    assert applied(tree.text, (undecorated(tree, function.decorator_list[0]),)) == "class A:\n    def f(self): ...\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("class A:\n    pass\n", "class A:\n    x = 1\n"),
        ("class A:\n    y = 2", "class A:\n    y = 2\n\n    x = 1\n"),
    ],
)
def test_lines_at_the_end_of_a_class(text: str, after: str) -> None:
    tree = Tree(text)
    owner = tree.module.body[0]
    assert isinstance(owner, ast.ClassDef)

    assert applied(text, (end_of_class(tree, owner, "    x = 1\n"),)) == after
