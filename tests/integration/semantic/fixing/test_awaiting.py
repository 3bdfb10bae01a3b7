"""`await` and `async`, missing or surplus."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

LOAD = "async def load(n: int) -> list[int]:\n    return [n]\n\n\n"
DOOR = (
    "class Door:\n"
    "    async def __aenter__(self) -> None: ...\n"
    "    async def __aexit__(self, *reason: object) -> None: ...\n\n\n"
)


@pytest.mark.parametrize(
    ("lead", "wrong", "right", "code"),
    [
        (
            LOAD,
            "async def of() -> int:\n    return load(1)[0]\n",
            "async def of() -> int:\n    return (await load(1))[0]\n",
            "not-subscriptable",
        ),
        (
            LOAD,
            "async def of() -> list[int]:\n    return load(1)\n",
            "async def of() -> list[int]:\n    return await load(1)\n",
            "invalid-explicit-return",
        ),
        (
            LOAD,
            "async def of() -> int:\n    x = load(1)\n    return x[0]\n",
            "async def of() -> int:\n    x = await load(1)\n    return x[0]\n",
            "not-subscriptable",
        ),
        (
            LOAD,
            "async def of() -> None:\n    load(1)\n",
            "async def of() -> None:\n    await load(1)\n",
            "unused-awaitable",
        ),
        (
            LOAD,
            "def of() -> list[int]:\n    return await load(1)\n",
            "async def of() -> list[int]:\n    return await load(1)\n",
            "invalid-syntax",
        ),
        (
            "",
            "async def of() -> int:\r\n    # 🙂\r\n    return await len('🙂')\r\n",
            "async def of() -> int:\r\n    # 🙂\r\n    return len('🙂')\r\n",
            "invalid-await",
        ),
        (
            DOOR,
            "async def of(door: Door) -> None:\n    with door:\n        print(1)\n",
            "async def of(door: Door) -> None:\n    async with door:\n        print(1)\n",
            "invalid-context-manager",
        ),
        (
            "",
            "async def of() -> None:\n    async for n in [1]:\n        print(n)\n",
            "async def of() -> None:\n    for n in [1]:\n        print(n)\n",
            "not-iterable",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, lead: str, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, lead + wrong, code) == lead + right


async def test_a_function_that_awaits_and_is_awaited_becomes_async(tmp_path: Path) -> None:
    total = "{}def total(n: int) -> int:\n    return sum(await load(n))\n\n\n"
    text = LOAD + total + "async def of() -> int:\n    return await total(1)\n"

    assert await first_fix(tmp_path, text.format(""), "invalid-await") == text.format("async ")


async def test_a_lambda_cannot_await(tmp_path: Path) -> None:
    found = await search(tmp_path, LOAD + "of = lambda: await load(1)\n", "invalid-syntax")

    assert all("async" not in fix.text.splitlines()[-1] for fix in found.found)
