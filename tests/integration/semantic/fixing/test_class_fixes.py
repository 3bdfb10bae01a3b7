"""Classes: kinds of methods, missing members and bases, fields; the fix is made where the class is."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.fixing.outcome import FixOptions
from tests.integration.semantic.fixing.asking import first_fix, search_for

CASES = {
    "self": (
        "unresolved-reference",
        "class A:\n    x = 1\n\n    def f(n: int) -> int:\n        return self.x + n\n",
        "class A:\n    x = 1\n\n    def f(self, n: int) -> int:\n        return self.x + n\n",
    ),
    "static": (
        "too-many-positional-arguments",
        "class A:\n    def add(a: int, b: int) -> int:\n        return a + b\n\n\nA().add(1, 2)\n",
        "class A:\n    @staticmethod\n    def add(a: int, b: int) -> int:\n        return a + b\n\n\nA().add(1, 2)\n",
    ),
    "class method": (
        "missing-argument",
        "class A:\n    def make(cls):\n        return cls()\n\n\nA.make()\n",
        "class A:\n    @classmethod\n    def make(cls):\n        return cls()\n\n\nA.make()\n",
    ),
    "surplus static": (
        "missing-argument",
        "class A:\n    x = 1\n\n    @staticmethod\n    def f(self):\n        return self.x\n\n\nA().f()\n",
        "class A:\n    x = 1\n\n    def f(self):\n        return self.x\n\n\nA().f()\n",
    ),
    "property": (
        "unsupported-operator",
        "class A:\n    def size(self) -> int:\n        return 3\n\n\na = A()\nx = a.size + 1\ny = a.size * 2\n",
        (
            "class A:\n    @property\n    def size(self) -> int:\n        return 3\n\n\n"
            "a = A()\nx = a.size + 1\ny = a.size * 2\n"
        ),
    ),
    "no property": (
        "not-callable",
        "class A:\n    @property\n    def reset(self) -> None:\n        self.x = 1\n\n\nA().reset()\n",
        "class A:\n    def reset(self) -> None:\n        self.x = 1\n\n\nA().reset()\n",
    ),
    "setter": (
        "missing-attribute",
        (
            "class A:\n    def x(self) -> int:\n        return 1\n\n    @x.setter\n"
            "    def x(self, v: int) -> None:\n        self.v = v\n"
        ),
        (
            "class A:\n    @property\n    def x(self) -> int:\n        return 1\n\n"
            "    @x.setter\n    def x(self, v: int) -> None:\n        self.v = v\n"
        ),
    ),
    "abstract": (
        "abstract-class-instantiation",
        "from abc import ABC, abstractmethod\n\n\nclass A(ABC):\n    @abstractmethod\n    def stop(self): ...\n\n\n"
        "class B(A):\n    def sotp(self): ...\n\n\nprint(B())\n",
        "from abc import ABC, abstractmethod\n\n\nclass A(ABC):\n    @abstractmethod\n    def stop(self): ...\n\n\n"
        "class B(A):\n    def stop(self): ...\n\n\nprint(B())\n",
    ),
    "protocol": (
        "invalid-argument-type",
        "from typing import Protocol\n\n\nclass P(Protocol):\n    def close(self) -> None: ...\n\n\n"
        "class File:\n    def clsoe(self) -> None: ...\n\n\ndef end(p: P) -> None: ...\n\n\nend(File())\n",
        "from typing import Protocol\n\n\nclass P(Protocol):\n    def close(self) -> None: ...\n\n\n"
        "class File:\n    def close(self) -> None: ...\n\n\ndef end(p: P) -> None: ...\n\n\nend(File())\n",
    ),
    "slots": (
        "missing-attribute",
        (
            'class A:\n    __slots__ = ("left", "rihgt")\n\n    def __init__(self):\n'
            "        self.left = 1\n        self.right = 2\n"
        ),
        (
            'class A:\n    __slots__ = ("left", "right")\n\n    def __init__(self):\n'
            "        self.left = 1\n        self.right = 2\n"
        ),
    ),
    "dataclass": (
        "too-many-positional-arguments",
        "import json\n\n\nclass Point:\n    x: int\n    y: int\n\n\nprint(json, Point(1, 2))\n",
        (
            "import json\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass Point:\n"
            "    x: int\n    y: int\n\n\nprint(json, Point(1, 2))\n"
        ),
    ),
    "raised": (
        "invalid-raise",
        "def f():\n    class Done:\n        pass\n\n    raise Done\n",
        "def f():\n    class Done(Exception):\n        pass\n\n    raise Done\n",
    ),
    "assigned": (
        "invalid-assignment",
        "class Base:\n    pass\n\n\nclass Derived:\n    pass\n\n\nx: Base | None = Derived()\n",
        "class Base:\n    pass\n\n\nclass Derived(Base):\n    pass\n\n\nx: Base | None = Derived()\n",
    ),
    "order of bases": (
        "inconsistent-mro",
        "class A: ...\n\n\nclass B(object, A): ...\n",
        "class A: ...\n\n\nclass B(A, object): ...\n",
    ),
    "super self": (
        "too-many-positional-arguments",
        "class A:\n    def f(self) -> None: ...\n\n\nclass B(A):\n    def f(self) -> None:\n        super().f(self)\n",
        "class A:\n    def f(self) -> None: ...\n\n\nclass B(A):\n    def f(self) -> None:\n        super().f()\n",
    ),
    "field order": (
        "invalid-dataclass-field-order",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: int = 0\n    y: int\n    z: int\n",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: int\n    y: int\n    z: int\n",
    ),
    "unread parameter": (
        "missing-argument",
        "class A:\n    def clear(self, extra) -> None:\n        self.x = 1\n\n\nA().clear()\n",
        "class A:\n    def clear(self) -> None:\n        self.x = 1\n\n\nA().clear()\n",
    ),
    "parameters of kin": (
        "too-many-positional-arguments",
        "class A:\n    def f(self, x: int):\n        return x\n\n\nclass B:\n    def f(self):\n        return 1\n\n\n"
        "def g(b: A | B):\n    return b.f(1)\n",
        "class A:\n    def f(self, x: int):\n        return x\n\n\n"
        "class B:\n    def f(self, x: int):\n        return 1\n"
        "\n\ndef g(b: A | B):\n    return b.f(1)\n",
    ),
    "base of the kin": (
        "too-many-positional-arguments",
        "class AppError(Exception): ...\n\n\nclass LeftError(AppError): ...\n\n\nclass RightError:\n"
        "    def __init__(self, text: str):\n        super().__init__(text)\n",
        "class AppError(Exception): ...\n\n\nclass LeftError(AppError): ...\n\n\nclass RightError(AppError):\n"
        "    def __init__(self, text: str):\n        super().__init__(text)\n",
    ),
    "property without self": (
        "invalid-argument-type",
        "class A:\n    x = 1\n\n    @property\n    def f() -> int:\n        return self.x\n",
        "class A:\n    x = 1\n\n    @property\n    def f(self) -> int:\n        return self.x\n",
    ),
    "constructor without self": (
        "invalid-super-argument",
        "class A:\n    def __init__(n: int | str):\n        super().__init__()\n        print(n)\n",
        "class A:\n    def __init__(self, n: int | str):\n        super().__init__()\n        print(n)\n",
    ),
    "special": (
        "unsupported-operator",
        "class V:\n    def __lt__(self, other: object, extra) -> bool:\n        return True\n\n\nx = V() < V()\n",
        "class V:\n    def __lt__(self, other: object) -> bool:\n        return True\n\n\nx = V() < V()\n",
    ),
}


@pytest.mark.parametrize(("code", "wrong", "right"), CASES.values(), ids=CASES)
async def test_the_good_fix_comes_first(tmp_path: Path, code: str, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right


async def test_the_class_is_in_another_file(tmp_path: Path) -> None:
    others = {"shapes.py": "from enum import Enum\n\n\nclass Color(Enum):\n    GREN = 1\n"}
    text = "from shapes import Color\n\nx = Color.GREEN\ny = Color.GREEN\n"

    search = await search_for(tmp_path, text, "missing-attribute", others=others)

    assert [(fix.file, fix.text) for fix in search.found[:1]] == [
        ("shapes.py", "from enum import Enum\n\n\nclass Color(Enum):\n    GREEN = 1\n")
    ]


async def test_the_stub_of_an_abstract_method_is_held_back_until_it_is_asked_for(tmp_path: Path) -> None:
    text = (
        "from abc import ABC, abstractmethod\n\n\nclass A(ABC):\n    @abstractmethod\n"
        "    def run(self, n: int) -> int: ...\n\n\n"
        "class B(A):\n    pass\n\n\nprint(B())\n"
    )

    safe = await search_for(tmp_path, text, "abstract-class-instantiation")
    unsafe = await search_for(tmp_path, text, "abstract-class-instantiation", options=FixOptions(unsafe=True))

    assert "Add run to B, which raises NotImplementedError" not in [fix.candidate.title for fix in safe.found]
    stub = "class B(A):\n    def run(self, n: int) -> int:\n        raise NotImplementedError\n"
    assert text.replace("class B(A):\n    pass\n", stub) in [fix.text for fix in unsafe.found]


async def test_a_method_that_is_called_elsewhere_is_no_property(tmp_path: Path) -> None:
    text = (
        "class A:\n    def size(self) -> int:\n        return 3\n\n\na = A()\n"
        "x = a.size + 1\ny = a.size() * 2\nz = a.size()\n"
    )

    search = await search_for(tmp_path, text, "unsupported-operator")

    assert search.found[0].text == text.replace("a.size + 1", "a.size() + 1")


async def test_emoji_and_line_ends_stay(tmp_path: Path) -> None:
    text = 'class A:\r\n    face = "😀"\r\n\r\n    def f() -> str:\r\n        return "😀" + self.face\r\n'

    assert await first_fix(tmp_path, text, "unresolved-reference") == text.replace("f()", "f(self)")
