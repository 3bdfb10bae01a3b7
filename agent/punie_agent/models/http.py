"""The HTTP client for model servers: it follows no redirects, reads no endless bodies, and knows what is no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2

from punie_agent.models.specs import is_loopback

CONNECT_SECONDS = 5.0
MAX_BODY = 64 << 20
SNIPPET = 2000


class NotAnAnswer(Exception):
    """The server answered a request for a stream with something else.

    Attributes:
        kind: its content type.
        body: the beginning of it.
    """

    def __init__(self, kind: str, body: str) -> None:
        super().__init__(f"{kind}: {body[:80]}")
        self.kind = kind
        self.body = body


class TooLong(Exception):
    """A body went over the bound."""


def open_client(url: str, *, seconds: float) -> httpx2.AsyncClient:
    """A client for one server. The caller closes it.

    Args:
        url: the server. For one on this machine, no proxy is used.
        seconds: how long nothing at all may arrive; deadlines for tokens are shorter.
    """
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        trust_env=not is_loopback(url),
        follow_redirects=False,
        event_hooks={"response": [_check]},
    )


async def _check(response: httpx2.Response) -> None:
    """Bound the body; refuse what is no stream where one was asked for."""
    stream = response.stream
    if isinstance(stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(stream)
    kind = response.headers.get("content-type", "")
    asked_for = response.request.url.path.endswith("/chat/completions")
    if asked_for and response.status_code == httpx2.codes.OK and "event-stream" not in kind:
        raise NotAnAnswer(kind or "no content type", await _beginning(response))


async def _beginning(response: httpx2.Response) -> str:
    body = b""
    with suppress(httpx2.HTTPError, TooLong):
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) >= SNIPPET:
                break
    return body[:SNIPPET].decode("utf-8", errors="replace")


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with an error when it gets too long."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > MAX_BODY:
                raise TooLong
            yield piece

    async def aclose(self) -> None:
        """Close the connection's side of it."""
        await self._stream.aclose()
