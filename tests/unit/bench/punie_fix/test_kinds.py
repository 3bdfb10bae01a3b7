"""Every kind makes the edit that it is named for."""

from __future__ import annotations

import difflib
import random

import pytest

from tests.bench.punie_fix.kinds.table import FAMILY, KINDS
from tests.bench.punie_fix.module import Module

TEXT = '''\
"""A module."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, Optional

from .near import Base, other_name


class Thing(Base):
    """A thing."""

    count: int = 0

    def __init__(self, name: str, size: int | None = None) -> None:
        super().__init__(name)
        self.name = name.strip()
        self.size = size or 1
        self.total += 2

    @property
    def label(self) -> str:
        return f"{self.name}: {len(self.name)}"

    def weigh(self, unused, other):
        if other is None:
            return None
        return self.size < other

    def drop(self, other, unused):
        print(other)

    def reset(self) -> Optional[int]:
        self.clear()
        if self.size == 3 and self.name != "all":
            print("none", end="")
        return self.size

    async def fetch(self, source) -> dict[str, int]:
        async with source.lock(self) as lock:
            first = await lock.read()
        try:
            found = {"key": first.items(), "first": lock.first_item["key"]}
        except ValueError:
            raise KeyError("gone") from None
        for item in found:
            self.use(item, min(item, 5))
        if item not in found:
            found = {}
        return found[1:]


def double(value: int, flag: bool = True) -> int:
    return value + value


def plain(text, more):
    result = re.match(text, more)
    if text:
        more: Any = result
    if result and not more:
        return str(result)
    return list()
'''

# What the module above has no place for.
MORE = """\
from json import dumps

def late(text):
    if text:
        return dumps(text)
    elif text is None:
        return "none"
"""

# The lines that the first place of each kind takes away and puts in, from the module above.
FIRST = {
    "misspelt-name": ["-class Thing(Base):", "+class Thing(Bse):"],
    "misspelt-builtin": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(value: int, flag: bool = True) -> innt:",
    ],
    "misspelt-target": ["-result = re.match(text, more)", "+reult = re.match(text, more)"],
    "misspelt-parameter": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(vlue: int, flag: bool = True) -> int:",
    ],
    "missing-self": ["-return self.size", "+return size"],
    "wrong-case": ["-class Thing(Base):", "+class Thing(base):"],
    "wrong-number": ["-class Thing(Base):", "+class Thing(Bases):"],
    "other-constant": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __init__(self, name: str, size: int | None = None) -> null:",
    ],
    "length-attribute": [
        '-return f"{self.name}: {len(self.name)}"',
        '+return f"{self.name}: {self.name.size()}"',
    ],
    "else-if": ["-elif text is None:", "+elseif text is None:"],
    "other-operator": ["-self.size = size or 1", "+self.size = size || 1"],
    "import-first": ["-from json import dumps", "+import dumps from json"],
    "python-2-name": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(value: int, flag: bool = True) -> long:",
    ],
    "missing-import": ["-import os"],
    "missing-imported-name": [
        "-from collections.abc import Callable, Iterator",
        "+from collections.abc import Iterator",
    ],
    "misspelt-module": [
        "-from collections.abc import Callable, Iterator",
        "+from collctions.abc import Callable, Iterator",
    ],
    "misspelt-imported-name": [
        "-from collections.abc import Callable, Iterator",
        "+from collections.abc import Calable, Iterator",
    ],
    "wrong-module": ["-from collections.abc import Callable, Iterator", "+from collections import Callable, Iterator"],
    "wrong-level": ["-from .near import Base, other_name", "+from ..near import Base, other_name"],
    "misspelt-attribute": ["-return self.size", "+return self.sze"],
    "misspelt-method": ["-result = re.match(text, more)", "+result = re.mtch(text, more)"],
    "misspelt-attribute-target": ["-self.name = name.strip()", "+self.nme = name.strip()"],
    "called-property": ["-return self.size", "+return self.size()"],
    "missing-call": ["-self.name = name.strip()", "+self.name = name.strip"],
    "subscript-for-call": ["-super().__init__(name)", "+super().__init__[name]"],
    "camel-case-attribute": [
        '-found = {"key": first.items(), "first": lock.first_item["key"]}',
        '+found = {"key": first.items(), "first": lock.firstItem["key"]}',
    ],
    "python-2-method": [
        '-found = {"key": first.items(), "first": lock.first_item["key"]}',
        '+found = {"key": first.iteritems(), "first": lock.first_item["key"]}',
    ],
    "missing-argument": ["-result = re.match(text, more)", "+result = re.match(text)"],
    "surplus-argument": ["-result = re.match(text, more)", "+result = re.match(text, more, more)"],
    "misnamed-keyword": ['-print("none", end="")', '+print("none", ennd="")'],
    "surplus-keyword": ['-print("none", end="")', '+print("none", end="", timeout=True)'],
    "missing-self-parameter": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __init__(name: str, size: int | None = None) -> None:",
    ],
    "text-for-number": ["-self.use(item, min(item, 5))", '+self.use(item, min(item, "5"))'],
    "bytes-for-text": ['-print("none", end="")', '+print(b"none", end="")'],
    "list-for-item": ["-result = re.match(text, more)", "+result = re.match([text], more)"],
    "missing-await": ["-first = await lock.read()", "+first = lock.read()"],
    "surplus-await": ["-async with source.lock(self) as lock:", "+async with await source.lock(self) as lock:"],
    "sync-statement": ["-async with source.lock(self) as lock:", "+with source.lock(self) as lock:"],
    "sync-function": [
        "-async def fetch(self, source) -> dict[str, int]:",
        "+def fetch(self, source) -> dict[str, int]:",
    ],
    "async-function": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+async def double(value: int, flag: bool = True) -> int:",
    ],
    "missing-guard": ["-if other is None:", "-return None"],
    "inverted-guard": ["-if other is None:", "+if other is not None:"],
    "missing-conjunct": ["-if result and not more:", "+if not more:"],
    "missing-default": ["-self.size = size or 1", "+self.size = size"],
    "none-for-value": ["-self.name = name.strip()", "+self.name = None"],
    "missing-return": ["-return value + value", "+value + value"],
    "return-without-value": ["-return value + value", "+return"],
    "missing-last-return": ["-return list()"],
    "wrong-return-annotation": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(value: int, flag: bool = True) -> str:",
    ],
    "missing-optional": ["-def reset(self) -> Optional[int]:", "+def reset(self) -> int:"],
    "yield-for-return": ["-return value + value", "+yield value + value"],
    "tuple-for-value": ["-return list()", "+return list(),"],
    "surplus-override-parameter": ["-def label(self) -> str:", "+def label(self, extra) -> str:"],
    "missing-override-parameter": ["-def drop(self, other, unused):", "+def drop(self, other):"],
    "renamed-override-parameter": ["-def weigh(self, unused, other):", "+def weigh(self, the_unused, other):"],
    "super-without-call": ["-super().__init__(name)", "+super.__init__(name)"],
    "missing-decorator": ["-@property"],
    "surplus-decorator": ["+@property"],
    "misspelt-dunder": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __iit__(self, name: str, size: int | None = None) -> None:",
    ],
    "missing-base": ["-class Thing(Base):", "+class Thing:"],
    "misspelt-key": [
        '-found = {"key": first.items(), "first": lock.first_item["key"]}',
        '+found = {"key": first.items(), "first": lock.first_item["keey"]}',
    ],
    "misspelt-dict-key": [
        '-found = {"key": first.items(), "first": lock.first_item["key"]}',
        '+found = {"keey": first.items(), "first": lock.first_item["key"]}',
    ],
    "misspelt-literal": ['-if self.size == 3 and self.name != "all":', '+if self.size == 3 and self.name != "aall":'],
    "implicit-optional": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __init__(self, name: str, size: int = None) -> None:",
    ],
    "wrong-parameter-annotation": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(value: str, flag: bool = True) -> int:",
    ],
    "wrong-variable-annotation": ["-count: int = 0", "+count: str = 0"],
    "called-annotation": ["-def reset(self) -> Optional[int]:", "+def reset(self) -> Optional(int):"],
    "value-as-annotation": ["-more: Any = result", "+more: any = result"],
    "missing-colon": ["-class Thing(Base):", "+class Thing(Base)"],
    "missing-bracket": ["-class Thing(Base):", "+class Thing(Base:"],
    "surplus-bracket": ["-class Thing(Base):", "+class Thing(Base)):"],
    "wrong-bracket": ["-class Thing(Base):", "+class Thing(Base}:"],
    "missing-quote": ['-"""A module."""', '+"""A module.""'],
    "missing-comma": [
        "-from collections.abc import Callable, Iterator",
        "+from collections.abc import Callable Iterator",
    ],
    "wrong-indentation": ['-    """A thing."""', '+  """A thing."""'],
    "assignment-for-comparison": [
        '-if self.size == 3 and self.name != "all":',
        '+if self.size = 3 and self.name != "all":',
    ],
    "misspelt-keyword": ["-import os", "+imort os"],
    "missing-body": ["-return value + value"],
    "foreign-operator": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __init__(self, name: str, size: int | null = None) -> None:",
    ],
    "missing-brace": ['-return f"{self.name}: {len(self.name)}"', '+return f"{self.name}: {len(self.name)"'],
    "unused-import": ["+from collections import ChainMap"],
    "unused-exception-name": ["-except ValueError:", "+except ValueError as error:"],
    "unused-variable": ["-super().__init__(name)", "+result = super().__init__(name)"],
    "mutable-default": [
        "-def __init__(self, name: str, size: int | None = None) -> None:",
        "+def __init__(self, name: str, size: int | None = {}) -> None:",
    ],
    "equal-to-none": ["-if other is None:", "+if other == None:"],
    "equal-to-true": ["-if text:", "+if text == True:"],
    "identical-to-literal": [
        '-if self.size == 3 and self.name != "all":',
        '+if self.size is 3 and self.name != "all":',
    ],
    "not-in": ["-if item not in found:", "+if not item in found:"],
    "bare-f-string": ['-if self.size == 3 and self.name != "all":', '+if self.size == 3 and self.name != f"all":'],
    "bare-except": ["-except ValueError:", "+except:"],
    "missing-cause": ['-raise KeyError("gone") from None', '+raise KeyError("gone")'],
    "assigned-lambda": [
        "+double = lambda value, flag: value + value",
        "-def double(value: int, flag: bool = True) -> int:",
        "-return value + value",
    ],
    "unsorted-imports": ["+import re", "-import re"],
    "empty-call": ["-found = {}", "+found = dict()"],
    "unused-enumerate": ["-for item in found:", "+for i, item in enumerate(found):"],
    "boundary": ["-return self.size < other", "+return self.size <= other"],
    "inverted-comparison": ["-return self.size < other", "+return self.size >= other"],
    "arithmetic": ["-return value + value", "+return value - value"],
    "off-by-one": ["-self.total += 2", "+self.total += 1"],
    "wrong-boolean": [
        "-def double(value: int, flag: bool = True) -> int:",
        "+def double(value: int, flag: bool = False) -> int:",
    ],
    "and-or": ["-if result and not more:", "+if result or not more:"],
    "negated-condition": ["-if text:", "+if not text:"],
    "wrong-attribute": ["-return self.size", "+return self.total"],
    "swapped-arguments": ["-result = re.match(text, more)", "+result = re.match(more, text)"],
    "wrong-variable": ["-return value + value", "+return flag + value"],
    "wrong-slice": ["-return found[1:]", "+return found[:1]"],
    "wrong-method": ["-self.name = name.strip()", "+self.name = name.lstrip()"],
    "wrong-function": ["-self.use(item, min(item, 5))", "+self.use(item, max(item, 5))"],
    "wrong-update": ["-self.total += 2", "+self.total -= 2"],
    "missing-statement": ["-self.name = name.strip()"],
    "wrong-exception": ["-except ValueError:", "+except TypeError:"],
}


@pytest.mark.parametrize("name", KINDS)
def test_the_first_place_of_a_kind(name: str):
    text = MORE if name in ("else-if", "import-first") else TEXT
    module = Module(text, random.Random(7))
    mutation = next(KINDS[name].seed(module))
    broken = text[: mutation.start] + mutation.text + text[mutation.end :]
    lines = [line for line in difflib.ndiff(text.splitlines(), broken.splitlines()) if line[0] in "-+"]
    cut = str.rstrip if name == "wrong-indentation" else str.strip
    assert [line[0] + cut(line[2:]) for line in lines] == FIRST[name]


def test_every_edit_of_every_kind_changes_the_text():
    module = Module(TEXT, random.Random(7))
    for kind in KINDS.values():
        for mutation in kind.seed(module):
            assert TEXT[mutation.start : mutation.end] != mutation.text, kind.name


def test_names_of_kinds_are_unique():
    assert len(KINDS) == len(FAMILY) == 111
