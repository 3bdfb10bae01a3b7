"""What the scripted server answers: one `Reply` for each request, as chunks or as one object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One tool call; `arguments` is an object, or a text as it is, which may be broken JSON."""

    name: str
    arguments: Json | str = field(default_factory=dict)
    id: str = ""

    @property
    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    Attributes:
        text: the answer's text.
        thinking: what comes before it as `reasoning_content`.
        calls: tool calls after the text.
        finish: `finish_reason`; what fits by default.
        usage: tokens of the prompt and of the answer; None leaves usage out.
        size: characters per chunk when streamed.
        when: only for a request whose last message contains this; "" is for any.
        again: the reply is not used up.
        delay: seconds before the first byte of the answer.
        pause: seconds between chunks.
        hold: after this many chunks, wait until `ModelServer.release` or until the client goes; None never does.
        cut: after this many chunks, the connection is cut; None never is.
        endless: the text is repeated until the client goes.
        status: the HTTP status. Other than 200, the body is `body`, or an error object with `text` as its message.
        headers: more response headers.
        body: this instead of an answer, as it is.
        content_type: of `body`.
        keepalive: a comment line before every chunk, as mlx_lm.server sends them.
    """

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = ""
    usage: tuple[int, int] | None = (10, 5)
    size: int = 8
    when: str = ""
    again: bool = False
    delay: float = 0.0
    pause: float = 0.0
    hold: int | None = None
    cut: int | None = None
    endless: bool = False
    status: int = 200
    headers: Json = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    keepalive: bool = False

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")

    def error_body(self) -> str:
        """The body of an answer that is none."""
        if self.body is not None:
            return self.body
        return json.dumps({"error": {"message": self.text, "type": "error", "code": self.status}})


def say(text: str, **more: Any) -> Reply:
    """An answer in words."""
    return Reply(text=text, **more)


def call(name: str, /, **arguments: Any) -> Reply:
    """One tool call."""
    return Reply(calls=(Call(name, arguments),))


def read_reply(data: Json | str) -> Reply:
    """A reply from a script's JSON: a text, or an object with the fields of `Reply`. Raises ValueError."""
    if isinstance(data, str):
        return Reply(text=data)
    known = {entry.name for entry in fields(Reply)}
    if unknown := data.keys() - known:
        raise ValueError(f"a reply has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    reply = Reply(**data)
    usage = tuple(reply.usage) if reply.usage else None
    calls = tuple(Call(**entry) if isinstance(entry, dict) else entry for entry in reply.calls)
    return replace(reply, calls=calls, usage=usage)


def whole(reply: Reply, model: str, number: int) -> Json:
    """The answer as one object."""
    message: Json = {"role": "assistant", "content": reply.text or None}
    if reply.thinking:
        message["reasoning_content"] = reply.thinking
    if reply.calls:
        message["tool_calls"] = [
            {"id": c.id or f"call-{number}-{i}", "type": "function", "function": {"name": c.name, "arguments": c.text}}
            for i, c in enumerate(reply.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    answer = {"id": f"chat-{number}", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}
    return {**answer, **_usage(reply)}


def chunks(reply: Reply, model: str, number: int) -> Iterator[Json]:
    """The answer in pieces, as it is streamed."""
    head = {"id": f"chat-{number}", "object": "chat.completion.chunk", "created": 1, "model": model}

    def chunk(delta: Json, finish: str | None = None) -> Json:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(reply.thinking, reply.size):
        yield chunk({"reasoning_content": piece})
    for piece in _pieces(reply.text, reply.size):
        yield chunk({"content": piece})
    while reply.endless:
        yield chunk({"content": reply.text or "on and "})
    for index, one in enumerate(reply.calls):
        function = {"name": one.name, "arguments": ""}
        start = {"index": index, "id": one.id or f"call-{number}-{index}", "type": "function", "function": function}
        yield chunk({"tool_calls": [start]})
        for piece in _pieces(one.text, reply.size):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, reply.finish_reason)
    if reply.usage:
        yield {**head, "choices": [], **_usage(reply)}


def _pieces(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def _usage(reply: Reply) -> Json:
    if not reply.usage:
        return {}
    before, after = reply.usage
    return {"usage": {"prompt_tokens": before, "completion_tokens": after, "total_tokens": before + after}}
