"""A server on this machine that answers a chat request with bytes that the test wrote."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


def event(text: str = "", *, finish: str | None = None, **more: object) -> bytes:
    """One event with a piece of the answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice], **more}).encode() + b"\n\n"


class Served:
    """What was asked, and where."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, object]] = []


@asynccontextmanager
async def serving(*answers: Sequence[bytes | float]) -> AsyncGenerator[Served]:
    """Answer the first POST with the first of the answers, and so on, the last one again and again.

    Args:
        answers: bytes to write; a number waits so many seconds.
    """
    served = Served()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
        )
        body = await reader.readexactly(length)
        if body:
            served.asked.append(json.loads(body))
        parts = answers[min(max(len(served.asked) - 1, 0), len(answers) - 1)]
        try:
            for part in parts:
                if isinstance(part, bytes):
                    writer.write(part)
                    await writer.drain()
                else:
                    await asyncio.sleep(part)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield served
    finally:
        server.close()
        await server.wait_closed()
