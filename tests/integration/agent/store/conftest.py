"""Stores in files of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart

from punie_agent.events import Notice
from punie_agent.redaction import Redactor
from punie_agent.store import SessionStore

OpenStore = Callable[[], SessionStore]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the test's store is."""
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    return tmp_path / "data" / "punie.db"


@pytest.fixture
def notices() -> list[Notice]:
    """What the user was told."""
    return []


@pytest.fixture
async def open_store(path: Path, notices: list[Notice]) -> AsyncGenerator[OpenStore]:
    """Opens stores on the same file, and closes them in the end."""
    opened: list[SessionStore] = []

    def make() -> SessionStore:
        opened.append(SessionStore(f"sqlite:///{path}", on_notice=notices.append, redactor=Redactor({})))
        return opened[-1]

    yield make
    for store in opened:
        await store.close()


@pytest.fixture
def store(open_store: OpenStore) -> SessionStore:
    """A store."""
    return open_store()


def asked(prompt: str) -> ModelMessage:
    return ModelRequest.user_text_prompt(prompt)


def answered(text: str) -> ModelMessage:
    return ModelResponse(parts=[TextPart(text)])


def called(tool: str, call: str) -> ModelMessage:
    return ModelResponse(parts=[ToolCallPart(tool, {"path": "app.py"}, tool_call_id=call)])


def texts(messages: Sequence[ModelMessage]) -> list[object]:
    """What messages hold, without times and ids."""
    return [getattr(part, "content", getattr(part, "tool_name", "")) for m in messages for part in m.parts]


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - a thread sets no asyncio.Event
            await asyncio.sleep(0.02)
