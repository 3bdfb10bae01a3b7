"""What is proposed first for each kind of syntax error, and that it parses."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.syntax.faults import first_fault
from punie_semantic.fixing.syntax.repair import repairs


def mended(text: str) -> list[str]:
    fault = first_fault(text)
    assert fault is not None, "nothing is wrong with it"
    return [applied(text, repair.edits) for repair in repairs(text, fault.start)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Colons.
        ("def f(x)\n    return x\n", "def f(x):\n    return x\n"),
        ("class A\n    x = 1\n", "class A:\n    x = 1\n"),
        ("if x\n    y = 1\nelse:\n    y = 2\n", "if x:\n    y = 1\nelse:\n    y = 2\n"),
        ("if x:\n    y = 1\nelse\n    y = 2\n", "if x:\n    y = 1\nelse:\n    y = 2\n"),
        ("match x:\n    case 1\n        pass\n", "match x:\n    case 1:\n        pass\n"),
        ("if x;\n    y = 1\n", "if x:\n    y = 1\n"),
        ("x = {'a' 1}\n", "x = {'a': 1}\n"),
        ("f = lambda x x + 1\n", "f = lambda x: x + 1\n"),
        # Brackets.
        ("x = foo(1, 2\ny = 3\n", "x = foo(1, 2)\ny = 3\n"),
        ("x = foo(1, (2)\n\ndef g():\n    pass\n", "x = foo(1, (2))\n\ndef g():\n    pass\n"),
        ("if foo(1, 2:\n    pass\n", "if foo(1, 2):\n    pass\n"),
        ("x = foo(1, 2))\ny = 3\n", "x = foo(1, 2)\ny = 3\n"),
        ("x = foo(1, 2]\n", "x = foo(1, 2)\n"),
        ("x = [1, 2\n", "x = [1, 2]\n"),
        ("x = {'a': 1\ny = 2\n", "x = {'a': 1}\ny = 2\n"),
        ("x = [\n    1,\n    2,\n\ny = 3\n", "x = [\n    1,\n    2,\n]\ny = 3\n"),
        ("print 1)\n", "print(1)\n"),
        ("x = [\n    1,\n    foo(,\n    2,\n]\ny = 3\n", "x = [\n    1,\n    foo(),\n    2,\n]\ny = 3\n"),
        ("x = run(1, info(, 2)\ny = 3\n", "x = run(1, info(), 2)\ny = 3\n"),
        # Behind blocks, and between them.
        (
            "try:\n    from a import b\nexcept E:\n    import b from c\n\nx = b\n",
            "try:\n    from a import b\nexcept E:\n    from c import b\n\nx = b\n",
        ),
        (
            "class A:\n    def f(self):\n        return 1\n\n\ncllass B(A):\n    x = '🙂'\n\n    def g(self): ...\n",
            "class A:\n    def f(self):\n        return 1\n\n\nclass B(A):\n    x = '🙂'\n\n    def g(self): ...\n",
        ),
        # A space too many, and a header that stands where nothing reaches it.
        (
            "def f(x):\n    while x:\n        x = g(x)\n         del x\n\n\ny = 1\n",
            "def f(x):\n    while x:\n        x = g(x)\n        del x\n\n\ny = 1\n",
        ),
        (
            "def f(x):\n    if not x:\n        raise E\n\n        if y:\n        y = 1\n        z = 2\n    return 1\n",
            "def f(x):\n    if not x:\n        raise E\n\n    if y:\n        y = 1\n        z = 2\n    return 1\n",
        ),
        # Quotes.
        ("x = 'abc\ny = 1\n", "x = 'abc'\ny = 1\n"),
        ("x = foo('abc, 1)\n", "x = foo('abc', 1)\n"),
        ("x = f'{a'\n", "x = f'{a}'\n"),
        ("x = f'a}'\na = 1\n", "x = f'{a}'\na = 1\n"),
        (
            'def f():\n    """Doc.\n    return 1\n\n\ndef g():\n    """Other."""\n    return 2\n',
            'def f():\n    """Doc."""\n    return 1\n\n\ndef g():\n    """Other."""\n    return 2\n',
        ),
        # Commas and operators.
        ("x = [1 2, 3]\n", "x = [1, 2, 3]\n"),
        ("x = foo(1,, 2)\n", "x = foo(1, 2)\n"),
        ("class A:\n    def f(self x):\n        pass\n", "class A:\n    def f(self, x):\n        pass\n"),
        ("if x = 1:\n    pass\n", "if x == 1:\n    pass\n"),
        ("x := 1\n", "x = 1\n"),
        ("for x y:\n    pass\n", "for x in y:\n    pass\n"),
        ("from os path\n", "from os import path\n"),
        # Indentation.
        ("def f():\nreturn 1\n", "def f():\n    return 1\n"),
        ("x = 1\n   y = 2\n", "x = 1\ny = 2\n"),
        ("def f():\n    x = 1\n     y = 2\n    return x\n", "def f():\n    x = 1\n    y = 2\n    return x\n"),
        ("def f():\n    x = 1\n   y = 2\n    return x\n", "def f():\n    x = 1\n    y = 2\n    return x\n"),
        ("def f():\n    x = 1\n\ty = 2\n", "def f():\n    x = 1\n    y = 2\n"),
        ("def f():\n    x = 1\nreturn x\n", "def f():\n    x = 1\n    return x\n"),
        # Keywords.
        ("def f():\n    retrun 1\n", "def f():\n    return 1\n"),
        ("if x:\n    pass\nesle:\n    pass\n", "if x:\n    pass\nelse:\n    pass\n"),
        ("dfe f():\n    pass\n", "def f():\n    pass\n"),
        ("improt os\n", "import os\n"),
        ("whlie x:\n    pass\n", "while x:\n    pass\n"),
        ("if x:\n    pass\nelse if y:\n    pass\n", "if x:\n    pass\nelif y:\n    pass\n"),
        ("if x:\n    pass\nelsif y:\n    pass\n", "if x:\n    pass\nelif y:\n    pass\n"),
        ("def f(class):\n    return class + 1\n", "def f(class_):\n    return class_ + 1\n"),
        ("def f():\n    await g()\n", "async def f():\n    await g()\n"),
        ("def f():\n    x = 1\n    global x\n", "def f():\n    global x\n    x = 1\n"),
        # Python 2.
        ("print 'x'\n", "print('x')\n"),
        ("print 'x', y\n", "print('x', y)\n"),
        ("exec 'x'\n", "exec('x')\n"),
        ("raise ValueError, 'x'\n", "raise ValueError('x')\n"),
        ("try:\n    pass\nexcept ValueError, e:\n    pass\n", "try:\n    pass\nexcept ValueError as e:\n    pass\n"),
        ("x = `a`\n", "x = repr(a)\n"),
        ("x = 0777\n", "x = 0o777\n"),
        ("x = 10L\n", "x = 10\n"),
        # Other languages and word processors.
        ("import dumps from json\n", "from json import dumps\n"),
        ("import { dumps, loads } from 'json';  # 🙂\n", "from json import dumps, loads  # 🙂\n"),
        ("import path as p from os\nx = 1\n", "from os import path as p\nx = 1\n"),
        ("if x && y:\n    pass\n", "if x and y:\n    pass\n"),
        ("if !x || y:\n    pass\n", "if not x or y:\n    pass\n"),
        ("if a <> b:\n    pass\n", "if a != b:\n    pass\n"),
        ("x++\n", "x += 1\n"),
        ("x = “abc”\n", 'x = "abc"\n'),
        ("x =\u00a01\n", "x = 1\n"),
        ("x = 007\n", "x = 7\n"),
        # Arguments.
        ("f(a=1, 2)\n", "f(2, a=1)\n"),
        ("f(**k, *a)\n", "f(*a, **k)\n"),
        ("f(a=1, a=1)\n", "f(a=1)\n"),
        ("def f(a, a):\n    pass\n", "def f(a):\n    pass\n"),
        ("def f(a=1, b):\n    pass\n", "def f(b, a=1):\n    pass\n"),
    ],
)  # fmt: skip
def test_the_first_repair(before: str, after: str) -> None:
    assert mended(before)[0] == after


def test_every_repair_parses() -> None:
    found = mended("x = foo(1, bar(2, 3)\ny = {'a' 1}\n")

    faults = [first_fault(text) for text in found]

    assert found
    # The second mistake is left; a closer on a line of its own moves it down.
    assert all(fault is not None and fault.line in (1, 2) for fault in faults)


def test_a_body_is_invented_only_when_nothing_else_is_there_to_be_it() -> None:
    assert mended("def f():\n")[0] == "def f():\n    pass\n"


def test_defaults_are_the_other_way_to_mend_the_order_of_parameters() -> None:
    assert "def f(a=1, b=None):\n    pass\n" in mended("def f(a=1, b):\n    pass\n")


def test_all_prints_of_a_file_can_be_mended_at_once() -> None:
    assert "print('a')\nx = 1\nprint('b', file=f)\n" in mended("print 'a'\nx = 1\nprint >>f, 'b'\n")


@pytest.mark.parametrize(
    "text",
    ["return 1\n", "break\n", "nonlocal x\n", "try:\n    x = 1\ny = 2\n"],
)
def test_what_only_the_author_knows_is_declined(text: str) -> None:
    assert mended(text) == []


def test_weights_fall() -> None:
    text = "x = foo(1, 2\ny = 3\n"
    weights = [repair.weight for repair in repairs(text, 0)]

    assert weights == sorted(weights, reverse=True)
    assert weights[0] <= 0.95


def test_the_reason_and_the_title_are_for_people() -> None:
    (first, *_) = repairs("x = foo(1, 2\ny = 3\n", 7)

    assert (first.title, first.why) == ("Add ')'", "'(' of line 1 is not closed")
