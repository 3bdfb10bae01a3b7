"""A small agent whose tools are recorded, asked over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic_ai import Agent, AgentRunResultEvent
from pydantic_ai.messages import (
    ModelMessage,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
)

from punie_agent.models.choice import ModelChoice
from punie_agent.models.opening import open_model
from punie_semantic.settings import Settings


@dataclass
class Turn:
    """What a turn came to."""

    output: str = ""
    shown: str = ""
    thought: str = ""
    programs: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    messages: list[ModelMessage] = field(default_factory=list)


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        await asyncio.sleep(0.02)


async def ask(choice: ModelChoice, prompt: str = "How many?", *, history: list[ModelMessage] | None = None) -> Turn:
    """One streamed turn with the tools of the choice's style."""
    turn = Turn()
    agent: Agent[None, str] = Agent(choice.model, model_settings=choice.settings, retries=2)
    if choice.tool_style == "code":

        @agent.tool_plain
        def run_code(code: str) -> str:
            """Run a program."""
            turn.programs.append(code)
            return "3"

    else:

        @agent.tool_plain
        def find_references(symbol: str) -> int:
            """Find uses."""
            turn.calls.append(("find_references", {"symbol": symbol}))
            return 3

    async with agent.run_stream_events(prompt, message_history=history) as events:
        async for event in events:
            match event:
                case (
                    PartStartEvent(part=TextPart(content=text))
                    | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
                ):
                    turn.shown += text
                case PartStartEvent(part=ThinkingPart(content=text)):
                    turn.thought += text
                case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str() as text)):
                    turn.thought += text
                case AgentRunResultEvent(result=result):
                    turn.output = result.output
                    turn.messages = result.all_messages()
                case _:
                    pass
    return turn


@pytest.fixture
async def opened() -> AsyncGenerator[Callable[..., Any]]:
    """Opens a model that is closed after the test."""
    async with AsyncExitStack() as stack:

        async def open_it(spec: str | list[str], settings: Settings | None = None, **more: Any) -> ModelChoice:
            return await stack.enter_async_context(open_model(spec, settings or Settings(), **more))

        yield open_it
