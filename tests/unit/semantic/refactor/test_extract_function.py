"""Extract function: parameters, results, placement, and what is refused."""

# ruff: noqa: E501 - a text and what becomes of it are read side by side
from __future__ import annotations

import re

import pytest

from punie_semantic.exceptions import RefactorError
from tests.unit.semantic.refactor.marked import refactored


def extracted(marked: str, *, name: str = "", every: bool = False) -> str:
    return refactored("extract_function", marked, name=name, every=every)


def test_what_is_read_goes_in_and_what_is_used_later_comes_out() -> None:
    before = '''\
import os


# about f
@dec
def f(items, rate):
    total = 0
«    for item in items:
        # add
        total += item * rate
    text = """
  keep
"""
»    return total, text
'''

    assert (
        extracted(before, name="summed")
        == '''\
import os


def summed(items, total, rate):
    for item in items:
        # add
        total += item * rate
    text = """
  keep
"""
    return total, text


# about f
@dec
def f(items, rate):
    total = 0
    total, text = summed(items, total, rate)
    return total, text
'''
    )


def test_a_method_stays_in_its_class() -> None:
    before = """\
class Cart:
    def total(self, rate):
        x = 1
        if rate:
            «y = self.sum + x
            print(y)»
        return x
        # done

    def size(self):
        return 1
"""

    assert (
        extracted(before)
        == """\
class Cart:
    def total(self, rate):
        x = 1
        if rate:
            self._extracted(x)
        return x
        # done

    def _extracted(self, x):
        y = self.sum + x
        print(y)

    def size(self):
        return 1
"""
    )


def test_a_class_method_becomes_another_one() -> None:
    before = "class A:\n    @classmethod\n    def f(cls, n):\n        return «cls.make(n)» + 1\n"

    assert extracted(before) == (
        "class A:\n    @classmethod\n    def f(cls, n):\n        return cls._make(n) + 1\n"
        "\n    @classmethod\n    def _make(cls, n):\n        return cls.make(n)\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "class A:\n    def f(self, n):\n        return «n * 2» + self.x\n",
            "def _extracted(n):\n    return n * 2\n\n\nclass A:\n    def f(self, n):\n        return _extracted(n) + self.x\n",
        ),
        (
            "def f(x):\n    if x:\n        «y = 1\n        return y»\n    return 2\n",
            "def _extracted():\n    y = 1\n    return y\n\n\ndef f(x):\n    if x:\n        return _extracted()\n    return 2\n",
        ),
        (
            "async def f(x):\n    return «await x.fetched(1)» + 1\n",
            "async def _fetched(x):\n    return await x.fetched(1)\n\n\nasync def f(x):\n    return (await _fetched(x)) + 1\n",
        ),
        (
            "def f(x):\n    def g(n):\n        return «n - 1 + x»\n    return g(3)\n",
            "def _extracted(n, x):\n    return n - 1 + x\n\n\ndef f(x):\n    def g(n):\n        return _extracted(n, x)\n    return g(3)\n",
        ),
        (
            "def f(xs):\n    return [«x * k» for x in xs for k in range(x)]\n",
            "def _extracted(x, k):\n    return x * k\n\n\ndef f(xs):\n    return [_extracted(x, k) for x in xs for k in range(x)]\n",
        ),
        (
            "def f(x):\n    i = 0\n    while i < x:\n        «i += 1\n        print(i)»\n    for i in x: pass\n",
            "def _extracted(i):\n    i += 1\n    print(i)\n    return i\n\n\n"
            "def f(x):\n    i = 0\n    while i < x:\n        i = _extracted(i)\n    for i in x: pass\n",
        ),
        (
            "def f(x):\n    y = 0\n    «if x:\n        y = 1»\n    return y\n",
            "def _extracted(x, y):\n    if x:\n        y = 1\n    return y\n\n\ndef f(x):\n    y = 0\n    y = _extracted(x, y)\n    return y\n",
        ),
        (
            "def f(x):\n    «y = g(x)\n    print(y)»\n    y = 2\n    return y\n",
            "def _extracted(x):\n    y = g(x)\n    print(y)\n\n\ndef f(x):\n    _extracted(x)\n    y = 2\n    return y\n",
        ),
        (
            "def f(x):\r\n\t«y = x\r\n\tz = [y,\r\n\t\t1]»\r\n\tprint(z)",
            "def _extracted(x):\r\n\ty = x\r\n\tz = [y,\r\n\t\t1]\r\n\treturn z\r\n\r\n\r\n"
            "def f(x):\r\n\tz = _extracted(x)\r\n\tprint(z)",
        ),
        (
            "class A:\n    x = 1\n    y = «x + 1»\n",
            "def _extracted(x):\n    return x + 1\n\n\nclass A:\n    x = 1\n    y = _extracted(x)\n",
        ),
        (
            "#!/usr/bin/env python\n«print(1)\nprint(2)»\n",
            "#!/usr/bin/env python\ndef _extracted():\n    print(1)\n    print(2)\n\n\n_extracted()\n",
        ),
    ],
)  # fmt: skip
def test_the_call_takes_the_place_of_the_selection(before: str, after: str) -> None:
    assert extracted(before) == after


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("def f(x):\n    «if x:\n        return 1»\n    return 2\n", "returns on some ways only"),
        ("def f(x):\n    «if x:\n        y = 1»\n    return y\n", "y is set on some ways through"),
        ("def f(x):\n    if x:\n        y = 1\n    «if x:\n        print(y)»\n", "y may not be set yet"),
        ("def f(x):\n    for y in x:\n        «if y:\n            break»\n", "a loop outside it"),
        ("def f(x):\n    for y in x:\n        «if y:\n            continue\n        g(y)»\n", "a loop outside it"),
        ("def f(x):\n    «yield x»\n", "The selection yields"),
        ("def f(x):\n    «global y\n    y = x»\n", "global or nonlocal"),
        ("def f(x):\n    global y\n    «y = x»\n", "global or nonlocal"),
        ("def f(x):\n    «del x»\n", "deletes a variable"),
        ("def f(x):\n    «if (y := x):\n        g(y)»\n", "binds a name with `:=`"),
        ("class A(B):\n    def f(self):\n        «super().f()\n        self.x = 1»\n", "uses super"),
        ("def f(x):\n    «y = locals()\n    g(y)»\n", "uses locals"),
        ("def f(x):\n    «warn('x', stacklevel=2)»\n", "uses stacklevel"),
        ("class A:\n    «x = 1\n    y = 2»\n", "in a class body"),
        ("«x = 1\ny = 2»\nprint(x)\n", "sets x, y for the whole module"),
        ("class A:\n    def f(self, o):\n        return «o.__x»\n", "private name"),
        ("class A(Protocol):\n    def f(self):\n        return «self.x + 1»\n", "cannot get another method"),
        ("def f(x):\n    try:\n        «a = g(x)\n        b = g(a)»\n    except E:\n        return a\n    return b\n", "After an error"),
        ("def f(x):\n    with suppress(E):\n        «a = g(x)»\n    return a\n", "After an error a"),
        ("def f(x):\n    def g():\n        return y\n    «y = x\n    print(g())»\n", "A function outside the selection uses y"),
        ("def f(x):\n    y = 1\n    def g():\n        nonlocal y\n        y = 2\n    «g()\n    print(y)»\n", "A function inside sets y"),
        ("def f(x):\n    «h = lambda: x\n    k(h)»\n    x = 2\n    return h\n", "which is set again later"),
        ("def f[T](x: T):\n    «y: list[T] = [x]\n    print(y)»\n", "type parameter"),
        ("def f(x):\n    if x:\n        «a()\n    b()»\n", "neither whole statements"),
        ("def f(x):\n    a(); «b()»\n", "shares its line"),
        ("def f(x):\n    return x\n    «print(x)»\n", "never reached"),
        ("def f(x):\n    def g():\n        return «h() + x»\n    k(g)\n    def h(): pass\n    return g\n", "h may not be set yet"),
    ],
)  # fmt: skip
def test_what_would_change_the_program_is_refused(before: str, reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        extracted(before)


def test_a_name_that_is_an_attribute_somewhere_is_not_taken_for_a_method() -> None:
    before = "class A:\n    def f(self):\n        self._extracted = 1\n        «print(self.f)»\n"

    assert "def _extracted_2(self):" in extracted(before)
