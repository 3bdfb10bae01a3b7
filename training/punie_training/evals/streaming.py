"""A model behind OpenAI's protocol, asked over streaming HTTP: what it says, and when its first token came."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from punie_agent.models.http import NotAnAnswer, TooLong, open_client
from punie_agent.models.small_prompt import SYSTEM, chat, fenced
from punie_agent.models.specs import shown_url
from punie_training.evals.answering import Answer, Prompt
from punie_training.exceptions import EvaluationError

ANSWER_SECONDS = 300.0
# Nobody needs more of an answer: what is longer than any program is wrong.
MOST_CHARACTERS = 64_000
_RUN_CODE = "run_code"


class ConnectionLost(Exception):
    """The server was not there, or went away in the middle of an answer."""


@dataclass(frozen=True)
class Endpoint:
    """A model at a server: its base URL, the model's name there, and how it is asked."""

    url: str
    model: str
    prompt: Prompt = "small"
    max_tokens: int = 96
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HttpAnswerer:
    """A model at a server that somebody else keeps; a connection that is lost is tried once more."""

    name: str
    endpoint: Endpoint
    client: httpx2.AsyncClient

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        """Ask once, and once more when the connection was lost."""
        try:
            return await ask(self.client, self.endpoint, query, temperature=temperature, seed=seed)
        except ConnectionLost:
            try:
                return await ask(self.client, self.endpoint, query, temperature=temperature, seed=seed)
            except ConnectionLost as error:
                raise EvaluationError(
                    f"The model server does not answer any more ({error}), asked {query!r}."
                ) from error


@asynccontextmanager
async def open_url(spec: str, *, prompt: Prompt, max_tokens: int) -> AsyncGenerator[HttpAnswerer]:
    """A model at `http://host:port/v1#NAME`; without a name, the first that the server lists.

    Raises:
        EvaluationError: nothing answers there, or it has no model.
    """
    address, _, name = spec.partition("#")
    url = address.rstrip("/").removesuffix("/chat/completions")
    async with open_client(url, seconds=ANSWER_SECONDS) as client:
        name = name or await _first_model(client, url)
        yield HttpAnswerer(f"{shown_url(url)}#{name}", Endpoint(url, name, prompt, max_tokens), client)


async def ask(client: httpx2.AsyncClient, endpoint: Endpoint, query: str, *, temperature: float, seed: int) -> Answer:
    """One streamed answer.

    Raises:
        ConnectionLost: the server is not there, or went away.
        EvaluationError: it refuses the request.
    """
    began = time.monotonic()
    stream = _Stream(began)
    try:
        body = _body(endpoint, query, temperature, seed)
        async with client.stream("POST", f"{endpoint.url}/chat/completions", json=body) as response:
            if response.status_code != httpx2.codes.OK:
                text = (await response.aread())[:500].decode(errors="replace")
                raise EvaluationError(f"The model server refuses ({response.status_code}): {text or 'no reason given'}")
            async for event in _events(response):
                stream.take(event)
                if len(stream.text) > MOST_CHARACTERS:
                    break
    except NotAnAnswer as error:
        raise EvaluationError(f"The model server does not stream: {error}.") from error
    except (httpx2.HTTPError, httpx2.StreamError, TooLong) as error:
        raise ConnectionLost(str(error) or type(error).__name__) from error
    if not stream.ended and len(stream.text) <= MOST_CHARACTERS:
        raise ConnectionLost("the answer broke off")
    return stream.answer()


class _Stream:
    """The pieces of an answer so far."""

    def __init__(self, began: float) -> None:
        self.text = ""
        self.ended = False
        self._code = ""
        self._began = began
        self._first: float | None = None
        self._pieces = 0
        self._tokens = 0
        self._cut = False

    def take(self, event: dict[str, Any] | None) -> None:
        """One event of the stream; None is its end."""
        if event is None:
            self.ended = True
            return
        if event.get("error"):
            raise EvaluationError(f"The model server reports an error: {str(event['error'])[:300]}")
        usage = event.get("usage")
        if isinstance(usage, dict) and isinstance(usage.get("completion_tokens"), int):
            self._tokens = usage["completion_tokens"]
        for choice in event.get("choices") or []:
            delta = choice.get("delta") or {}
            called = "".join(_arguments(call) for call in delta.get("tool_calls") or [])
            piece = delta.get("content") or ""
            if piece or called:
                self._first = self._first if self._first is not None else time.monotonic() - self._began
                self._pieces += 1
                self.text += piece
                self._code += called
            self.ended = self.ended or bool(choice.get("finish_reason"))
            self._cut = self._cut or choice.get("finish_reason") == "length"

    def answer(self) -> Answer:
        """All of it; a program in a tool call is shown as one in a fence."""
        text = self.text
        if self._code:
            code = _code_of(self._code)
            text = f"{text}\n{fenced(code)}".strip() if code else text
        return Answer(text, self._first, time.monotonic() - self._began, self._tokens or self._pieces, self._cut)


def _arguments(call: dict[str, Any]) -> str:
    return str((call.get("function") or {}).get("arguments") or "")


def _code_of(arguments: str) -> str:
    try:
        code = json.loads(arguments)["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return code if isinstance(code, str) else ""


def _body(endpoint: Endpoint, query: str, temperature: float, seed: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": chat(query),
        "max_tokens": endpoint.max_tokens,
        "temperature": temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
        **endpoint.options,
    }
    if temperature > 0:  # a seed would keep mlx_lm.server from answering several at once
        body["seed"] = seed
    if endpoint.prompt == "full":
        body["messages"] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": query}]
        body["tools"] = [_run_code()]
    return body


def _run_code() -> dict[str, Any]:
    """The agent's one tool, whose description has the stubs of all tools."""
    from punie_agent.codemode.schema import describe_code_mode
    from punie_semantic.registry import TOOLS

    parameters = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    function = {"name": _RUN_CODE, "description": describe_code_mode(tuple(TOOLS)), "parameters": parameters}
    return {"type": "function", "function": function}


async def _events(response: httpx2.Response) -> AsyncIterator[dict[str, Any] | None]:
    """The events of a stream; None is its end. Comments, which keep the connection alive, are left out."""
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            yield None
            return
        try:
            event = json.loads(data)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


async def _first_model(client: httpx2.AsyncClient, url: str) -> str:
    try:
        response = await client.get(f"{url}/models")
        names = [str(entry["id"]) for entry in response.json()["data"]]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{shown_url(url)} lists no models. Check that it runs, or name one: {shown_url(url)}#NAME."
        ) from error
    if not names:
        raise EvaluationError(f"{shown_url(url)} has no model. Load one there, and ask again.")
    return names[0]
