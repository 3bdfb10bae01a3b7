"""Inline variable: what is replaced, when it needs parentheses, and what is refused."""

from __future__ import annotations

import re

import pytest

from punie_semantic.exceptions import RefactorError
from tests.unit.semantic.refactor.marked import refactored


def inlined(marked: str) -> str:
    return refactored("inline_variable", marked)


def in_function(*lines: str) -> str:
    return "def f(a, b):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["«x» = a.b", "return x"], ["return a.b"]),
        (["x = g(a)", "return «x»"], ["return g(a)"]),
        (["«x» = a + b", "return x * 2"], ["return (a + b) * 2"]),
        (["«x» = a * b", "return x + 2"], ["return a * b + 2"]),
        (["«x» = a - b", "return 2 - x"], ["return 2 - (a - b)"]),
        (["«x» = a - b", "return x - 2"], ["return a - b - 2"]),
        (["«x» = a or b", "return x and b"], ["return (a or b) and b"]),
        (["«x» = not a", "return g(x)"], ["return g(not a)"]),
        (["«x» = lambda: a", "return g(x)"], ["return g(lambda: a)"]),
        (["«x» = a if b else 1", "return x + 1"], ["return (a if b else 1) + 1"]),
        (["«x» = -a", "return x ** 2"], ["return (-a) ** 2"]),
        (["«x» = a, b", "return x"], ["return a, b"]),
        (["«x» = a, b", "return g(x)"], ["return g((a, b))"]),
        (["«x» = 5", "return x.real, x + 1, -x"], ["return (5).real, 5 + 1, -5"]),
        (["«x» = a", "b()", "return x.y, x"], ["b()", "return a.y, a"]),
        (["«x» = a.b  # why", "return(x)"], ["# why", "return(a.b)"]),
        (["«x» = (a +", "     b)", "return g(x)"], ["return g((a +", "     b))"]),
        (["«x» = [a,", "     b]", "return g(x)"], ["return g([a,", "     b])"]),
        (["«x» = 1", "return lambda: x"], ["return lambda: 1"]),
        (["«x» = a.b", 'return f"{x}"'], ['return f"{a.b}"']),
        (["«x» = g(a)", "for y in x:", "    pass"], ["for y in g(a):", "    pass"]),
    ],
)
def test_uses_become_the_value(before: list[str], after: list[str]) -> None:
    assert inlined(in_function(*before)) == in_function(*after)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["«x» = a", "x = b", "return x"], "set or deleted in 2 places"),
        (["«x» = a", "x += 1", "return x"], "set or deleted in 2 places"),
        (["«x» = a", "del x"], "set or deleted in 2 places"),
        (["«x» = a"], "never read"),
        (["«x»: int = a", "return x"], "type annotation"),
        (["«x» = y = a", "return x"], "shares its statement"),
        (["«x», y = a", "return x"], "not set by a plain assignment"),
        (["for «x» in a:", "    return x"], "not set by a plain assignment"),
        (["«x» = a; b()", "return x"], "shares its statement"),
        (["«x» = g(a)", "b()", "return x"], "Other statements run between"),
        (["«x» = g(a)", "return x, x"], "read 2 times"),
        (["«x» = g(a)", "return b and x"], "decides whether it runs"),
        (["«x» = g(a)", "return [x for y in b]"], "for each element"),
        (["«x» = g(a)", "return lambda: x"], "may run later"),
        (["«x» = g(a)", "return h(), x"], "is evaluated before it"),
        (["«x» = a", "a = 1", "return x"], "a is set again"),
        (["«x» = a", "return lambda: x"], "may run later"),
        (["if b:", "    «x» = 1", "return x"], "may not have run"),
        (["while b:", "    g(x)", "    «x» = 1"], "may not have run"),
        (["«x» = a", "for y in b:", "    g(x)", "    a = y"], "a is set again"),
        (["«x» = a.b", 'return f"{x=}"'], "prints the name"),
        (["«x» = a['b']", 'return f"{x}"'], "cannot stand in an f-string"),
        (["«x» = (y := a)", "return x"], "binds another name"),
        (["«x» = a", "return x, locals()"], "by name"),
        (["«x» = a", "y: x = 1"], "in a type"),
        (["global x", "«x» = 1", "return x"], "Other modules may use x"),
    ],
)
def test_what_would_change_the_program_is_refused(lines: list[str], reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        inlined(in_function(*lines))


def test_a_private_constant_of_a_module_goes_into_functions() -> None:
    assert inlined("«_LIMIT» = 10\n\n\ndef f():\n    return _LIMIT\n") == "\n\ndef f():\n    return 10\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("«LIMIT» = 10\nprint(LIMIT)\n", "Other modules may use LIMIT"),
        ("«_L» = 10\n__all__ = ['_L']\nprint(_L)\n", "named in `__all__`"),
        ("class A:\n    «x» = 1\n    y = x\n", "belongs to a class"),
        ("print(«len»)\n", "no variable of this file"),
        ("x = 1\n«»\n", "no variable at this place"),
    ],
)
def test_names_that_others_may_use_stay(text: str, reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        inlined(text)


def test_line_ends_and_what_is_around_stay() -> None:
    before = "def f(a):\r\n\t«x» = a.b\r\n\r\n\t# then\r\n\treturn x  # x\r\n"

    assert inlined(before) == "def f(a):\r\n\r\n\t# then\r\n\treturn a.b  # x\r\n"
