"""The generators for calls and types, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import (
    argument_type,
    awaiting,
    conditions,
    lost_check,
    missing_argument,
    optional,
    origins,
    rows_types,
    surplus_argument,
)
from punie_semantic.fixing.generators.row import Generator

_OF_VALUES = frozenset(
    {
        "missing-union-attribute",
        "missing-attribute",
        "possibly-missing-attribute",
        "invalid-argument-type",
        "invalid-explicit-return",
        "invalid-assignment",
        "unsupported-operator",
        "not-iterable",
        "not-subscriptable",
        "not-callable",
    }
)

ROWS: tuple[Generator, ...] = (
    Generator(
        "missing argument",
        "The argument that a call lacks: from the scope, from other calls of the function, or its default",
        missing_argument.generate,
        frozenset({"missing-argument"}),
        before=(
            "def area(width, height):\n"
            "    return width * height\n"
            "\n"
            "\n"
            "def twice(width, height):\n"
            "    return 2 * area(height)\n"
        ),
        after=(
            "def area(width, height):\n"
            "    return width * height\n"
            "\n"
            "\n"
            "def twice(width, height):\n"
            "    return 2 * area(width, height)\n"
        ),
    ),
    Generator(
        "surplus argument",
        "An argument that a function does not take: misspelt, one too many, or missing in the definition",
        surplus_argument.generate,
        frozenset(
            {
                "unknown-argument",
                "too-many-positional-arguments",
                "parameter-already-assigned",
                "positional-only-parameter-as-kwarg",
                "invalid-syntax",
                "invalid-legacy-type-variable",
            }
        ),
        before="def area(width, height):\n    return width * height\n\n\nprint(area(1, heigth=2))\n",
        after="def area(width, height):\n    return width * height\n\n\nprint(area(1, height=2))\n",
    ),
    Generator(
        "argument type",
        "An argument of the wrong type: swapped, without its conversion, the wrong name, or a wrong annotation",
        argument_type.generate,
        frozenset({"invalid-argument-type"}),
        before="def half(n: int) -> float:\n    return n / 2\n\n\nhalf('4')\n",
        after="def half(n: int) -> float:\n    return n / 2\n\n\nhalf(4)\n",
    ),
    Generator(
        "overloads",
        "A call that no overload takes: the argument that fits none",
        argument_type.overloads,
        frozenset({"no-matching-overload"}),
        before="def joined(names: list[str]) -> str:\n    return ', '.join(len(names))\n",
        after="def joined(names: list[str]) -> str:\n    return ', '.join(names)\n",
    ),
    Generator(
        "await",
        "`await` and `async`, missing or surplus",
        awaiting.generate,
        frozenset(
            {
                "invalid-await",
                "unused-awaitable",
                "invalid-context-manager",
                "not-iterable",
                "not-subscriptable",
                "missing-attribute",
                "missing-union-attribute",
                "invalid-argument-type",
                "invalid-explicit-return",
                "invalid-assignment",
                "unsupported-operator",
                "invalid-syntax",
                "PLE1142",
                "F704",
            }
        ),
        before="async def load() -> list[int]:\n    return [1]\n\n\nasync def first() -> int:\n    return load()[0]\n",
        after=(
            "async def load() -> list[int]:\n    return [1]\n\n\n"
            "async def first() -> int:\n    return (await load())[0]\n"
        ),
    ),
    Generator(
        "origin",
        "Where the wrong thing got its value: an assignment without its call or `await`, or of None",
        origins.generate,
        _OF_VALUES,
        before=(
            "async def load() -> list[int]:\n    return [1]\n\n\n"
            "async def first() -> int:\n    found = load()\n    return found[0]\n"
        ),
        after=(
            "async def load() -> list[int]:\n    return [1]\n\n\n"
            "async def first() -> int:\n    found = await load()\n    return found[0]\n"
        ),
    ),
    Generator(
        "condition",
        "Conditions about None or a type: turned round, `and` for `or`, a part that was lost",
        conditions.generate,
        _OF_VALUES,
        before=(
            "def shout(text: str | None) -> str:\n    if text is not None:\n"
            "        return ''\n    return text.upper()\n"
        ),
        after="def shout(text: str | None) -> str:\n    if text is None:\n        return ''\n    return text.upper()\n",
    ),
    Generator(
        "lost check",
        "The type check before an attribute that only one of the types has, as the file asks for it elsewhere",
        lost_check.generate,
        frozenset({"missing-attribute", "missing-union-attribute", "possibly-missing-attribute"}),
        before=(
            "class Item: ...\n\n\nclass Table(Item):\n    wide = True\n\n\n"
            "def wide(item: Item) -> bool:\n    return isinstance(item, Table) and item.wide\n\n\n"
            "def show(item: Item) -> None:\n    if item.wide:\n        print(item)\n"
        ),
        after=(
            "class Item: ...\n\n\nclass Table(Item):\n    wide = True\n\n\n"
            "def wide(item: Item) -> bool:\n    return isinstance(item, Table) and item.wide\n\n\n"
            "def show(item: Item) -> None:\n    if isinstance(item, Table) and item.wide:\n        print(item)\n"
        ),
    ),
    Generator(
        "optional",
        "Something that may be None: a guard as the file has them, a default",
        optional.generate,
        _OF_VALUES,
        before="def size(text: str | None) -> int:\n    return len(text)\n",
        after="def size(text: str | None) -> int:\n    assert text is not None\n    return len(text)\n",
    ),
    *rows_types.ROWS,
)
