"""The generators for types of values: returns, assignments, operators, shapes and keys, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import (
    assignment,
    formatting,
    keys,
    kin_return,
    missing_return,
    operands,
    returns,
    shapes,
    type_form,
    typed_dict,
)
from punie_semantic.fixing.generators.row import Generator

ROWS: tuple[Generator, ...] = (
    Generator(
        "return value",
        "A returned value against the annotation: the value, or the annotation",
        returns.explicit,
        frozenset({"invalid-explicit-return"}),
        before="def area(width: int, height: int) -> str:\n    return width * height\n",
        after="def area(width: int, height: int) -> int:\n    return width * height\n",
    ),
    Generator(
        "missing return",
        "A path that ends without a return: `return`, `raise` or `yield` put back, or the annotation",
        missing_return.implicit,
        frozenset({"invalid-implicit-return", "invalid-implicit-return-in-function-with-stub-body"}),
        before="def twice(n: int) -> int:\n    n * 2\n",
        after="def twice(n: int) -> int:\n    return n * 2\n",
    ),
    Generator(
        "kin's return",
        "A value that a `return` lost: as functions like it return it, or what its locals give",
        kin_return.generate,
        frozenset(
            {
                "invalid-explicit-return",
                "invalid-implicit-return",
                "invalid-implicit-return-in-function-with-stub-body",
            }
        ),
        before=(
            "class Line:\n    left = 1\n    right = 2\n\n"
            "    def left_end(self) -> int:\n        return abs(self.left)\n\n"
            "    def right_end(self) -> int:\n        return\n"
        ),
        after=(
            "class Line:\n    left = 1\n    right = 2\n\n"
            "    def left_end(self) -> int:\n        return abs(self.left)\n\n"
            "    def right_end(self) -> int:\n        return abs(self.right)\n"
        ),
    ),
    Generator(
        "yield",
        "A generator's annotation, and the values it yields",
        returns.generator,
        frozenset({"invalid-generator-return-type", "invalid-yield"}),
        before="def one() -> int:\n    yield 1\n",
        after="def one() -> int:\n    return 1\n",
    ),
    Generator(
        "assignment",
        "A value against the annotation of what it is assigned to, defaults and items included",
        assignment.generate,
        frozenset({"invalid-assignment", "invalid-parameter-default"}),
        before="def greet(name: str = None) -> None: ...\n",
        after="def greet(name: str | None = None) -> None: ...\n",
    ),
    Generator(
        "operands",
        "An operator between things that do not go together: a conversion, another operator, sides swapped",
        operands.generate,
        frozenset({"unsupported-operator"}),
        before="def label(n: int) -> str:\n    return 'n = ' + n\n",
        after="def label(n: int) -> str:\n    return 'n = ' + str(n)\n",
    ),
    Generator(
        "shape",
        "What is called, indexed or iterated and cannot be: wrong brackets, a call too many or too few",
        shapes.generate,
        frozenset({"not-callable", "not-subscriptable", "not-iterable"}),
        before="for i in len('abc'):\n    print(i)\n",
        after="for i in range(len('abc')):\n    print(i)\n",
    ),
    Generator(
        "unpacking",
        "Too many or too few names for what is unpacked: `.items()` or `enumerate` missing, a name dropped",
        shapes.unpacking,
        frozenset({"invalid-assignment", "not-iterable"}),
        before=("def show(sizes: list[int]) -> None:\n    for number, size in sizes:\n        print(number, size)\n"),
        after=(
            "def show(sizes: list[int]) -> None:\n"
            "    for number, size in enumerate(sizes):\n"
            "        print(number, size)\n"
        ),
    ),
    Generator(
        "typed dict",
        "Keys of TypedDicts: misspelt in use or in the declaration, missing in a constructor",
        typed_dict.generate,
        frozenset({"invalid-typed-dict-key", "unknown-typed-dict-constructor-key", "missing-typed-dict-key"}),
        before=(
            "from typing import TypedDict\n"
            "\n"
            "\n"
            "class Row(TypedDict):\n"
            "    name: str\n"
            "\n"
            "\n"
            "def of(row: Row) -> str:\n"
            '    return row["nmae"]\n'
        ),
        after=(
            "from typing import TypedDict\n"
            "\n"
            "\n"
            "class Row(TypedDict):\n"
            "    name: str\n"
            "\n"
            "\n"
            "def of(row: Row) -> str:\n"
            '    return row["name"]\n'
        ),
    ),
    Generator(
        "format string",
        "Placeholders and arguments of `%`, `str.format` and logging that do not match",
        formatting.generate,
        frozenset(
            {"F501", "F503", "F504", "F505", "F506", "F507", "F522", "F523", "F524", "F525", "PLE1205", "PLE1206"}
        ),
        before="def show(name, age):\n    return '%s is %s' % (name,)\n",
        after="def show(name, age):\n    return '%s is %s' % (name, age)\n",
    ),
    Generator(
        "useless return",
        "A bare `return` where a value is expected: the one that was lost",
        missing_return.useless,
        frozenset({"PLR1711", "RET501"}),
        before=(
            "def evens(numbers):\n"
            '    """Return the even ones."""\n'
            "    found = []\n"
            "    for number in numbers:\n"
            "        found.append(number * 2)\n"
            "    return\n"
        ),
        after=(
            "def evens(numbers):\n"
            '    """Return the even ones."""\n'
            "    found = []\n"
            "    for number in numbers:\n"
            "        found.append(number * 2)\n"
            "    return found\n"
        ),
    ),
    Generator(
        "type form",
        "Annotations that are no types: called, the wrong brackets, `any` for `Any`",
        type_form.generate,
        frozenset({"invalid-type-form", "abstract-class-instantiation", "not-callable", "invalid-type-arguments"}),
        before="def first(names: list(str)) -> str:\n    return names[0]\n",
        after="def first(names: list[str]) -> str:\n    return names[0]\n",
    ),
    Generator(
        "keys",
        "An index one too far, a key misspelt against those beside it, a name repeated as text",
        keys.generate,
        frozenset(
            {
                "index-out-of-bounds",
                "PLE0643",
                "PLC0132",
                "mismatched-type-name",
                "invalid-paramspec",
                "invalid-legacy-type-variable",
                "invalid-newtype",
                "invalid-assignment",
                "not-subscriptable",
            }
        ),
        before="pair = (1, 2)\nprint(pair[2])\n",
        after="pair = (1, 2)\nprint(pair[1])\n",
    ),
)
