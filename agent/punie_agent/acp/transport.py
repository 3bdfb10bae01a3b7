"""One JSON object a line, in both directions, for the SDK's connection. Light: it imports neither the SDK nor a model.

It also brings the stable methods that the SDK does not route to where the agent's extension methods are, and tells the
agent the id of each request, so that `$/cancel_request` can name it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

logger = logging.getLogger(__name__)

# Pictures come as text in a prompt.
MOST_LINE_BYTES = 64 << 20

PARSE_ERROR = -32700
INVALID_REQUEST = -32600

EXTENSION = "_punie/"
# Stable in version 1, but unknown to the SDK's router.
GAPS = {"session/delete", "logout", "$/cancel_request"}

Message = dict[str, Any]


class NdjsonTransport:
    """Messages over a pair of streams; what is no message is answered with an error, and the connection lives on.

    Args:
        reader: its limit is the longest line that is taken; see MOST_LINE_BYTES.
        writer: the other direction.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._returned: list[Message] = []
        self._answers: dict[object, asyncio.Event] = {}

    async def send(self, message: Message) -> None:
        """Write a message, and wait while the peer is behind with reading. Raises ConnectionError when it is gone."""
        if self._writer.is_closing():
            raise ConnectionError("the client is gone")
        self._writer.write(encode(message))
        if "method" not in message and (written := self._answers.pop(message.get("id"), None)):
            written.set()
        await self._writer.drain()

    def answer_to(self, request: object) -> asyncio.Event:
        """What is set when the answer to a request has been written; for what must come after it."""
        return self._answers.setdefault(request, asyncio.Event())

    async def receive(self) -> Message | None:
        """The next message; None when the peer is gone."""
        if self._returned:
            return self._returned.pop()
        while (line := await self._line()) is not None:
            if not line.strip():
                continue
            message, problem = decode(line)
            if message is not None:
                return adapted(message)
            if problem:
                await self.send(problem)
        return None

    def give_back(self, message: Message) -> None:
        """Have `receive` return a message again."""
        self._returned.append(message)

    async def close(self) -> None:
        """Stop writing."""
        self._writer.close()

    async def _line(self) -> bytes | None:
        """A line; None at the end. One that is too long is passed over, and answered."""
        too_long = False
        while True:
            try:
                line = await self._reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as error:
                return error.partial or None
            except asyncio.LimitOverrunError as error:
                too_long = True
                await self._reader.readexactly(error.consumed)
                continue
            except ConnectionError:
                return None
            if not too_long:
                return line
            too_long = False
            await self.send(
                _problem(None, INVALID_REQUEST, "The message is longer than Punie takes. Send less at once.")
            )


def encode(message: Message) -> bytes:
    """A message as a line. What is no character, such as half an emoji, becomes a question mark."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> tuple[Message | None, Message]:
    """A message, or None and the error that answers the line; empty when nothing is to be answered."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        logger.warning("a line is no JSON: %s", error)
        return None, _problem(None, PARSE_ERROR, f"Parse error: {error}")
    if not isinstance(message, dict):
        return None, _problem(None, INVALID_REQUEST, "A message must be one JSON object.")
    key, method = message.get("id"), message.get("method")
    if key is None and method is None and "error" in message:
        logger.warning("the client could not read a message: %s", str(message["error"])[:500])
        return None, {}  # it has no id, so nobody waits for it, and an error is not answered by another
    if "method" in message and not isinstance(method, str):
        return None, _problem(key, INVALID_REQUEST, "The method must be a text.")
    if isinstance(key, bool) or not isinstance(key, str | int | None) or (method is None and key is None):
        return None, _problem(None, INVALID_REQUEST, "The id of a message must be a text or a whole number.")
    return message, {}


def adapted(message: Message) -> Message:
    """A message as the agent takes it: the gaps as extension methods, and each request's id in its `_meta`.

    The SDK hands the keys of `_meta` to the agent like parameters, so the client's own ones are put away.
    """
    method = message.get("method")
    if method is None:
        return message
    adapted = {**message, "method": EXTENSION + method} if method in GAPS else message
    params = message.get("params")
    if not isinstance(params, dict | None):
        return adapted
    meta = {"request_id": message["id"]} if "id" in message else {}
    return {**adapted, "params": {**(params or {}), "_meta": meta}}


def _problem(key: object, code: int, message: str) -> Message:
    return {"jsonrpc": "2.0", "id": key, "error": {"code": code, "message": message}}
