"""Names last from program to program, until the sandbox is restarted; then the model is told."""

from __future__ import annotations

import os
import signal

import pytest

from punie_agent.codemode.runner import CodeRunner, Limits, open_runner
from punie_agent.exceptions import ProgramError
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from tests.integration.agent.codemode.conftest import Recorded, workers


async def test_functions_and_modules_of_earlier_programs_are_there(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.run("import textwrap\n\ndef size(p):\n    return read_file(p).total_lines", recorded.call)

    done = await runner.run("[sorted(['b', 'a'], key=size), textwrap.dedent('  x')]", recorded.call)

    assert done.value == [["b", "a"], "x"]


async def test_the_names_of_a_program_that_failed_are_there(runner: CodeRunner, recorded: Recorded) -> None:
    with pytest.raises(ProgramError):
        await runner.run("kept = 5\n{}['x']", recorded.call)

    assert (await runner.run("kept", recorded.call)).value == 5


async def test_a_restart_forgets_them(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.run("kept = 5", recorded.call)

    with pytest.raises(ProgramError) as error:
        await runner.run("kept", recorded.call, restart=True)

    assert "Name `kept` used when not defined. The sandbox was restarted" in str(error.value)


async def test_an_async_program_uses_the_functions_of_one_that_was_not(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.run("def size(p):\n    return read_file(p).total_lines", recorded.call)

    assert (await runner.run("(await read_file('a')).total_lines + size('b')", recorded.call)).value == 3


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("while True:\n    pass", "it computed for more than 0.3 s (time in tools does not count)"),
        ("x = []\nwhile True:\n    x.append('a' * 10000)", "it needed more than 32 MB of memory"),
        ("while True:\n    print('x' * 1000)", "it printed more than 5000 characters. Print a summary"),
        ("while True:\n    read_file('a')", "The program called tools more than 20 times."),
    ],
)
async def test_a_broken_limit_says_that_names_are_gone(recorded: Recorded, code: str, message: str) -> None:
    seconds = 0.3 if "computed" in message else 60
    limits = Limits(seconds=seconds, memory=32 << 20, output=5000, tool_calls=20)
    async with open_runner(render_stubs(), TOOLS, limits) as runner:
        await runner.run("kept = 5", recorded.call)

        with pytest.raises(ProgramError) as error:
            await runner.run(code, recorded.call)

        assert message in str(error.value)
        assert str(error.value).endswith("The sandbox was restarted, so the names of earlier programs are gone.")
        assert (await runner.run("1 + 1", recorded.call)).value == 2


async def test_time_in_a_tool_does_not_count(recorded: Recorded) -> None:
    async with open_runner(render_stubs(), TOOLS, Limits(seconds=0.15)) as runner:
        done = await runner.run("for i in range(20):\n    read_file('a')\ni", recorded.call)

    assert done.value == 19


async def test_a_warm_runner_runs_as_a_cold_one(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.warm()
    await runner.warm()

    assert (await runner.run("1 + 1", recorded.call)).value == 2


async def test_a_worker_that_is_killed_is_replaced_and_the_model_is_told(
    runner: CodeRunner, recorded: Recorded
) -> None:
    await runner.run("kept = 5", recorded.call)

    async def kill(name: str, args: object, kwargs: object) -> object:
        for pid in workers():
            os.kill(pid, signal.SIGKILL)
        return 1

    with pytest.raises(ProgramError) as error:
        await runner.run("read_file('a')\nkept", kill)

    assert str(error.value) == (
        "The sandbox ended unexpectedly while the program ran. "
        "The sandbox was restarted, so the names of earlier programs are gone."
    )
    assert (await runner.run("1 + 1", recorded.call)).value == 2


async def test_a_program_goes_on_after_calls_that_nobody_awaited(runner: CodeRunner, recorded: Recorded) -> None:
    with pytest.raises(ProgramError, match="ended without waiting"):
        await runner.run("x = read_file('wait')\ny = 3\nawait read_file('b')", recorded.call)

    assert (await runner.run("y", recorded.call)).value == 3
