"""What Monty lacks is said otherwise, line by line, and places lead back to what the model wrote."""

from __future__ import annotations

import pytest

from punie_agent.codemode.rewriting import rewrite
from punie_agent.codemode.source_edits import Edit, apply

TOOLS = frozenset({"tool", "read_file"})


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("del x", "pass"),
        ("del d[k]", "d.pop(k)"),
        ("del d['é'], xs[0]", "d.pop('é'); xs.pop(0)"),
        ("del a, d[k], b", "pass; d.pop(k); pass"),
        ("del (f(x))[1:2]", "(f(x))[1:2] = []"),
        ("del d[a, b]", "d.pop((a, b))"),
        ("if x: del d[k]\nelse: y", "if x: d.pop(k)\nelse: y"),
        ("next(x for x in xs)", "next(iter(x for x in xs))"),
        ("next((x for x in xs), None)", "next(iter((x for x in xs)), None)"),
        ("map(tool, xs)", "iter([(tool(item__)) for item__ in (xs)])"),
        ("map(lambda x: x.n, xs)", "iter([(x.n) for x in (xs)])"),
        ("filter(lambda x: tool(x),\n       xs)", "iter([x for x in (\nxs) if (tool(x))])"),
        ("filter(None, xs)", "filter(None, xs)"),
        ("map(f, xs, ys)", "map(f, xs, ys)"),
        ("map = {}\nmap(tool, xs)", "map = {}\nmap(tool, xs)"),
        ("sorted(xs, key=lambda x: x.n)", "sorted(xs, key=lambda x: x.n)"),
        (
            "sorted(xs, key=lambda x: tool(x).n, reverse=True)",
            "[pair__[1] for pair__ in sorted([(tool(x).n, x) for x in (xs)], key=lambda pair__: pair__[0],"
            " reverse=True)]",
        ),
        (
            "def f(x):\n    return g(x)\ndef g(x):\n    return tool(x)\nmin(xs, key=f)",
            "def f(x):\n    return g(x)\ndef g(x):\n    return tool(x)\n"
            "min([(f(item__), item__) for item__ in (xs)], key=lambda pair__: pair__[0])[1]",
        ),
        ("from __future__ import annotations\nx", "pass\nx"),
        ("from collections.abc import Iterable", "from typing import Iterable"),
        ("x = asyncio.create_task(tool(1))\nawait x", "x = (tool__async(1))\nawait x"),
        ("await gather(*map(tool, xs))", "await gather(*iter([(tool__async(item__)) for item__ in (xs)]))"),
        (
            "async def f(read_file):\n    return read_file(1), tool",
            "async def f(read_file):\n    return read_file(1), tool__async",
        ),
        ("x = (", "x = ("),
        ("", ""),
    ],
)
def test_a_program_becomes_one_that_monty_runs(source: str, code: str) -> None:
    assert rewrite(source, TOOLS).code == code


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ("x = next(a for a in b); y.wrong", "y.wrong"),
        ("del d['é'], xs[0]; y.wrong", "y.wrong"),
        ("x = list(map(tool, xs)); '📚'; y.wrong", "y.wrong"),
        ("sorted(xs.wrong, key=lambda x: tool(x))", "xs.wrong"),
        ("filter(lambda x: x,\n       map(tool, xs)); y.wrong", "y.wrong"),
        ("await tool(read_file(1), y.wrong)", "y.wrong"),
    ],
)
def test_a_place_leads_back(source: str, at: str) -> None:
    program = rewrite(source, TOOLS)
    line, column = _place(program.code, at)

    assert program.code != source
    assert program.original((line, column)) == _place(source, at)


def _place(text: str, part: str) -> tuple[int, int]:
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def test_functions_of_earlier_programs_that_call_tools_are_known() -> None:
    first = rewrite("def size(p):\n    return tool(p)", TOOLS)

    assert first.suspending == {"size"}
    assert "pair__" in rewrite("sorted(xs, key=size)", TOOLS, first.suspending).code


@pytest.mark.parametrize("source", ["(" * 3000 + ")" * 3000, "-" * 20_000 + "1", "x" + ".a" * 20_000, "\0", "é" * 10])
def test_odd_sources_are_left_alone(source: str) -> None:
    assert rewrite(source, TOOLS).code == source


def test_carriage_returns_are_line_ends() -> None:
    assert rewrite("x = 1\r\ny = 2\r\n", TOOLS).code == "x = 1\ny = 2\n"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])
