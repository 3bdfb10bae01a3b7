"""Errors tell the model the line, the cause, and what to write instead; nothing of the host is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.codemode.runner import CodeRunner
from punie_agent.exceptions import ProgramError
from tests.integration.agent.codemode.conftest import Recorded


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "x = 1\nread_file('a.py').txt",
            "The program does not type-check, so it was not run:\n"
            "line 2: read_file('a.py').txt\n"
            "  Object of type `FileText` has no attribute `txt`. Did you mean `text`? "
            "FileText has: file, text, start_line, total_lines",
        ),
        (
            "list_files().files[0].name\ndiagnostics('a.py').problems.code",
            "line 2: diagnostics('a.py').problems.code\n"
            "  Object of type `list[Problem]` has no attribute `code`. "
            "It is a list: loop over it, or take one Problem of it by its index",
        ),
        (
            "find_refrences('a.py')",
            "Name `find_refrences` used when not defined. Did you mean `find_references` or `find_fixes`?",
        ),
        (
            "read_file(file='a.py')",
            "line 1: read_file(file='a.py')\n"
            "  No argument provided for required parameter `path` of function `read_file`",
        ),
        (
            "read_file('a.py', line_counts=3)",
            "Argument `line_counts` does not match any known parameter of function `read_file`. "
            "Did you mean `line_count`? "
            "It is read_file(path: str, start_line: int=1, line_count: int=2000) -> FileText",
        ),
        (
            "read_file(3)",
            "Argument to function `read_file` is incorrect: Expected `str`, found `Literal[3]`. It is read_file(",
        ),
        ("re.findall('a', 'a')", "Name `re` used when not defined. Write `import re` first"),
        (
            "try:\n    read_file('a')\nexcept EditError:\n    pass",
            "line 3: except EditError:\n"
            "  Name `EditError` used when not defined. Errors of tools are RuntimeError here: "
            "`except RuntimeError as error`",
        ),
        (
            "import numpy",
            "Cannot resolve imported module `numpy`. Programs cannot import packages or the project's own code",
        ),
        ("import re\nre.search('a', 'a').group(0)", "It can be None: check for that first, as in `if x is not None`"),
        ("x = (1,\ny = 2", "The program is not Python, so it was not run:\nline 1: x = (1,\n  '(' was never closed"),
        (
            "if True\n    x = 1",
            "The program is not Python, so it was not run:\nline 1: if True\n  expected ':'",
        ),
        (
            "x = next(a for a in [1]); x.wrong",
            "line 1: x = next(a for a in [1]); x.wrong\n  Object of type `Literal[1]` has no attribute `wrong`",
        ),
        (
            "await read_file('a')\nread_file('b')",
            "line 2: read_file('b')\n  This program uses await, so this tool call must be awaited too",
        ),
        ("await read_file('a')\nread_file('b').text", "must be awaited: (await tool(...)).field"),
        ("x = [1]\nx.wrong\nx.bad", "line 3: x.bad"),
        ("async with read_file('a'):\n    pass", "`async with` and `async for` are not available here"),
        (
            "class A:\n    @property\n    def x(self):\n        return 1",
            "@property, @classmethod and @staticmethod are not available",
        ),
        ("from math import *", "import the names that you use"),
        ("raise SystemExit(1)", "A program ends with its last line"),
        ("callable(1)", "Name `callable` used when not defined. It is not available here: compare"),
    ],
)
async def test_before_it_runs(runner: CodeRunner, recorded: Recorded, code: str, message: str) -> None:
    with pytest.raises(ProgramError) as error:
        await runner.run(code, recorded.call)

    assert message in str(error.value)
    assert recorded.calls == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "def f(x):\n    return g(x)\n\ndef g(x):\n    return x[0]\n\nf([])",
            "The program failed in line 5: return x[0]\n  called from line 2: return g(x)\n"
            "  called from line 7: f([])\nIndexError: list index out of range",
        ),
        (
            "def f(x):\n    return x.txt\nf(read_file('a'))",
            "The program failed in line 2: return x.txt\n  called from line 3: f(read_file('a'))\n"
            "AttributeError: 'FileText' object has no attribute 'txt'. Did you mean `text`? "
            "FileText has: file, text, start_line, total_lines.",
        ),
        ("d = {'a': 1}\nd['b']", "The program failed in line 2: d['b']\nKeyError: b"),
        ("assert 1 == 2", "The program failed in line 1: assert 1 == 2\nAssertionError: assert 1 == 2"),
        (
            "xs = ['b', 'a']\nxs.sort(key=lambda x: read_file(x).total_lines)",
            "call the tools first, in a comprehension",
        ),
        ("eval('1 //')", "SyntaxError: "),
        ("from pathlib import Path\nPath('a').read_text()", "Programs have no file system: use read_file(path).text"),
        ("import os\nos.getenv('HOME')", "Programs see nothing of the machine: use the tools"),
        ("read_file('odd')", "The program failed in line 1: read_file('odd')\nKeyError: odd"),
        ("raise ValueError('x' * 100000)", "(98000 more characters)"),
        (
            "import asyncio\nawait asyncio.gather(read_file('a'), return_exceptions=True)",
            "Catch exceptions in the coroutines",
        ),
        ("tool_help('read_fil')", "There is no tool 'read_fil'. Did you mean `read_file`"),
    ],
)
async def test_while_it_runs(runner: CodeRunner, recorded: Recorded, code: str, message: str) -> None:
    with pytest.raises(ProgramError) as error:
        await runner.run(code, recorded.call)

    assert message in str(error.value)
    for secret in (str(Path.home()), "site-packages", "punie_agent", "monty", "Monty", "<python-input", "__async"):
        assert secret not in str(error.value)


async def test_an_error_in_an_earlier_program_s_function_says_so(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.run("def first(x):\n    return x[0]", recorded.call)

    with pytest.raises(ProgramError) as error:
        await runner.run("\nfirst([])", recorded.call)

    assert str(error.value) == (
        "The program failed in an earlier program, line 2: return x[0]\n"
        "  called from line 2: first([])\nIndexError: list index out of range"
    )


async def test_a_program_that_is_too_long_is_refused(runner: CodeRunner, recorded: Recorded) -> None:
    with pytest.raises(ProgramError, match="longer than 100000 characters"):
        await runner.run("x = 1\n" * 20_000, recorded.call)
