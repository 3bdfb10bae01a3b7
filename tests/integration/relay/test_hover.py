"""Hover: ty's bytes, and ruff's where only ruff has something to say."""

from __future__ import annotations

from pathlib import Path

import psutil

from tests.integration.relay.client import Client, start

TEXT = "import os  # noqa: F401\n\nvalue = 1\n"


async def explanation(client: Client, uri: str) -> str:
    answer = await client.hover(uri, 0, 20)
    return str((answer.get("result") or {}).get("contents"))


async def test_a_suppressed_rule_is_explained_by_ruff(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", TEXT)

        assert "unused-import (F401)" in await explanation(client, uri)
        assert "Literal[1]" in str((await client.hover(uri, 2, 1))["result"])
        assert (await client.hover(uri, 1, 0))["result"] is None


async def test_without_ruff_there_is_nothing_to_say(workspace: Path) -> None:
    async with start(environ={"PUNIE_RUFF": "/nowhere/ruff"}) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", TEXT)

        assert (await client.hover(uri, 0, 20))["result"] is None


async def test_without_ty_ruff_still_explains(workspace: Path) -> None:
    async with start(environ={"PUNIE_TY": "/nowhere/ty"}) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", TEXT)

        assert "unused-import (F401)" in await explanation(client, uri)


async def test_a_ruff_that_dies_meanwhile_does_not_keep_anyone_waiting(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", TEXT)
        await explanation(client, uri)
        ruff = next(c for c in psutil.Process(client.process.pid).children() if Path(c.exe()).name == "ruff")
        ruff.suspend()
        asked = client.start_request(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 20}}
        )
        await client.hover(uri, 2, 1)
        ruff.kill()

        assert (await client.response(asked))["error"]["code"] == -32801


async def test_nobody_is_asked_behind_the_last_line(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", "x = 1  # noqa: F401")
        answers = [(await client.hover(uri, line, 99))["result"] for line in (1, 7, 2**31 - 1)]
        await client.hover(uri, 0, 1)

        assert answers == [None, None, None]
        assert [n for n in client.notifications if n["method"] == "window/showMessage"] == []
