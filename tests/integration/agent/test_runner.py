"""Programs in the real sandbox: checked before they run, under limits, with tools from outside."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from punie_agent.codemode.runner import CodeRunner, Limits, open_runner
from punie_agent.exceptions import ProgramError
from punie_semantic.exceptions import EditError, SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.results import FileText
from punie_semantic.stubs import render_stubs
from tests.integration.agent.conftest import STUBS, no_tool


async def run(runner: CodeRunner, code: str) -> Any:
    return (await runner.run(code, no_tool)).value


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1 + 2", 3),
        ("x = [n * n for n in range(4)]\nx", [0, 1, 4, 9]),
        ("{'a': (1, None), 'b': 'é📚'}", {"a": (1, None), "b": "é📚"}),
        ("def double(n: int) -> int:\n    return n * 2\n\ndouble(21)", 42),
        ("list(map(str, filter(None, [0, 1])))", ["1"]),
        ("x = 1", None),
        ("", None),
    ],
)
async def test_the_last_expression_is_the_value(runner: CodeRunner, code: str, value: object) -> None:
    assert await run(runner, code) == value


async def test_print_is_captured(runner: CodeRunner, capfd: pytest.CaptureFixture[str]) -> None:
    done = await runner.run("print('a', 1)\nprint('b')\n2", no_tool)

    assert (done.value, done.output) == (2, "a 1\nb\n")
    assert capfd.readouterr() == ("", "")


async def test_a_type_error_stops_the_program_before_it_runs(runner: CodeRunner) -> None:
    with pytest.raises(ProgramError, match="does not type-check, so it was not run") as caught:
        await run(runner, "print('ran')\nanswer(3)")

    assert "answer" in str(caught.value) or "invalid-argument-type" in str(caught.value)
    assert caught.value.output == ""


@pytest.mark.parametrize("code", ["x = (", "def f(:\n    pass"])
async def test_a_syntax_error_is_told(runner: CodeRunner, code: str) -> None:
    with pytest.raises(ProgramError):
        await run(runner, code)


async def test_a_runtime_error_tells_its_line_and_what_was_printed(runner: CodeRunner) -> None:
    with pytest.raises(ProgramError, match="ZeroDivisionError") as caught:
        await run(runner, "print('before')\nx = 0\n1 // x")

    assert "line 3" in str(caught.value)
    assert caught.value.output == "before\n"


async def test_an_unknown_function_does_not_type_check(runner: CodeRunner) -> None:
    with pytest.raises(ProgramError, match="nowhere"):
        await run(runner, "nowhere(1)")


async def test_a_function_that_is_in_the_stubs_only_is_a_name_error() -> None:
    async with open_runner(STUBS, {"answer"}) as runner:
        with pytest.raises(ProgramError, match="NameError: name 'fail' is not defined"):
            await run(runner, "fail('x')")


async def test_names_live_until_a_reset(runner: CodeRunner) -> None:
    await run(runner, "kept = 5")
    assert await run(runner, "kept") == 5

    await runner.reset()

    with pytest.raises(ProgramError):
        await run(runner, "kept")


async def test_a_time_limit_ends_the_program_and_the_runner_goes_on() -> None:
    async with open_runner(STUBS, {"answer"}, Limits(seconds=0.2)) as runner:
        with pytest.raises(ProgramError):
            await run(runner, "while True:\n    pass")

        assert await run(runner, "1 + 1") == 2


async def test_a_memory_limit_ends_the_program_and_the_runner_goes_on() -> None:
    async with open_runner(STUBS, {"answer"}, Limits(memory=16 << 20)) as runner:
        with pytest.raises(ProgramError):
            await run(runner, "x = []\nwhile True:\n    x.append('a' * 10000)")

        assert await run(runner, "1 + 1") == 2


async def test_a_limit_of_tool_calls_ends_the_program() -> None:
    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        return FileText(file="", text="", start_line=1, total_lines=0)

    async with open_runner(STUBS, {"answer"}, Limits(tool_calls=5)) as runner:
        with pytest.raises(ProgramError):
            await runner.run("for i in range(100):\n    answer('x')", call)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("'x' * 3_000_000", "The result was refused: the value is larger than"),
        ("x = ['a']\nfor i in range(60):\n    x = [x, x]\nx", "The result was refused"),
        ("x = []\nfor i in range(150):\n    x = [x]\nx", "nested deeper than 100"),
    ],
    ids=["large", "shared", "deep"],
)
async def test_values_that_would_not_end_are_refused(runner: CodeRunner, code: str, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        await run(runner, code)

    assert await run(runner, "1 + 1") == 2


async def test_a_value_that_contains_itself_comes_back_finite(runner: CodeRunner) -> None:
    assert await run(runner, "x = []\nx.append(x)\nx") == ["[...]"]


async def test_tools_get_their_arguments_and_give_attributes(runner: CodeRunner) -> None:
    calls: list[object] = []

    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        calls.append((name, args, kwargs))
        return FileText(file="a.py", text="hello", start_line=1, total_lines=1)

    await runner.run("answer('a', weight=2)\nanswer('b')", call)

    assert calls == [("answer", ("a",), {"weight": 2}), ("answer", ("b",), {})]


@pytest.mark.parametrize(
    ("error", "caught"),
    [
        (EditError("no match"), "RuntimeError"),
        (SemanticError("no"), "RuntimeError"),
        (ValueError("bad"), "ValueError"),
        (TypeError("wrong"), "TypeError"),
        (KeyError("k"), "KeyError"),
        (OSError("disk"), "OSError"),
    ],
)
async def test_a_program_can_catch_a_tool_s_error(runner: CodeRunner, error: Exception, caught: str) -> None:
    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        raise error

    code = f"try:\n    fail('x')\n    seen = ''\nexcept {caught} as error:\n    seen = str(error)\nseen"
    done = await runner.run(code, call)

    assert str(error).strip("'") in done.value


async def test_an_uncaught_tool_error_ends_the_program_with_its_message(runner: CodeRunner) -> None:
    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        raise EditError("The text to replace was not found in a.py.")

    with pytest.raises(ProgramError, match=r"was not found in a\.py"):
        await runner.run("x = 1\nfail('x')", call)


async def test_an_argument_that_would_not_end_is_an_error_in_the_program(runner: CodeRunner) -> None:
    with pytest.raises(ProgramError, match="larger than"):
        await runner.run("answer('x' * 3_000_000)", no_tool)


async def test_cancelling_while_a_tool_runs_reaches_the_tool(runner: CodeRunner) -> None:
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return None

    task = asyncio.create_task(runner.run("x = 7\nanswer('a')", call))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert cancelled.is_set()
    assert await run(runner, "1 + 1") == 2


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "import os\nos.system('true')",
        "import subprocess",
        "import socket",
        "__import__('os')",
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "import os\nos.environ['HOME']",
    ],
)
async def test_the_machine_is_out_of_reach(runner: CodeRunner, code: str) -> None:
    with pytest.raises(ProgramError):
        await run(runner, code)


async def test_the_real_stubs_type_check() -> None:
    async with open_runner(render_stubs(), TOOLS) as runner:
        assert await run(runner, "1") == 1


@pytest.mark.parametrize("name", list(TOOLS))
async def test_every_example_type_checks_against_the_stubs(name: str) -> None:
    """The examples' free names are given; the first tool call ends the program, so nothing is run."""

    async def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        raise RuntimeError("called")

    example = TOOLS[name].docstring.split("Example: `")[1].removesuffix("`")
    given = [
        "actions = code_actions('a.py', 1).actions",
        "start = checkpoint()",
        "problem = diagnostics('a.py').problems[0]",
    ]
    async with open_runner(render_stubs(), TOOLS) as runner:
        with pytest.raises(ProgramError, match="RuntimeError: called"):
            await runner.run("\n".join([*given, example]), call)
