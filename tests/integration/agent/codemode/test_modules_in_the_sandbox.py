"""The modules that Punie gives to programs run in the sandbox as they do in Python."""

from __future__ import annotations

import importlib

import pytest

from punie_agent.codemode.library import MODULES
from punie_agent.codemode.runner import CodeRunner
from punie_agent.codemode.values import to_plain
from punie_agent.exceptions import ProgramError
from tests.integration.agent.codemode.conftest import Recorded

PROGRAMS = {
    "textwrap": "[textwrap.wrap('a bb\\tccc dddddddd', 5), textwrap.shorten('a b c d', 5, placeholder='.'), "
    "textwrap.fill('a b c', 3), textwrap.indent('x\\n\\ny', '> '), textwrap.dedent('  x\\n    y')]",
    "difflib": "[list(difflib.unified_diff(['a\\n', 'b\\n'], ['b\\n', 'c\\n'], 'x', 'y')), "
    "difflib.SequenceMatcher(None, 'abcd', 'bcde').ratio(), difflib.get_close_matches('ab', ['abc', 'x'])]",
    "string": "[string.digits, string.capwords('a b')]",
    "operator": "[operator.itemgetter(1, 0)('ab'), operator.attrgetter('args')(ValueError('x')), operator.add(1, 2)]",
    "statistics": "[statistics.mean([1, 2]), statistics.median([3, 1]), statistics.mode([1, 2, 2]), "
    "statistics.pstdev([1, 3])]",
    "fnmatch": "[fnmatch.fnmatch('a.py', '*.py'), fnmatch.filter(['a', 'b'], '[!a]')]",
    "shlex": "[shlex.split('a \"b c\"'), shlex.join(['a b'])]",
    "heapq": "[heapq.nlargest(2, [1, 3, 2]), heapq.nsmallest(1, [2, 1])]",
    "pprint": "pprint.pformat({'a': [1]})",
    "contextlib": "1",
}


def test_every_module_is_tried() -> None:
    assert sorted(PROGRAMS) == sorted(MODULES)


@pytest.mark.parametrize(("name", "code"), PROGRAMS.items(), ids=list(PROGRAMS))
async def test_it_gives_the_same(runner: CodeRunner, recorded: Recorded, name: str, code: str) -> None:
    done = await runner.run(f"import {name}\n{code}", recorded.call)

    assert to_plain(done.value) == to_plain(eval(code, {name: importlib.import_module(name)}))


async def test_suppress_lets_other_errors_through(runner: CodeRunner, recorded: Recorded) -> None:
    code = (
        "from contextlib import suppress\nseen = []\nwith suppress(KeyError, ValueError):\n    {}['a']\n"
        "try:\n    with suppress(KeyError):\n        1 // 0\nexcept ZeroDivisionError:\n    seen.append('passed')\nseen"
    )

    assert (await runner.run(code, recorded.call)).value == ["passed"]


async def test_an_error_in_a_module_is_told_at_the_program_s_line(runner: CodeRunner, recorded: Recorded) -> None:
    with pytest.raises(ProgramError) as error:
        await runner.run("import operator\n\noperator.attrgetter('nothing')('x')", recorded.call)

    assert str(error.value) == (
        "The program failed in line 3: operator.attrgetter('nothing')('x')\n"
        "AttributeError: 'str' object has no attribute 'nothing'"
    )
