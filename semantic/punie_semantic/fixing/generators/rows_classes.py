"""The generators for classes, as rows of the table; those for what linters say come after them."""

from __future__ import annotations

from punie_semantic.fixing.generators import (
    class_bases,
    class_fields,
    method_kind,
    missing_member,
    misspelt_member,
    misspelt_overload,
    misspelt_special,
    override,
    rows_lint,
    special_method,
    super_call,
    unread_parameter,
    unset_attribute,
)
from punie_semantic.fixing.generators.row import Generator


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_USES = (
    "not-callable missing-attribute unresolved-attribute possibly-missing-attribute missing-union-attribute"
    " unsupported-operator not-iterable not-subscriptable invalid-argument-type invalid-assignment"
    " invalid-explicit-return invalid-return-type too-many-positional-arguments missing-argument unknown-argument"
    " invalid-context-manager no-matching-overload"
)

ROWS: tuple[Generator, ...] = (
    Generator(
        "unset attribute",
        "An attribute that is never set, though `__init__` takes a parameter of that name and does not use it",
        unset_attribute.generate,
        _codes("missing-attribute unresolved-attribute"),
        before="class Book:\n    def __init__(self, title: str, pages: int) -> None:\n        self.title = title\n\n"
        "    def thick(self) -> bool:\n        return self.pages > 500\n",
        after="class Book:\n    def __init__(self, title: str, pages: int) -> None:\n        self.title = title\n"
        "        self.pages = pages\n\n    def thick(self) -> bool:\n        return self.pages > 500\n",
    ),
    Generator(
        "overload",
        "An overload, or a comparison of `@total_ordering`, whose name is not like the others'",
        misspelt_overload.generate,
        _codes("missing-overload-implementation invalid-overload invalid-total-ordering"),
        before="from typing import overload\n\n\n@overload\ndef half(x: int) -> float: ...\n@overload\n"
        "def half(x: str) -> str: ...\ndef halv(x: int | str) -> float | str:\n"
        "    return x / 2 if isinstance(x, int) else x[: len(x) // 2]\n",
        after="from typing import overload\n\n\n@overload\ndef half(x: int) -> float: ...\n@overload\n"
        "def half(x: str) -> str: ...\ndef half(x: int | str) -> float | str:\n"
        "    return x / 2 if isinstance(x, int) else x[: len(x) // 2]\n",
    ),
    Generator(
        "override",
        "The parameters, annotations and decorators of the method that is overridden",
        override.generate,
        _codes(
            "incompatible-method-override lost-keyword-for-regular-parameter incompatible-property-override"
            " incompatible-attribute-override invalid-explicit-override inconsistent-overload-implementation"
        ),
        before=(
            "class Store:\n    def save(self, key):\n        return key\n\n\n"
            "class Memory(Store):\n    def save(self, name):\n        return [name]\n"
        ),
        after=(
            "class Store:\n    def save(self, key):\n        return key\n\n\n"
            "class Memory(Store):\n    def save(self, key):\n        return [key]\n"
        ),
    ),
    Generator(
        "method kind",
        "`self`, `cls`, @property, @staticmethod or @classmethod where a method's body or its use shows it",
        method_kind.generate,
        _codes(
            f"{_USES} redundant-condition invalid-dataclass invalid-super-argument N805 N804 PLW0211 PLR0206"
            " unresolved-reference F821"
        ),
        before="class Box:\n    total = 3\n\n    def size():\n        return self.total\n",
        after="class Box:\n    total = 3\n\n    def size(self):\n        return self.total\n",
    ),
    Generator(
        "parameters",
        "A parameter that a method's calls do not pass and its body does not read; those that its kin have",
        unread_parameter.generate,
        _codes("missing-argument too-many-positional-arguments"),
        before=(
            "class Store:\n    def clear(self, extra):\n        self.items = []\n\n\n"
            "def empty(store: Store):\n    store.clear()\n"
        ),
        after=(
            "class Store:\n    def clear(self):\n        self.items = []\n\n\n"
            "def empty(store: Store):\n    store.clear()\n"
        ),
    ),
    Generator(
        "missing member",
        "A misspelt method that a base, a protocol or an operator asks for; else a stub",
        missing_member.generate,
        _codes(f"{_USES} abstract-class-instantiation"),
        before=(
            "from abc import ABC, abstractmethod\n\n\nclass Closeable(ABC):\n    @abstractmethod\n"
            "    def close(self): ...\n\n\nclass File(Closeable):\n    def clsoe(self): ...\n\n\n"
            "file = File()\n"
        ),
        after=(
            "from abc import ABC, abstractmethod\n\n\nclass Closeable(ABC):\n    @abstractmethod\n"
            "    def close(self): ...\n\n\nclass File(Closeable):\n    def close(self): ...\n\n\n"
            "file = File()\n"
        ),
    ),
    Generator(
        "misspelt member",
        "An enum's member, a field, a key or a slot that is misspelt where its class defines it",
        misspelt_member.generate,
        _codes(
            "missing-attribute unresolved-attribute possibly-missing-attribute unknown-argument invalid-typed-dict-key"
            " unknown-typed-dict-constructor-key missing-slot PLE0237"
        ),
        before=(
            "from enum import Enum\n\n\nclass Color(Enum):\n    RED = 1\n    GREN = 2\n\n\n"
            "left = Color.GREEN\nright = Color.GREEN\n"
        ),
        after=(
            "from enum import Enum\n\n\nclass Color(Enum):\n    RED = 1\n    GREEN = 2\n\n\n"
            "left = Color.GREEN\nright = Color.GREEN\n"
        ),
    ),
    Generator(
        "class bases",
        "A base or @dataclass that is missing, bases that are doubled or out of order, arguments of super",
        class_bases.generate,
        _codes(
            "duplicate-base PLE0241 inconsistent-mro invalid-super-argument unavailable-implicit-super-arguments"
            " too-many-positional-arguments unknown-argument missing-argument invalid-argument-type missing-attribute"
            " unresolved-attribute invalid-assignment not-subscriptable invalid-explicit-return invalid-return-type"
            " invalid-explicit-override F401"
        ),
        before=(
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Size:\n    width: int\n\n\n"
            "class Point:\n    x: int\n\n\npoint = Point(1)\n"
        ),
        after=(
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Size:\n    width: int\n\n\n@dataclass\n"
            "class Point:\n    x: int\n\n\npoint = Point(1)\n"
        ),
    ),
    Generator(
        "super",
        "The parentheses of `super()`",
        super_call.generate,
        _codes(f"{_USES} B018 missing-argument unknown-argument too-many-positional-arguments"),
        before=(
            "class Base:\n    def __init__(self, name: str):\n        self.name = name\n\n\nclass Derived(Base):\n"
            "    def __init__(self, name: str):\n        super.__init__(name)\n"
        ),
        after=(
            "class Base:\n    def __init__(self, name: str):\n        self.name = name\n\n\nclass Derived(Base):\n"
            "    def __init__(self, name: str):\n        super().__init__(name)\n"
        ),
    ),
    Generator(
        "class fields",
        "Fields of dataclasses in the wrong order, of frozen classes, and final ones that are bound again",
        class_fields.generate,
        _codes("invalid-dataclass-field-order invalid-assignment"),
        before=(
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Item:\n    count: int = 0\n    name: str | None\n"
        ),
        after=(
            "from dataclasses import dataclass\n\n\n@dataclass\nclass Item:\n    count: int = 0\n"
            "    name: str | None = None\n"
        ),
    ),
    Generator(
        "special method",
        "The number of parameters that Python passes to `__lt__`, `__exit__` and the like",
        special_method.generate,
        _codes(f"{_USES} PLE0302"),
        before=(
            "class Version:\n    def __init__(self, number):\n        self.number = number\n\n"
            "    def __lt__(self, other, extra):\n        return self.number < other.number\n\n\n"
            "print(Version(1) < Version(2))\n"
        ),
        after=(
            "class Version:\n    def __init__(self, number):\n        self.number = number\n\n"
            "    def __lt__(self, other):\n        return self.number < other.number\n\n\n"
            "print(Version(1) < Version(2))\n"
        ),
    ),
    Generator(
        misspelt_special.GENERATOR,
        "A special method or attribute of a class whose name is misspelt, wherever that is noticed",
        misspelt_special.generate,
        before=(
            "class Book:\n    def __inti__(self, title: str) -> None:\n        self.title = title\n\n\n"
            'book = Book("Walden")\n'
        ),
        after=(
            "class Book:\n    def __init__(self, title: str) -> None:\n        self.title = title\n\n\n"
            'book = Book("Walden")\n'
        ),
    ),
    *rows_lint.ROWS,
)
