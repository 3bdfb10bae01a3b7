"""The scripted model server itself: what tests of other programs rely on."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.model_server import ModelServer, Reply, call, say

ROOT = Path(__file__).parents[4]


def post(port: int, body: dict[str, Any]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"})
    try:
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def question(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "scripted", "messages": [{"role": "user", "content": text}], **more}


def test_plain_answers_in_order() -> None:
    with ModelServer(say("one", usage=(3, 4)), call("run_code", code="1")) as server:
        first, second = (json.loads(post(server.port, question("hi"))[1]) for _ in range(2))

    assert first["choices"][0]["message"] == {"role": "assistant", "content": "one"}
    assert first["usage"] == {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    assert second["choices"][0]["message"]["tool_calls"] == [
        {"id": "call-2-0", "type": "function", "function": {"name": "run_code", "arguments": '{"code": "1"}'}}
    ]
    assert second["choices"][0]["finish_reason"] == "tool_calls"


def test_a_streamed_answer() -> None:
    with ModelServer(Reply(text="abcdef", thinking="hm", size=4)) as server:
        _, text = post(server.port, question("hi", stream=True))

    chunks = [line.removeprefix("data: ") for line in text.splitlines() if line]
    deltas = [json.loads(chunk)["choices"][0]["delta"] for chunk in chunks[:-2]]
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"reasoning_content": "hm"},
        {"content": "abcd"},
        {"content": "ef"},
        {},
    ]
    assert chunks[-1] == "[DONE]"


def test_replies_wait_for_their_request() -> None:
    with ModelServer(say("late", when="bye"), say("always", again=True)) as server:
        answers = [
            json.loads(post(server.port, question(q))[1])["choices"][0]["message"]["content"] for q in ("a", "bye", "b")
        ]

    assert answers == ["always", "late", "always"]
    assert [request.last for request in server.chats] == ["a", "bye", "b"]


def test_a_script_without_a_reply_fails_loudly() -> None:
    with ModelServer() as server:
        status, text = post(server.port, question("what now"))

    assert status == 400
    assert "The script has no reply for: 'what now'" in text


def test_a_key_that_is_demanded() -> None:
    with ModelServer(say("one"), key="k") as server:
        assert post(server.port, question("hi"))[0] == 401


def test_as_a_command(tmp_path: Path) -> None:
    script, record = tmp_path / "script.json", tmp_path / "requests.jsonl"
    script.write_text(
        json.dumps({"models": ["m"], "replies": ["Hello.", {"calls": [{"name": "f", "arguments": {"x": 1}}]}]})
    )
    command = [sys.executable, "-m", "tests.model_server", str(script), "--port", "0", "--requests", str(record)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        answers = [json.loads(post(port, question("hi"))[1])["choices"][0]["message"] for _ in range(2)]
        process.terminate()

    assert process.returncode == 0
    assert answers[0]["content"] == "Hello."
    assert answers[1]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{"x": 1}'}
    assert [json.loads(line)["path"] for line in record.read_text().splitlines()] == ["/v1/chat/completions"] * 2


def test_a_misspelt_script_is_refused() -> None:
    from tests.model_server.server import Script

    with pytest.raises(ValueError, match="a reply has no txt; it has again"):
        Script.read([{"txt": "x"}])
