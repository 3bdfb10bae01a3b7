"""Which names of an edited module may look different from outside."""

from __future__ import annotations

import pytest

from punie_semantic.interface import visible_changes

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = 1  # a comment\n"),
        ('"""Old."""\nx = 1\n', '"""New."""\nx = 1\n'),
        ("def f(a: int) -> int:\n    return a\n", "def f(a: int) -> int:\n    b = a\n    return b\n"),
        ("async def f() -> int:\n    return 1\n", "async def f() -> int:\n    return 2\n"),
        (
            "class A:\n    def f(self) -> int:\n        return 1\n",
            "class A:\n    def f(self) -> int:\n        return 2\n",
        ),
        ("def f() -> int: return 1\n\n\ndef g(): ...\n", "def f() -> int:\n    return 3\n\ndef g(): ...\n"),
        ("def f() -> int:\n    x = 1\n    return x\n", "def f() -> int:\n    return 1\n"),
        ("a = 1\nb = 2\n", "b = 2\na = 1\n"),
        ("import os\nimport re\n", "import re\nimport os\n"),
    ],
)
def test_nothing_is_visible(before: str, after: str) -> None:
    assert visible_changes(before, after) == NOTHING


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("x = 1\n", "x = 2\n", {"x"}),
        ("import os\nx = 1\n", "x = 1\n", {"os"}),
        ("def f(): return 1\n", "def f(): return 'a'\n", {"f"}),
        ("def f() -> int: ...\n", "def f() -> str: ...\n", {"f"}),
        ("def f(a) -> int: ...\n", "def f(a, b) -> int: ...\n", {"f"}),
        ("def f(a=1) -> int: ...\n", "def f(a=2) -> int: ...\n", {"f"}),
        ("@cache\ndef f() -> int: ...\n", "def f() -> int: ...\n", {"f"}),
        ("x: int = 1\ny = 2\n", "x: str = ''\ny = 2\n", {"x"}),
        ("x = 1\ny = x\nz = 3\n", "x = ''\ny = x\nz = 3\n", {"x", "y"}),
        ("class A: ...\ndef f() -> 'A': ...\n", "class A:\n    b = 1\ndef f() -> 'A': ...\n", {"A", "b", "f"}),
        ("def f() -> None:\n    global x\n    x = 1\n", "def f() -> None:\n    global x\n    x = ''\n", {"f", "x"}),
        (
            "class A:\n    def __init__(self) -> None:\n        self.a = 1\n",
            "class A:\n    def __init__(self) -> None:\n        self.a = ''\n",
            {"A", "__init__", "self"},
        ),
        ("if a:\n    x = 1\n", "if a:\n    x = ''\n", {"x"}),
        ("class A: ...\nA.x = 1\n", "class A: ...\nA.x = ''\n", {"A"}),
        ("if b:\n    x = 1\n    A.b['c'].d = 1\n", "if b:\n    x = 1\n    A.b['c'].d = ''\n", {"A", "x"}),
        ("match a:\n    case [b, *c]: ...\n", "match a:\n    case [b, 1, *c]: ...\n", {"b", "c"}),
        ("try:\n    import a\nexcept E:\n    a = None\n", "import a\n", {"a"}),
        ("from a import f\nfrom b import f\n", "from b import f\nfrom a import f\n", {"f"}),
        ("__all__ = ['a']\n", "__all__ = ['a', 'b']\n", {"__all__"}),
        ("x = 1\ny = x\nx = ''\n", "x = 1\nx = ''\ny = x\n", {"x", "y"}),
    ],
)
def test_these_names_are_visible(before: str, after: str, names: set[str]) -> None:
    assert visible_changes(before, after) == names


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = (\n"),
        ("x = (\n", "x = 1\n"),
        ("x = 1\n", "x = 1\0\n"),
        ("from a import *\n", "from b import *\n"),
        ("__all__ = []\n", "__all__ = []\n__all__.append('x')\n"),
        ("x = 1\n", "raise SystemExit\nx = 1\n"),
        ("def __getattr__(name: str) -> int: ...\n", "def __getattr__(name: str) -> str: ...\n"),
    ],
)
def test_anything_may_be_visible(before: str, after: str) -> None:
    assert visible_changes(before, after) is None
