"""Each operator proposes the edit that it is for, and edits nothing but its node."""

from __future__ import annotations

import ast

import pytest

from punie_semantic.fixing.mutations.table import OPERATORS
from tests.unit.semantic.fixing.mutations.scenes import scene, texts

CASES = [
    ("comparison", "ok = a < b", "ok = a <= b"),
    ("comparison", "ok = a < b <= c", "ok = a < b < c"),
    ("comparison", "ok = a is not None", "ok = a is None"),
    ("comparison", "ok = a not  in b", "ok = a in b"),
    ("and / or", "ok = a and b", "ok = a or b"),
    ("and / or", "ok = a and b and c", "ok = a or b or c"),
    ("and / or", "ok = a and b", "ok = a"),
    ("surplus not or sign", "ok = not a", "ok = a"),
    ("surplus not or sign", "n = -a", "n = a"),
    ("missing not", "if a:\n    pass", "if not a:\n    pass"),
    ("missing not", "while a + b:\n    pass", "while not (a + b):\n    pass"),
    ("missing not", "n = [a for a in b if a.ok]", "n = [a for a in b if not a.ok]"),
    ("exchanged branches", "n = a if c else b", "n = b if c else a"),
    ("arithmetic", "n = a + b", "n = a - b"),
    ("arithmetic", "n = a // b", "n = a / b"),
    ("arithmetic", "n = (a) - (b)", "n = (a) + (b)"),
    ("surplus operand", "n = a + 1", "n = a"),
    ("surplus operand", "n = (a + 1) * 2", "n = a + 1"),
    ("augmented assignment", "n += a", "n -= a"),
    ("augmented assignment", "n += a", "n = a"),
    ("accumulation", "for a in b:\n    n = a", "for a in b:\n    n += a"),
    ("index", "n = a[0]", "n = a[1]"),
    ("index", "n = a[0]", "n = a[-1]"),
    ("index", "n = a[i]", "n = a[i - 1]"),
    ("slice", "n = a[1:]", "n = a[2:]"),
    ("slice", "n = a[1:]", "n = a[:1]"),
    ("slice", "n = a[:size]", "n = a[:size + 1]"),
    ("slice", "n = a[-4:]", "n = a[-3:]"),
    ("range", "n = range(a)", "n = range(a + 1)"),
    ("range", "n = range(a)", "n = range(1, a)"),
    ("range", "n = enumerate(a)", "n = enumerate(a, 1)"),
    ("range", "n = enumerate(a, 1)", "n = enumerate(a)"),
    ("range", "n = len(a)", "n = len(a) - 1"),
    ("compared size", "ok = a < b", "ok = a < b + 1"),
    ("constant", "ok = True", "ok = False"),
    ("constant", "n = 5", "n = 4"),
    ("constant", "n = 0.5", "n = 1.5"),
    ("constant", 'n = Decimal("0.10")', 'n = Decimal("0.01")'),
    ("constant", "n = Decimal('2')", "n = Decimal('3')"),
    ("constant", "a = f('one')\nb = f('two')", "a = f('two')\nb = f('two')"),
    ("formatted text", 'n = f"{a:.1f}"', 'n = f"{a:.2f}"'),
    ("formatted text", 'n = f"{a:<5}"', 'n = f"{a:>5}"'),
    ("formatted text", 'n = f"{a} and {b}"', 'n = f"{b} and {a}"'),
    ("confused names", "n = min(a)", "n = max(a)"),
    ("confused names", "n = a.startswith(b)", "n = a.endswith(b)"),
    ("confused names", "n = a.lstrip()", "n = a.strip()"),
    ("exchanged arguments", "n = f(a, b)", "n = f(b, a)"),
    ("exchanged pair", "n = a, b", "n = b, a"),
    ("exchanged pair", "n = {k: v for k, v in a}", "n = {v: k for k, v in a}"),
    ("order", "n = sorted(a)", "n = sorted(a, reverse=True)"),
    ("order", "n = sorted(a, reverse=True)", "n = sorted(a)"),
    ("order", "a.sort()", "a.sort(reverse=True)"),
    ("order", "n = reversed(a)", "n = a"),
    ("surplus call", "n = a.strip()", "n = a"),
    ("surplus statement", "def f():\n    g()\n    h()\n", "def f():\n    h()\n"),
    ("surplus statement", "for a in b:\n    g()\n    break\n", "for a in b:\n    g()\n"),
    ("jump", "for a in b:\n    break", "for a in b:\n    continue"),
    ("jump", "for a in b:\n    continue", "for a in b:\n    break"),
    (
        "early return",
        "def f(a):\n    for b in a:\n        n = b\n        return n\n",
        "def f(a):\n    for b in a:\n        n = b\n    return n\n",
    ),
    (
        "missing statement",
        "class A:\n    def __init__(self, name):\n        self.x = 1\n\n"
        "    def show(self):\n        return self.name\n",
        "class A:\n    def __init__(self, name):\n        self.x = 1\n        self.name = name\n\n"
        "    def show(self):\n        return self.name\n",
    ),
    (
        "missing statement",
        "class A:\n    def add(self, n):\n        self.check(n)\n        return n\n\n"
        "    def sub(self, n):\n        return -n\n",
        "class A:\n    def add(self, n):\n        self.check(n)\n        return n\n\n"
        "    def sub(self, n):\n        self.check(n)\n        return -n\n",
    ),
    (
        "missing update",
        "def f(a):\n    n = 0\n    for b in a:\n        g(b)\n    return n\n",
        "def f(a):\n    n = 0\n    for b in a:\n        g(b)\n        n += b\n    return n\n",
    ),
    (
        "missing operand",
        "class A:\n    def price(self):\n        return self.book.price\n\n"
        "    def weight(self):\n        return self.book.weight * self.copies\n",
        "class A:\n    def price(self):\n        return self.book.price * self.copies\n\n"
        "    def weight(self):\n        return self.book.weight * self.copies\n",
    ),
    ("returned variable", "def f(a):\n    n = a\n    return a[0]\n", "def f(a):\n    n = a\n    return n\n"),
]


@pytest.mark.parametrize(("operator", "before", "after"), CASES)
def test_the_edit_is_proposed(operator: str, before: str, after: str) -> None:
    assert after in texts(scene(before), operator)


@pytest.mark.parametrize(("operator", "before", "after"), CASES)
def test_every_proposal_differs_and_most_are_python(operator: str, before: str, after: str) -> None:
    found = texts(scene(before), operator)

    assert before not in found
    for text in found:
        ast.parse(text)


def test_every_operator_has_a_name_of_its_own_and_an_example_that_changes() -> None:
    assert len({operator.name for operator in OPERATORS}) == len(OPERATORS)
    assert all(operator.example[0] != operator.example[1] for operator in OPERATORS)


def test_boundaries_come_before_the_opposite() -> None:
    assert texts(scene("ok = a < b"), "comparison")[:3] == ["ok = a <= b", "ok = a > b", "ok = a >= b"]


def test_a_comparison_with_a_comment_inside_is_left_alone() -> None:
    assert texts(scene("ok = (a <  # less < than\n      b)"), "comparison") == []


def test_brackets_keep_what_binds_tighter() -> None:
    assert "n = (len(a) - 1) * 2" in texts(scene("n = len(a) * 2"), "range")
