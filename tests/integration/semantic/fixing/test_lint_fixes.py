"""What linters say: the fix that a person would write, and none where only a guess is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.fixing.outcome import FixOptions
from tests.integration.semantic.fixing.asking import first_fix, search_for

RULES = ("A", "B", "C4", "E", "F", "N", "PLR", "PLW", "RUF", "T10", "I")
CASES = {
    "none": ("E711", "def f(x):\n    return x != None\n", "def f(x):\n    return x is not None\n"),
    "true": ("E712", "def f(x):\n    if x == True:\n        f(1)\n", "def f(x):\n    if x:\n        f(1)\n"),
    "type": ("E721", "def f(x):\n    return type(x) == int\n", "def f(x):\n    return type(x) is int\n"),
    "assert": ("F631", 'def f(x):\n    assert (x, "no")\n', 'def f(x):\n    assert x, "no"\n'),
    "itself": (
        "PLR0124",
        "class A:\n    def same(self, other):\n        return self == self\n",
        "class A:\n    def same(self, other):\n        return self == other\n",
    ),
    "assign": ("B015", "def f(x):\n    x.total == 3\n", "def f(x):\n    x.total = 3\n"),
    "test": ("B015", "def test_f(x):\n    x.total == 3\n", "def test_f(x):\n    assert x.total == 3\n"),
    "call": (
        "B018",
        "def f(x: list[int]):\n    x.sort\n    print(x)\n",
        "def f(x: list[int]):\n    x.sort()\n    print(x)\n",
    ),
    "raise": ("PLW0133", 'def f():\n    ValueError("x")\n', 'def f():\n    raise ValueError("x")\n'),
    "annotation": ("B032", "def f(x):\n    x[0]: int(x)\n", "def f(x):\n    x[0] = int(x)\n"),
    "shared": (
        "B006",
        'def f(x: list[int] = []):\n    """Do it."""\n    x.append(1)\n    return x\n',
        (
            'def f(x: list[int] | None = None):\n    """Do it."""\n    if x is None:\n'
            "        x = []\n    x.append(1)\n    return x\n"
        ),
    ),
    "expected": (
        "B006",
        "def f(x=[]):\n    x = x or [1]\n    return x\n",
        "def f(x=None):\n    x = x or [1]\n    return x\n",
    ),
    "field": (
        "RUF008",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: list[int] = []\n",
        (
            "from dataclasses import dataclass, field\n\n\n@dataclass\nclass A:\n"
            "    x: list[int] = field(default_factory=list)\n"
        ),
    ),
    "class variable": (
        "RUF012",
        "class A:\n    x: list[int] = []\n",
        "from typing import ClassVar\n\n\nclass A:\n    x: ClassVar[list[int]] = []\n",
    ),
    "import error": (
        "E722",
        "try:\n    import json\nexcept:\n    json = None\n",
        "try:\n    import json\nexcept ImportError:\n    json = None\n",
    ),
    "exception": (
        "E722",
        "def f(x):\n    try:\n        x()\n        x.y()\n    except:\n        print(x)\n",
        "def f(x):\n    try:\n        x()\n        x.y()\n    except Exception:\n        print(x)\n",
    ),
    "cause": (
        "B904",
        (
            "def f(x):\n    try:\n        x()\n    except KeyError as error:\n"
            '        print(error)\n        raise ValueError("x")\n'
        ),
        (
            "def f(x):\n    try:\n        x()\n    except KeyError as error:\n"
            '        print(error)\n        raise ValueError("x") from error\n'
        ),
    ),
    "late": (
        "B023",
        "def f(xs):\n    return [lambda: x for x in xs]\n",
        "def f(xs):\n    return [lambda x=x: x for x in xs]\n",
    ),
    "number": (
        "B007",
        "def f(xs):\n    for i, x in enumerate(xs):\n        print(x)\n",
        "def f(xs):\n    for x in xs:\n        print(x)\n",
    ),
    "values": (
        "B007",
        "def f(xs):\n    for k, x in xs.items():\n        print(x)\n",
        "def f(xs):\n    for x in xs.values():\n        print(x)\n",
    ),
    "builtin": (
        "A002",
        'def f(id):\n    return f"{id}", [id for _ in range(id)]\n',
        'def f(id_):\n    return f"{id_}", [id_ for _ in range(id_)]\n',
    ),
    "setter": (
        "F811",
        (
            "class A:\n    v = 1\n\n    @property\n    def x(self):\n        return self.v\n"
            "\n    def x(self, v):\n        self.v = v\n"
        ),
        (
            "class A:\n    v = 1\n\n    @property\n    def x(self):\n        return self.v\n"
            "\n    @x.setter\n    def x(self, v):\n        self.v = v\n"
        ),
    ),
    "double": (
        "F811",
        "def f(x):\n    return x\n\n\ndef f(x):\n    return x\n",
        "def f(x):\n    return x\n\n\n",
    ),
    "double entry": ("F601", 'x = {"a": 1, "b": 2, "a": 1}\n', 'x = {"a": 1, "b": 2}\n'),
    "placeholder": ("F541", 'def f(name):\n    return f"hello name"\n', 'def f(name):\n    return f"hello {name}"\n'),
    "plain": ("F541", 'def f():\n    return f"hello"\n', 'def f():\n    return "hello"\n'),
    "breakpoint": ("T100", "def f(x):\n    breakpoint()\n    return x\n", "def f(x):\n    return x\n"),
    "unused import": (
        "I001",
        "import os\nimport json\n\nprint(os.sep)\n",
        "import os\n\nprint(os.sep)\n",
    ),
    "ignored": ("unused-ignore-comment", "x = 1  # ty: ignore[invalid-assignment]\n", "x = 1\n"),
    "deprecated": ("deprecated", 'import logging\n\nlogging.warn("x")\n', 'import logging\n\nlogging.warning("x")\n'),
    "list of exceptions": (
        "invalid-exception-caught",
        "def f(x):\n    try:\n        x()\n    except [KeyError, OSError]:\n        print(x)\n",
        "def f(x):\n    try:\n        x()\n    except (KeyError, OSError):\n        print(x)\n",
    ),
}


@pytest.mark.parametrize(("code", "wrong", "right"), CASES.values(), ids=CASES)
async def test_the_good_fix_comes_first(tmp_path: Path, code: str, wrong: str, right: str) -> None:
    select = [rule for rule in RULES if rule != "I" or code == "I001"]
    if code == "E722":
        select = ["E", "F"]

    assert await first_fix(tmp_path, wrong, code, select=select, options=FixOptions()) == right


async def test_an_unused_standard_import_of_a_package_goes_when_it_is_out_of_order(tmp_path: Path) -> None:
    text = "import os\nfrom collections import ChainMap\nimport sys\n\nprint(os.sep, sys.path)\n"

    search = await search_for(tmp_path, text, "I001", select=["I", "F"])

    assert search.found[0].text == "import os\nimport sys\n\nprint(os.sep, sys.path)\n"


async def test_a_guess_at_what_is_caught_needs_evidence(tmp_path: Path) -> None:
    text = (
        "def f(x):\n    try:\n        x.run()\n    except KeyError:\n        print(1)\n    try:\n        x.stop()\n"
        "    except:\n        print(2)\n"
    )

    search = await search_for(tmp_path, text, "E722", select=["E", "F"], options=FixOptions(unsafe=True))

    assert [fix.candidate.title for fix in search.found if "KeyError" in fix.candidate.title] == []


async def test_entries_of_one_key_with_other_values_are_not_deleted_unasked(tmp_path: Path) -> None:
    search = await search_for(tmp_path, 'x = {"a": 1, "b": 2, "a": 3}\n', "F601", select=["F"])

    assert search.found == []
    assert "Delete the later entry" in [candidate.title for candidate in search.held_back]


async def test_two_functions_of_one_name_that_differ_are_left_alone(tmp_path: Path) -> None:
    search = await search_for(tmp_path, "def f(x):\n    return x\n\n\ndef f(x):\n    return -x\n", "F811", select=["F"])

    assert [fix.candidate.title for fix in search.found] == []


async def test_a_problem_is_hidden_only_for_who_asks(tmp_path: Path) -> None:
    text = 'x: int = "😀"  # face\r\n'

    plain = await search_for(tmp_path, text, "invalid-assignment")
    asked = await search_for(tmp_path, text, "invalid-assignment", options=FixOptions(suppress=True))

    hidden = 'x: int = "😀"  # face  # ty: ignore[invalid-assignment]\r\n'
    assert hidden not in [fix.text for fix in plain.found]
    assert hidden in [fix.text for fix in asked.found]


async def test_a_code_more_in_the_comment_that_is_there(tmp_path: Path) -> None:
    text = "import os  # noqa: E501\n"

    search = await search_for(tmp_path, text, "F401", select=["F"], options=FixOptions(suppress=True))

    assert "import os  # noqa: E501, F401\n" in [fix.text for fix in search.found]


async def test_a_fix_with_a_comment_inside_is_left_to_the_user(tmp_path: Path) -> None:
    text = "def f(x):\n    if x:\n        # why it is one\n        a = 1\n    else:\n        a = 2\n    return a\n"

    search = await search_for(tmp_path, text, "SIM108", select=["SIM"])

    assert search.found == []
