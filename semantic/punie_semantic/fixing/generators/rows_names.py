"""The generators for names, imports and attributes, as rows of the table."""

from __future__ import annotations

from punie_semantic.fixing.generators import (
    exported_name,
    late_binding,
    missing_import,
    misspelt_target,
    receiver,
    shadowed,
    undefined_name,
    unused_name,
    wrong_attribute,
    wrong_import,
)
from punie_semantic.fixing.generators.row import Generator

_UNDEFINED = frozenset({"unresolved-reference", "F821", "F822", "F823"})
_ATTRIBUTE = frozenset({"missing-attribute", "missing-union-attribute", "possibly-missing-attribute", "missing-slot"})
_VALUE = frozenset(
    {
        "invalid-argument-type",
        "invalid-explicit-return",
        "invalid-assignment",
        "missing-union-attribute",
        "not-callable",
        "not-iterable",
        "not-subscriptable",
        "unsupported-operator",
    }
)

ROWS: tuple[Generator, ...] = (
    Generator(
        "undefined name",
        "A name like it that is in scope, or that is assigned and never used",
        undefined_name.generate,
        _UNDEFINED,
        before="def area(width, height):\n    return widht * height\n",
        after="def area(width, height):\n    return width * height\n",
    ),
    Generator(
        "self",
        "`self.` before an attribute, and the parameter of a method that lacks it",
        receiver.generate,
        _UNDEFINED | {"N804", "N805"},
        before="class Cart:\n    total = 0\n\n    def show(self):\n        print(total)\n",
        after="class Cart:\n    total = 0\n\n    def show(self):\n        print(self.total)\n",
    ),
    Generator(
        "where it is bound",
        "`as name` left out, `global` and `nonlocal` missing, lines in the wrong order",
        late_binding.generate,
        _UNDEFINED | {"possibly-unresolved-reference"},
        before="try:\n    print()\nexcept OSError:\n    print(error)\n",
        after="try:\n    print()\nexcept OSError as error:\n    print(error)\n",
    ),
    Generator(
        "import",
        "An import as the project's other files have it, from where the name is defined, or from the standard library",
        missing_import.generate,
        _UNDEFINED,
        before="print(json.dumps([]))\n",
        after="import json\n\nprint(json.dumps([]))\n",
    ),
    Generator(
        "wrong import",
        "The module or name that an import misspells, and where it has moved to",
        wrong_import.generate,
        frozenset({"import-not-found", "possibly-missing-import", "possibly-missing-submodule"}),
        before="from colections import Counter\n\nprint(Counter())\n",
        after="from collections import Counter\n\nprint(Counter())\n",
    ),
    Generator(
        "exported name",
        "An entry of `__all__` that the module has under another name",
        exported_name.generate,
        frozenset({"F822"}),
        before='def helper() -> None: ...\n\n\n__all__ = ["helpr"]\n',
        after='def helper() -> None: ...\n\n\n__all__ = ["helper"]\n',
    ),
    Generator(
        "submodule",
        "The import of a submodule that is taken as an attribute of its package",
        exported_name.submodule,
        frozenset({"possibly-missing-submodule", "missing-attribute"}),
        before="import xml\n\nprint(xml.etree.ElementTree.parse)\n",
        after="import xml.etree.ElementTree\n\nprint(xml.etree.ElementTree.parse)\n",
    ),
    Generator(
        "attribute",
        "A member like the missing one, a call that was left out, another object that has it",
        wrong_attribute.generate,
        _ATTRIBUTE,
        before='print("a b".uper())\n',
        after='print("a b".upper())\n',
    ),
    Generator(
        "misspelt attribute",
        "The place where a class sets an attribute under a misspelt name",
        misspelt_target.generate,
        _ATTRIBUTE,
        before="class Cart:\n    def __init__(self):\n        self.totl = 0\n\n    def total_of(self):\n"
        "        return self.total\n",
        after="class Cart:\n    def __init__(self):\n        self.total = 0\n\n    def total_of(self):\n"
        "        return self.total\n",
    ),
    Generator(
        "attribute set elsewhere",
        "An attribute that keeps an old value because the new one is set under a misspelt name",
        misspelt_target.orphans,
        _VALUE,
        before="class Cart:\n    def __init__(self) -> None:\n        self.total: int | None = None\n\n"
        "    def fill(self, n: int) -> int:\n        self.totl = n\n        return self.total\n",
        after="class Cart:\n    def __init__(self) -> None:\n        self.total: int | None = None\n\n"
        "    def fill(self, n: int) -> int:\n        self.total = n\n        return self.total\n",
    ),
    Generator(
        "shadowed",
        "Another name for a variable that hides a builtin, a module or a definition which is meant",
        shadowed.generate,
        _VALUE | _UNDEFINED | {"missing-attribute"},
        before="def f(items: list[int]) -> list[int]:\n    list = items[1:]\n    return [*list(range(3)), *list]\n",
        after="def f(items: list[int]) -> list[int]:\n    list_ = items[1:]\n    return [*list(range(3)), *list_]\n",
    ),
    Generator(
        "unused",
        "What is unused because it, or its use, is misspelt",
        unused_name.generate,
        frozenset({"F841", "F401", "B007", "ARG001", "ARG002", "ARG003", "ARG004", "ARG005"}),
        before="def half(total):\n    resutl = total / 2\n    print(result)\n    return result\n",
        after="def half(total):\n    result = total / 2\n    print(result)\n    return result\n",
    ),
)
