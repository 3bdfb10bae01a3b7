"""No attack on the sandbox succeeds; each ends in time, and the memory of this process stays flat."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from punie_agent.codemode.runner import CodeRunner, Limits, open_runner
from punie_agent.codemode.values import to_plain
from punie_agent.exceptions import ProgramError
from punie_semantic.results import Result
from tests.security.sandbox.attacks import BOMBS, ESCAPES, Attack

STUBS = """
from typing import Any
class Record:
    name: str
    items: list[str]
def echo(value: Any) -> Any: ...
def fail(kind: str) -> Any: ...
def give(kind: str) -> Any: ...
def record() -> Record: ...
def wait() -> Any: ...
"""
TOOLS = ("echo", "fail", "give", "record", "wait")
LIMITS = Limits(
    seconds=1.0, memory=64 << 20, tool_calls=500, lookups=500, output=100_000, result=200_000, checking=5.0, sleep=0.2
)
ENDS_IN_SECONDS = 20
MOST_GROWTH = 150 << 20
SECRETS = (
    str(Path.home()),
    str(Path(__file__).parent),
    "site-packages",
    "asyncio/",
    "Traceback (most",
    "<python-input",
)


class Record(Result):
    """What a tool gives."""

    name: str
    items: list[str]


def aliased() -> list[Any]:
    value: list[Any] = ["a"]
    for _ in range(60):
        value = [value, value]
    return value


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    return value


class Host:
    """The tools, and what was done to them."""

    def __init__(self) -> None:
        self.record = Record(name="real", items=["a"])
        self.cancelled = 0

    async def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        match name, (*args, *kwargs.values()):
            case "echo", (value,):
                return value if not hasattr(value, "attributes") else "an object"
            case "fail", ("SystemExit",):
                raise SystemExit(3)
            case "fail", ("GeneratorExit",):
                raise GeneratorExit
            case "fail", _:
                raise RuntimeError("it failed")
            case "give", (kind,):
                return {"large": lambda: "x" * 1_000_000, "aliased": aliased, "deep": deep}[kind]()
            case "record", _:
                return self.record
            case _:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.cancelled += 1
                    raise


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def attempt(runner: CodeRunner, attack: Attack, host: Host) -> Any:
    """What the attack gives, or the error that ends it."""
    try:
        return to_plain((await runner.run(attack.code, host.call)).value)
    except ProgramError as error:
        return error


@pytest.mark.parametrize("attack", [*ESCAPES, *BOMBS], ids=lambda attack: attack.name)
async def test_it_fails(attack: Attack) -> None:
    host, started, before = Host(), time.monotonic(), resident()
    running = len(asyncio.all_tasks())

    async with open_runner(STUBS, TOOLS, LIMITS) as runner:
        outcome = await attempt(runner, attack, host)
        if isinstance(outcome, ProgramError):
            assert len(str(outcome)) < 20_000
            assert len(outcome.output) <= LIMITS.output
            assert [secret for secret in SECRETS if secret in str(outcome)] == []
        else:
            assert outcome == attack.harmless
        assert resident() - before < MOST_GROWTH
        assert (await runner.run("6 * 7", host.call)).value == 42

    assert time.monotonic() - started < ENDS_IN_SECONDS
    assert host.record == Record(name="real", items=["a"])
    assert len(asyncio.all_tasks()) == running
    assert not Path("/tmp/punie-was-here").exists()
