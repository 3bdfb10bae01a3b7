"""The generators for what linters say, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import (
    comparison,
    deprecated,
    exception_types,
    left_over,
    loop_variable,
    mutable_default,
    naming,
    nearby_fix,
    redefinition,
    strings,
    suppression,
    trailing_comma,
    trusted,
    useless_statement,
)
from punie_semantic.fixing.generators.row import Generator


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROWS: tuple[Generator, ...] = (
    Generator(
        "mutable default",
        "None or a tuple for a default that all calls share, default_factory and ClassVar in classes",
        mutable_default.generate,
        _codes("B006 B008 invalid-parameter-default RUF008 RUF009 RUF012"),
        before="def add(item, to=[]):\n    if to is None:\n        to = []\n    to.append(item)\n    return to\n",
        after=("def add(item, to=None):\n    if to is None:\n        to = []\n    to.append(item)\n    return to\n"),
    ),
    Generator(
        trailing_comma.GENERATOR,
        "A comma behind a value that is assigned or returned, which makes a tuple of it",
        trailing_comma.generate,
        _codes(
            "invalid-explicit-return invalid-return-type invalid-assignment invalid-argument-type missing-attribute"
            " unresolved-attribute possibly-missing-attribute missing-union-attribute unsupported-operator not-callable"
            " not-subscriptable not-iterable no-matching-overload invalid-context-manager invalid-key"
            " redundant-condition PLE0303 PLE0304 PLE0305 PLE0307 PLE0308 PLE0309 COM818 B018"
        ),
        before='def name(first: str) -> str:\n    text = first.strip(),\n    return text.lower() + "."\n',
        after='def name(first: str) -> str:\n    text = first.strip()\n    return text.lower() + "."\n',
    ),
    Generator(
        "comparison",
        "`is` for None and classes, tuples as conditions, comparisons with itself",
        comparison.generate,
        _codes("E711 E712 E721 F631 F634 PLR0124 PLW0177 redundant-condition"),
        before="def is_empty(value):\n    return value == None\n",
        after="def is_empty(value):\n    return value is None\n",
    ),
    Generator(
        "useless statement",
        "`=` for `==`, a call, a return or a raise where a value is computed for nothing",
        useless_statement.generate,
        _codes("B015 B018 B002 B032 PLW0133 PLW0127 RUF006 truthiness-test-of-callable redundant-condition"),
        before=(
            "class Counter:\n    def __init__(self):\n        self.total = 1\n\n    def reset(self):\n"
            "        self.total == 0\n"
        ),
        after=(
            "class Counter:\n    def __init__(self):\n        self.total = 1\n\n    def reset(self):\n"
            "        self.total = 0\n"
        ),
    ),
    Generator(
        "exceptions",
        "What `except` catches and `raise` raises, and what it is raised from",
        exception_types.generate,
        _codes(
            "E722 BLE001 B030 PLW0711 invalid-exception-caught invalid-raise B016 B904 not-callable F901"
            " unresolved-reference F821"
        ),
        before=(
            "def number(text):\n    try:\n        return int(text)\n    except [ValueError, TypeError]:\n"
            "        return None\n"
        ),
        after=(
            "def number(text):\n    try:\n        return int(text)\n    except (ValueError, TypeError):\n"
            "        return None\n"
        ),
    ),
    Generator(
        "redefinition",
        "The misspelt one of two functions, keys or loop names of one name; an exact double goes",
        redefinition.generate,
        _codes("F811 F601 F602 F402 B020 PLW2901 PLR1704 PIE794"),
        before=(
            "class Box:\n    def __init__(self):\n        self._size = 0\n\n    @property\n"
            "    def size(self):\n        return self._size\n\n    def size(self, value):\n"
            "        self._size = value\n"
        ),
        after=(
            "class Box:\n    def __init__(self):\n        self._size = 0\n\n    @property\n"
            "    def size(self):\n        return self._size\n\n    @size.setter\n    def size(self, value):\n"
            "        self._size = value\n"
        ),
    ),
    Generator(
        "deprecated",
        "The replacement that a deprecation names",
        deprecated.generate,
        _codes("deprecated DTZ003 DTZ004 LOG009 UP019 UP035"),
        before='import logging\n\nlogging.warn("full")\n',
        after='import logging\n\nlogging.warning("full")\n',
    ),
    Generator(
        "loop variable",
        "A loop without the variable that nothing reads, or with an underscore before it",
        loop_variable.generate,
        _codes("B007 PERF102"),
        before="def show(lines):\n    for i, line in enumerate(lines):\n        print(line)\n",
        after="def show(lines):\n    for line in lines:\n        print(line)\n",
    ),
    Generator(
        "f-string",
        "An `f` that is missing or too much, braces that were lost",
        strings.generate,
        _codes("F541 RUF027 PLE0604"),
        before='def greet(name):\n    return f"hello name"\n',
        after='def greet(name):\n    return f"hello {name}"\n',
    ),
    Generator(
        "nearby fix",
        "ruff's fix of another finding in the same statement, when the problem follows from it",
        nearby_fix.generate,
        before='from os import sep\n\n__all__ = [f"sep"]\n',
        after='from os import sep\n\n__all__ = ["sep"]\n',
    ),
    Generator(
        "naming",
        "Another name, in all of its scope, for one that hides a builtin or is in the wrong case",
        naming.generate,
        _codes("A001 A002 A006 E741 N801 N802 N803 N806 N815 N816 N818"),
        before="def first(list):\n    return list[0]\n",
        after="def first(list_):\n    return list_[0]\n",
    ),
    Generator(
        "left over",
        "Breakpoints, `global` for nothing, late imports, bodies behind a colon, a loop's name in a closure",
        left_over.generate,
        _codes("T100 PLW0602 E402 E701 B023"),
        before=(
            "def callers(names):\n    calls = []\n    for name in names:\n"
            "        calls.append(lambda: print(name))\n    return calls\n"
        ),
        after=(
            "def callers(names):\n    calls = []\n    for name in names:\n"
            "        calls.append(lambda name=name: print(name))\n    return calls\n"
        ),
    ),
    Generator(
        "suppression",
        "A comment that hides the problem, for who asks for it; without those that hide nothing",
        suppression.generate,
        before="limit = 3  # ty: ignore[invalid-assignment]\n",
        after="limit = 3\n",
    ),
    Generator(
        "ruff, looked at",
        "ruff's unsafe fixes that lose no comment and change nothing that counts",
        trusted.generate,
        before="def pairs(left, right):\n    return zip(left, right)\n",
        after="def pairs(left, right):\n    return zip(left, right, strict=False)\n",
    ),
)
