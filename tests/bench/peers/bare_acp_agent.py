"""The least that an agent can be: the official SDK's own server, which answers every prompt with one message."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import acp
from acp import schema


class Bare:
    """Knows nothing and does nothing."""

    def on_connect(self, conn: Any) -> None:
        self._client = conn

    async def initialize(self, protocol_version: int, **_: object) -> schema.InitializeResponse:
        return schema.InitializeResponse(protocol_version=protocol_version)

    async def new_session(self, cwd: str, **_: object) -> schema.NewSessionResponse:
        return schema.NewSessionResponse(session_id="one")

    async def prompt(self, session_id: str, **_: object) -> schema.PromptResponse:
        await self._client.session_update(session_id, acp.update_agent_message_text("shop.py"))
        return schema.PromptResponse(stop_reason="end_turn")


if __name__ == "__main__":
    asyncio.run(acp.run_agent(cast("Any", Bare())))
