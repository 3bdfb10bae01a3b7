"""Programs that await: tools run at the same time, and what is cancelled is cancelled."""

from __future__ import annotations

import asyncio
import time

import pytest

from punie_agent.codemode.runner import CodeRunner
from punie_agent.exceptions import ProgramError
from tests.integration.agent.codemode.conftest import Recorded


async def test_gathered_tools_run_at_the_same_time(runner: CodeRunner, recorded: Recorded) -> None:
    code = (
        "import asyncio\nfound = await asyncio.gather(*[read_file(str(i)) for i in range(10)])\n[f.file for f in found]"
    )

    done = await runner.run(code, recorded.call)

    assert done.value == [str(i) for i in range(10)]
    assert recorded.most == 10


async def test_calls_that_are_awaited_later_run_at_the_same_time(runner: CodeRunner, recorded: Recorded) -> None:
    await runner.run("a = read_file('a')\nb = read_file('b')\n(await a).file + (await b).file", recorded.call)

    assert recorded.most == 2


async def test_a_gathered_tool_s_error_can_be_caught(runner: CodeRunner, recorded: Recorded) -> None:
    code = (
        "import asyncio\ntry:\n    await asyncio.gather(read_file('a'), read_file('odd'))\n    n = ''\n"
        "except KeyError as error:\n    n = str(error)\nn"
    )

    assert "odd" in (await runner.run(code, recorded.call)).value


async def test_a_call_that_nobody_awaits_is_told_and_cancelled(runner: CodeRunner, recorded: Recorded) -> None:
    with pytest.raises(ProgramError, match="ended without waiting for read_file, so these calls were cancelled"):
        await runner.run("x = read_file('wait')\nawait read_file('b')", recorded.call)

    assert (recorded.cancelled, recorded.running) == (1, 0)


@pytest.mark.parametrize(
    "code",
    [
        "read_file('wait')",
        "import asyncio\nawait asyncio.gather(*[read_file('wait', i) for i in range(1, 9)])",
        "x = read_file('wait')\nawait x",
    ],
)
async def test_cancelling_a_program_cancels_its_tools(runner: CodeRunner, recorded: Recorded, code: str) -> None:
    running = asyncio.create_task(runner.run(code, recorded.call))
    await recorded.waiting.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert recorded.running == 0
    assert recorded.cancelled >= 1
    assert (await runner.run("1 + 1", recorded.call)).value == 2


async def test_cancelling_a_program_that_computes(runner: CodeRunner, recorded: Recorded) -> None:
    running = asyncio.create_task(runner.run("while True:\n    pass", recorded.call))
    await asyncio.sleep(0.3)
    started = time.monotonic()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert time.monotonic() - started < 5
    assert (await runner.run("1 + 1", recorded.call)).value == 2


class Odd(BaseException):
    """Not even an Exception."""


@pytest.mark.parametrize("error", [Odd("odd"), SystemExit(3), GeneratorExit(), asyncio.CancelledError(), Odd()])
@pytest.mark.parametrize("call", ["read_file('a')", "await read_file('a')"])
async def test_odd_errors_of_tools_reach_the_program(runner: CodeRunner, call: str, error: BaseException) -> None:
    async def fail(name: str, args: object, kwargs: object) -> object:
        raise error

    done = await runner.run(f"try:\n    {call}\n    n = ''\nexcept RuntimeError as e:\n    n = str(e)\nn", fail)

    assert done.value


async def test_programs_of_one_runner_run_one_after_the_other(runner: CodeRunner, recorded: Recorded) -> None:
    both = await asyncio.gather(
        runner.run("x = read_file('a').file\nx", recorded.call), runner.run("read_file('b').file", recorded.call)
    )

    assert [done.value for done in both] == ["a", "b"]
    assert recorded.most == 1
