"""Extract variable: where the new line goes, what it looks like, and what is refused."""

# ruff: noqa: E501 - a text and what becomes of it are read side by side
from __future__ import annotations

import re

import pytest

from punie_semantic.exceptions import RefactorError
from tests.unit.semantic.refactor.marked import refactored


def extracted(marked: str, *, name: str = "", every: bool = False) -> str:
    return refactored("extract_variable", marked, name=name, every=every)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(«a + b»)\n", "_value = a + b\nprint(_value)\n"),
        ("print(« a + b »)\n", "_value = a + b\nprint( _value )\n"),
        ("x = «shop.cart».total\n", "_cart = shop.cart\nx = _cart.total\n"),
        ("x = «shop.get_price(n)» * 2\n", "_price = shop.get_price(n)\nx = _price * 2\n"),
        ("x = «Cart()».total\n", "_cart = Cart()\nx = _cart.total\n"),
        ("x = f(«row['unit price']»)\n", "_unit_price = row['unit price']\nx = f(_unit_price)\n"),
        ("def f(a):\n\tif a:\n\t\treturn «a.b»\n", "def f(a):\n\tif a:\n\t\tvalue = a.b\n\t\treturn value\n"),
        ("def f(a):\r\n    return «a.size»\r\n", "def f(a):\r\n    size = a.size\r\n    return size\r\n"),
        ("def f(a):\n    return(«(a.n * 2)»+1)\n", "def f(a):\n    value = a.n * 2\n    return(value+1)\n"),
        ("def f(a):\n    return«(a.n * 2)»\n", "def f(a):\n    value = a.n * 2\n    return value\n"),
        ("x = (a + «b *\n   c»)\n", "_value = (b *\n   c)\nx = (a + _value)\n"),
        ("x = [y for y in «g(z)»]\n", "_value = g(z)\nx = [y for y in _value]\n"),
        ("f(«y for y in z»)\n", "_value = (y for y in z)\nf(_value)\n"),
        ('print(f"{«a.name»}!")\n', '_name = a.name\nprint(f"{_name}!")\n'),
        ("for y in «z.items»:\n    pass\n", "_items = z.items\nfor y in _items:\n    pass\n"),
        ("if «a.ready» and b:\n    pass\n", "_ready = a.ready\nif _ready and b:\n    pass\n"),
        ("x = (1 if «a.ready» else 2)\n", "_ready = a.ready\nx = (1 if _ready else 2)\n"),
        ("@d\ndef f(a=«g.limit»): pass\n", "_limit = g.limit\n@d\ndef f(a=_limit): pass\n"),
        ("async def f(a):\n    return g(«await a.value()»)\n", "async def f(a):\n    value = await a.value()\n    return g(value)\n"),
        ("print(len(a), «b.size»)\n", "_size = b.size\nprint(len(a), _size)\n"),
        ("'日本 🚀'\nprint('🚀', «x.größe»)\n", "'日本 🚀'\n_größe = x.größe\nprint('🚀', _größe)\n"),
        ("x = 1\n\f\ny = f(«z.w»)\n", "x = 1\n\f\n_value = z.w\ny = f(_value)\n"),
        ("y = f(«z.size»)", "_size = z.size\ny = f(_size)"),
    ],
)  # fmt: skip
def test_the_expression_gets_a_line_before_its_statement(before: str, after: str) -> None:
    assert extracted(before) == after


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("x = a and «b.c»\n", "What is left of it decides"),
        ("x = a < b.c < «d.e»\n", "The comparison before it decides"),
        ("x = «b.c» if a else 1\n", "only evaluated in one branch"),
        ("x = [«y.z» for y in a]\n", "for each element"),
        ("x = [y for y in a if «b.c»]\n", "for each element"),
        ("x = lambda: «b.c»\n", "when the lambda is called"),
        ("while «a.b»:\n    pass\n", "in each round of the loop"),
        ("if a:\n    pass\nelif «b.c»:\n    pass\n", "in an elif"),
        ("assert a, «b.c»\n", "when the assertion fails"),
        ("assert «b()»\n", "can be switched off"),
        ("with a as b, «c.d»:\n    pass\n", "A context is entered before it"),
        ("try:\n    pass\nexcept «a.Error»:\n    pass\n", "after an error"),
        ("match a:\n    case b if «c.d»:\n        pass\n", "when the pattern matches"),
        ("match a:\n    case «B.C»:\n        pass\n", "part of a pattern"),
        ("@«a.b»\ndef f(): pass\n", "in a decorator"),
        ("class A:\n    x = «b.c»\n", "an attribute of the class"),
        ("if a: f(«b.c»)\n", "shares its line"),
        ("a = 1; f(«b.c»)\n", "Another statement precedes it"),
        ("f(g(), «b.c»)\n", "`g()` is evaluated before it"),
        ("a[«b.c»] = g()\n", "`g()` is evaluated before it"),
        ("f((y := 1), «y + 1»)\n", "is evaluated before it"),
        ("f(«(y := 1)»)\n", "binds a name with `:=`"),
        ("x: «list[int]» = []\n", "part of a type"),
        ("type X = «list[int]»\n", "part of a type"),
        ("«x.y» = 1\n", "target of an assignment"),
        ("for «x.y» in z: pass\n", "target of an assignment"),
        ("del «x.y»\n", "target of an assignment"),
        ("f(«key»=1)\n", "not a whole expression"),
        ("x = a.«b»\n", "not a whole expression"),
        ("x = a «+ b»\n", "not a whole expression"),
        ("x = a + «b + c»\n", "not a whole expression"),
        ("x = 'a' «'b'»\n", "not a whole expression"),
        ("import «os»\n", "not a whole expression"),
        ("x = 1«»\n", "Nothing is selected"),
        ('"""«doc»"""\n', "not a whole expression"),
        ('«"""doc"""»\n', "docstring"),
        ('print(f"{«a.b»=}")\n', "prints the selected text itself"),
        ("«f(a)»\n", "a whole statement"),
    ],
)  # fmt: skip
def test_what_would_change_the_program_is_refused(before: str, reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        extracted(before)


def test_a_taken_name_gets_a_number() -> None:
    assert extracted("def f(size, a):\n    return size + «a.size»\n") == (
        "def f(size, a):\n    size_2 = a.size\n    return size + size_2\n"
    )


def test_the_suggestion_hides_no_builtin() -> None:
    assert extracted("x = «a.id»\n") == "_id = a.id\nx = _id\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a", "already means something"), ("inner", "already means something"), ("class", "cannot be the name"), ("1x", "cannot be")],
)  # fmt: skip
def test_a_wished_name_must_be_free(name: str, reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        extracted("def f(a):\n    g = lambda: inner\n    return «a.size»\n", name=name)


def test_every_equal_expression_below_is_replaced() -> None:
    before = "def f(a, b):\n    x = «a + b»\n    if x:\n        return (a + b) * 2\n    return x\n"

    assert extracted(before, every=True, name="total") == (
        "def f(a, b):\n    total = a + b\n    x = total\n    if x:\n        return total * 2\n    return x\n"
    )


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("def f(a, b):\n    x = «a + b»\n    a = 1\n    return a + b\n", "a is set again below"),
        ("def f(a, b):\n    x = «a + b»\n    a.pop()\n    return a + b\n", "might change its value"),
        ("def f(a):\n    x = «a.b»\n    return a.b\n", "may have another value elsewhere"),
        ("def f(a):\n    x = «a + B»\n    return a + B\n", "names from outside the function"),
    ],
)
def test_every_is_refused_where_the_value_may_differ(before: str, reason: str) -> None:
    with pytest.raises(RefactorError, match=re.escape(reason)):
        extracted(before, every=True)
