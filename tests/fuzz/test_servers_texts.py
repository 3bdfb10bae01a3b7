"""Real ty and ruff have the editor's text, character by character, whatever was edited."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.conftest import project
from tests.fuzz.edits import Change, notifications, texts
from tests.fuzz.model import Model
from tests.fuzz.relay import Relay, running

Session = tuple[asyncio.Runner, Relay, str]


@pytest.fixture(scope="module", params=["utf-8", "utf-16", "utf-32"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Session]:
    """One relay for all examples of an encoding."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        stack = contextlib.AsyncExitStack()
        relay = runner.run(stack.enter_async_context(running(project(folder / "workspace"), request.param)))
        yield runner, relay, request.param
        runner.run(stack.aclose())


@settings(
    derandomize=True, database=None, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=texts, sent=notifications)
def test_both_have_the_editors_text(session: Session, text: str, sent: list[list[Change]]) -> None:
    runner, relay, encoding = session
    model = Model(text, encoding)
    uri = relay.uri("edited.py")

    async def edit() -> tuple[str | None, str | None]:
        relay.open(uri, text)
        for changes in sent:
            relay.change(uri, *changes)
        relay.wrap(uri)
        return await relay.ty_text(uri), await relay.ruff_text(uri)

    for changes in sent:
        for change in changes:
            model.change(change)

    assert runner.run(edit()) == (model.text, model.text)


async def test_a_restarted_server_has_it_too(root: Path) -> None:
    async with running(root) as relay:
        uri = relay.uri("edited.py")
        relay.open(uri, "a😀\r\nb\f\rc")
        relay.change(
            uri, {"range": {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 99}}, "text": "é"}
        )
        relay.wrap(uri)
        before = await relay.ty_text(uri)
        first = relay.children()["ty"]
        os.kill(first, signal.SIGKILL)
        await new_ty(relay, first, uri)

        assert before == "aé\r\nb\f\rc"
        assert await relay.ty_text(uri) == before


async def new_ty(relay: Relay, first: int, uri: str) -> None:
    params = {"textDocument": {"uri": uri}}
    async with asyncio.timeout(30):
        while relay.children().get("ty", first) == first:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        while "error" in await relay.request("textDocument/documentSymbol", params):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
