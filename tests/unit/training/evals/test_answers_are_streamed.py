"""Answers over HTTP: pieces, times and tokens; and servers that refuse, break off, or never stop."""

from __future__ import annotations

import json

import pytest

from punie_training.evals.answering import Answer, open_answerer
from punie_training.exceptions import EvaluationError
from tests.unit.training.evals.streams import HEAD, event, serving

DONE = b"data: [DONE]\n\n"
USAGE = b'data: {"choices": [], "usage": {"completion_tokens": 7}}\n\n'


async def _answer(url: str, query: str = "Lint it", *, temperature: float = 0.0, seed: int = 0) -> Answer:
    async with open_answerer(f"{url}#tiny", max_tokens=32) as answerer:
        return await answerer.answer(query, temperature=temperature, seed=seed)


async def test_pieces_times_and_tokens() -> None:
    parts = (HEAD, b": keepalive\n\n", 0.2, event("ruff"), 0.1, event("_check()"), event(finish="stop"), USAGE, DONE)
    async with serving(parts) as served:
        answer = await _answer(served.url)

    assert answer.text == "ruff_check()"
    assert answer.tokens == 7
    assert answer.first_token_seconds is not None
    assert 0.15 < answer.first_token_seconds < answer.seconds
    assert not answer.cut


async def test_what_is_asked() -> None:
    async with serving((HEAD, event("a", finish="stop"), DONE)) as served:
        await _answer(served.url, "Lint it", temperature=0.7, seed=3)
        await _answer(served.url, "Lint it")

    warm, cold = served.asked
    assert warm["messages"] == [
        {"role": "system", "content": "Answer with a Python program that calls tools, or in words."},
        {"role": "user", "content": "Lint it"},
    ]
    assert (warm["model"], warm["max_tokens"], warm["temperature"], warm["seed"]) == ("tiny", 32, 0.7, 3)
    assert "seed" not in cold


async def test_pieces_are_counted_where_the_server_does_not() -> None:
    async with serving((HEAD, event("a"), event("b", finish="stop"), DONE)) as served:
        assert (await _answer(served.url)).tokens == 2


async def test_an_answer_that_was_cut() -> None:
    async with serving((HEAD, event("a"), event(finish="length"), DONE)) as served:
        assert (await _answer(served.url)).cut


async def test_nothing_was_said() -> None:
    null = b'data: {"choices": [{"delta": {"content": null}, "finish_reason": "stop"}]}\n\n'
    async with serving((HEAD, null, DONE)) as served:
        assert (await _answer(served.url)).text == ""


async def test_the_full_prompt_has_the_stubs_and_reads_tool_calls() -> None:
    arguments = json.dumps({"code": "ruff_check()"})
    delta = {"tool_calls": [{"index": 0, "function": {"name": "run_code", "arguments": arguments}}]}
    called = b"data: " + json.dumps({"choices": [{"delta": delta, "finish_reason": "tool_calls"}]}).encode() + b"\n\n"
    async with (
        serving((HEAD, called, DONE)) as served,
        open_answerer(f"{served.url}#big", prompt="full") as answerer,
    ):
        answer = await answerer.answer("Lint it", temperature=0.0, seed=0)

    assert answer.text == "```python\nruff_check()\n```"
    tools = json.dumps(served.asked[0]["tools"])
    assert "find_references" in tools


async def test_a_megabyte_of_answer_is_not_read_to_its_end() -> None:
    async with serving((HEAD, *[event("la " * 1000)] * 400)) as served:
        answer = await _answer(served.url)

    assert 64_000 < len(answer.text) < 200_000


async def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    async with serving((HEAD, event("half")), (HEAD, event("whole", finish="stop"), DONE)) as served:
        answer = await _answer(served.url)

    assert answer.text == "whole"
    assert len(served.asked) == 2


async def test_a_server_that_breaks_off_again_and_again() -> None:
    async with serving((HEAD, event("half"))) as served:
        with pytest.raises(
            EvaluationError, match=r"does not answer any more \(the answer broke off\), asked 'Lint it'"
        ):
            await _answer(served.url)


async def test_nobody_is_there() -> None:
    async with serving((HEAD,)) as served:
        url = served.url

    with pytest.raises(EvaluationError, match="does not answer any more"):
        await _answer(url)
    with pytest.raises(EvaluationError, match="lists no models"):
        async with open_answerer(url):
            pass


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((b"HTTP/1.1 404 Not Found\r\ncontent-length: 8\r\n\r\nno model",), r"refuses \(404\): no model"),
        ((b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",), "does not stream"),
        ((HEAD, b'data: {"error": {"message": "out of memory"}}\n\n'), "reports an error.*out of memory"),
    ],
)
async def test_a_server_that_refuses(parts: tuple[bytes, ...], said: str) -> None:
    async with serving(parts) as served:
        with pytest.raises(EvaluationError, match=said):
            await _answer(served.url)


async def test_the_first_model_that_the_server_lists() -> None:
    listed = b'{"data": [{"id": "qwen"}, {"id": "other"}]}'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
    async with serving((head % len(listed), listed)) as served, open_answerer(served.url) as answerer:
        assert answerer.name == f"{served.url}#qwen"
