"""insert_at_symbol and replace_symbol: whole lines in the file's own form, nothing else touched."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from punie_semantic.exceptions import AmbiguousSymbol, EditError, SemanticError
from punie_semantic.tools.symbol_edits import Where, insert_at_symbol, replace_symbol
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project

TABS = (
    "\ufeff# 📚\r\nimport sys\r\n\r\n\r\n# about K\r\n@sys.intern\r\nclass K:\r\n\t'''Doc 價.'''\r\n\r\n\tx = 1\r\n\r\n"
    "\tdef m(self):\r\n\t\treturn 1\r\n\tdef z(self): pass\r\n\f\r\ndef one(): ...  # c\r\nclass P: pass\r\nLIMIT = 3"
).encode()
FILES: dict[str, str | bytes] = {
    "tabs.py": TABS,
    "props.py": (
        "from typing import overload\n\n\nclass A:\n    @property\n    def size(self) -> int:\n        return 1\n\n"
        "    # the setter\n    @size.setter\n    def size(self, v: int) -> None: ...\n\n"
        "    y, z = 1, 2\n    a = 1; b = 2\n\n\n"
        "class B:\n    def size(self) -> int:\n        return 2\n\n\n"
        "if A:\n    def twice() -> int:\n        return 1\nelse:\n    def twice() -> int:\n        return 2\n"
    ),
    "broken.py": "def fine() -> int:\n    return 1\n\n\ndef f(:\n",
}


@pytest.fixture
async def workspace(project: Project) -> AsyncGenerator[Workspace]:
    async with Workspace.open(project(FILES)) as opened:
        yield opened


def added(before: str, after: str) -> str:
    """What was put into a text in one place."""
    head = 0
    while head < len(before) and before[head] == after[head]:
        head += 1
    tail = len(before) - head
    assert after.endswith(before[head:])
    return after[head : len(after) - tail]


def text(workspace: Workspace, name: str) -> str:
    return workspace.overlay.text(workspace.root / name)


@pytest.mark.parametrize(
    ("symbol", "where", "new", "after", "expected"),
    [
        ("K.m", "before", "def n(self):\n  if 1:\n    return '''\n x'''", "\tx = 1\r\n\r\n",
         "\tdef n(self):\r\n\t\tif 1:\r\n\t\t\treturn '''\r\n x'''\r\n\r\n"),
        ("K.m", "after", "    def n(self):\n        pass\n", "return 1\r\n", "\r\n\tdef n(self):\r\n\t\tpass\r\n\r\n"),
        ("K", "before", "X = 1", "import sys\r\n\r\n\r\n", "X = 1\r\n"),
        ("K", "body_start", "y: int = 2", "'''Doc 價.'''\r\n", "\ty: int = 2\r\n"),
        ("K", "body_end", "w = 2", "pass\r\n", "\tw = 2\r\n"),
        ("K.m", "body_start", "print(1,\n      2)", "def m(self):\r\n", "\t\tprint(1,\r\n\t\t      2)\r\n"),
        ("LIMIT", "after", "MORE = 4\n", "LIMIT = 3", "\r\nMORE = 4"),
    ],
)  # fmt: skip
async def test_lines_are_put_where_they_belong(
    workspace: Workspace, symbol: str, where: Where, new: str, after: str, expected: str
) -> None:
    before = text(workspace, "tabs.py")
    await insert_at_symbol(workspace, symbol, where, new)

    now = text(workspace, "tabs.py")
    at = before.index(after) + len(after)
    assert now == before[:at] + expected + before[at:]


@pytest.mark.parametrize(
    ("symbol", "where", "old", "expected"),
    [
        ("one", "body_start", "def one(): ...  # c\r\n", "def one():  # c\r\n\treturn 1\r\n"),
        ("tabs.P", "body_end", "class P: pass\r\n", "class P:\r\n\treturn 1\r\n"),
        ("K.z", "body_end", "\tdef z(self): pass\r\n", "\tdef z(self):\r\n\t\treturn 1\r\n"),
    ],
)
async def test_a_body_on_one_line_is_opened(
    workspace: Workspace, symbol: str, where: Where, old: str, expected: str
) -> None:
    before = text(workspace, "tabs.py")
    await insert_at_symbol(workspace, symbol, where, "return 1")

    assert text(workspace, "tabs.py") == before.replace(old, expected)


@pytest.mark.parametrize(
    ("symbol", "new", "old", "expected"),
    [
        ("K.m", "@property\ndef m(self):\n  return 2\n", "\tdef m(self):\r\n\t\treturn 1\r\n",
         "\t@property\r\n\tdef m(self):\r\n\t\treturn 2\r\n"),
        ("K.x", "x = 2", "\tx = 1\r\n", "\tx = 2\r\n"),
        ("LIMIT", "LIMIT = (\n    3\n)\n", "LIMIT = 3", "LIMIT = (\r\n    3\r\n)"),
        ("tabs.P", "class P:\n    '''📚'''", "class P: pass\r\n", "class P:\r\n\t'''📚'''\r\n"),
    ],
)  # fmt: skip
async def test_a_whole_definition_is_replaced(
    workspace: Workspace, symbol: str, new: str, old: str, expected: str
) -> None:
    before = text(workspace, "tabs.py")
    await replace_symbol(workspace, symbol, new)

    assert text(workspace, "tabs.py") == before.replace(old, expected)
    assert workspace.overlay.base(workspace.root / "tabs.py").bom


async def test_a_property_is_replaced_with_its_setter(workspace: Workspace) -> None:
    before = text(workspace, "props.py")
    await replace_symbol(workspace, "A.size", "size = 1")

    start, end = before.index("    @property"), before.index("    y, z")
    assert text(workspace, "props.py") == f"{before[:start]}    size = 1\n\n{before[end:]}"


async def test_text_that_does_not_parse_is_taken_and_said(workspace: Workspace) -> None:
    result = await replace_symbol(workspace, "B.size", "def size(self) -> int:\n    return (")

    assert (result.changed, result.syntax_error[:5]) == (True, "line ")


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("size", "means 2 symbols"),
        ("A.nothing", "There is no symbol"),
        ("A.y", "no statement of its own"),
        ("A.a", "no statement of its own|shares its line"),
        ("twice", "is defined in several places, in lines 23, 26"),
        ("fine", "broken.py cannot be edited by symbol: The file has a syntax error"),
    ],
)
async def test_what_cannot_be_replaced(workspace: Workspace, symbol: str, message: str) -> None:
    with pytest.raises(SemanticError, match=message) as caught:
        await replace_symbol(workspace, symbol, "x = 1")

    assert isinstance(caught.value, AmbiguousSymbol) == (symbol == "size")
    assert workspace.overlay.changes() == []


async def test_only_blocks_have_a_body_and_text_is_needed(workspace: Workspace) -> None:
    with pytest.raises(EditError, match="Only functions and classes have a body"):
        await insert_at_symbol(workspace, "LIMIT", "body_end", "x")
    with pytest.raises(EditError, match="no text"):
        await insert_at_symbol(workspace, "LIMIT", "after", " \n")
    with pytest.raises(EditError, match="no text"):
        await replace_symbol(workspace, "LIMIT", "\n")
