"""Every way in which a model server fails ends as one clear sentence, in time, and without secrets."""

from __future__ import annotations

import socket

import pytest

from punie_agent.exceptions import BrokenAnswer, ModelError, ModelUnavailable, RequestRejected
from punie_agent.models import opening, tolerant
from punie_agent.models.failures import explain_model_error
from punie_agent.models.limits import ModelOptions
from punie_semantic.settings import Settings
from tests.integration.agent.models.conftest import ask, until
from tests.model_server import Call, ModelServer, Reply, call, say


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch):
    """Sets deadlines and bounds."""

    def choose(**values) -> None:
        monkeypatch.setattr(opening, "read_options", lambda table: ModelOptions(**values))

    return choose


async def failure(opened, spec: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await ask(await opened(spec))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return caught.value


def place(server: ModelServer) -> str:
    return f"127.0.0.1:{server.port}"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_nothing_listens(opened) -> None:
    port = closed_port()

    error = await failure(opened, f"http://127.0.0.1:{port}/v1#qwen")

    assert isinstance(error, ModelUnavailable)
    assert str(error) == (
        f"Nothing listens at 127.0.0.1:{port}, so qwen was not asked: start the model server, or choose another "
        "model; see: punie-ls models."
    )


async def test_a_name_that_cannot_be_looked_up(opened) -> None:
    error = await failure(opened, "http://no-such-host.invalid:1234/v1#qwen")

    assert isinstance(error, ModelUnavailable)
    assert str(error).startswith("The name no-such-host.invalid could not be looked up, so qwen was not asked:")


async def test_https_where_the_server_speaks_http(opened) -> None:
    with ModelServer(say("no")) as server:
        error = await failure(opened, f"https://127.0.0.1:{server.port}/v1#qwen")

    assert isinstance(error, ModelUnavailable)
    assert "check whether the address in the setting model begins with http or https" in str(error)


@pytest.mark.parametrize("cut", [0, 1, 3, 9])
async def test_the_answer_is_cut_off(opened, cut: int) -> None:
    with ModelServer(say("abcdefgh" * 20, cut=cut)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, BrokenAnswer)
    assert str(error) == (
        f"scripted at {place(server)} broke off in the middle of its answer: the server may have crashed or run out "
        "of memory; look into its log, and ask again."
    )


async def test_a_program_that_the_connection_cut_off_is_not_run(opened) -> None:
    with ModelServer(Reply(calls=(Call("run_code", {"code": "edit_file('a')\n" * 20}),), cut=12)) as server:
        choice = await opened(server.spec)
        with pytest.raises(BrokenAnswer):
            await ask(choice)

    assert len(server.chats) == 1


@pytest.mark.parametrize(
    "reply",
    [
        say("```python\nedit_file('a')\nedit_file('b')", finish="length"),
        Reply(calls=(Call("run_code", '{"code": "edit_file(1)'),), finish="length"),
        say('<tool_call>{"name": "edit_file", "arguments": {"path": "a"}}', finish="length"),
    ],
)
async def test_a_program_that_ran_out_of_tokens_is_not_run(opened, reply: Reply) -> None:
    with ModelServer(reply) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, BrokenAnswer)
    assert "ran out of tokens in the middle of a program, which was not run: raise max-tokens" in str(error)


async def test_no_answer_in_time(opened, options) -> None:
    options(first_token_seconds=0.5)
    with ModelServer(say("late", delay=60)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, ModelUnavailable)
    assert f"scripted at {place(server)} wrote nothing within 0.5 s: it may still be loading" in str(error)


async def test_an_answer_that_stops_for_too_long(opened, options) -> None:
    options(between_tokens_seconds=0.5)
    with ModelServer(say("abcdefgh" * 4, hold=3)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, ModelUnavailable)
    assert f"scripted at {place(server)} wrote nothing more for 0.5 s, so it was stopped" in str(error)


async def test_an_empty_stream_of_comments_ends_too(opened) -> None:
    body = ": keepalive\n\n" * 200_000
    with ModelServer(Reply(body=body, content_type="text/event-stream")) as server:
        error = await failure(opened, server.spec)

    assert "answered with nothing" in str(error)


async def test_an_endless_answer(opened, options) -> None:
    options(max_answer_bytes=20_000)
    with ModelServer(say("and on " * 10, endless=True)) as server:
        error = await failure(opened, server.spec)
        await until(lambda: server.chats[0].left)

    assert isinstance(error, BrokenAnswer)
    assert f"scripted at {place(server)} wrote more than 20,000 bytes without an end, so it was stopped" in str(error)


async def test_an_endless_line(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from punie_agent.models import http

    monkeypatch.setattr(http, "MAX_BODY", 100_000)
    with ModelServer(Reply(body="data: " + "x" * 400_000, content_type="text/event-stream")) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, BrokenAnswer)
    assert "sent an answer without end" in str(error)


@pytest.mark.parametrize("text", ["", "   \n "])
async def test_an_empty_answer(opened, text: str) -> None:
    with ModelServer(say(text)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, BrokenAnswer)
    assert str(error).startswith(f"scripted at {place(server)} answered with nothing: ask again")


async def test_a_web_page_instead_of_an_answer(opened) -> None:
    with ModelServer(Reply(body="<html><body>Hello</body></html>", content_type="text/html")) as server:
        error = await failure(opened, server.spec)

    assert str(error) == (
        f"{server.url} is no model server, it answers with a web page: check the address in the setting model; "
        "it usually ends in /v1."
    )


async def test_json_instead_of_a_stream(opened) -> None:
    with ModelServer(Reply(body='{"error": "no slot is free"}')) as server:
        error = await failure(opened, server.spec)

    assert str(error) == f"127.0.0.1:{server.port} answers: no slot is free; see: punie-ls models."


async def test_nonsense_in_the_stream(opened) -> None:
    with ModelServer(Reply(body="data: {nonsense\n\n", content_type="text/event-stream")) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, BrokenAnswer)
    assert "sent what is no JSON in the answer of scripted" in str(error)


async def test_an_error_in_the_stream(opened) -> None:
    body = 'data: {"error": {"message": "Failed to load model: out of memory", "code": 500}}\n\n'
    with ModelServer(Reply(body=body, content_type="text/event-stream")) as server:
        error = await failure(opened, server.spec)

    assert "Failed to load model: out of memory" in str(error)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key(opened, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_API_KEY", "sk-verysecret123")
    with ModelServer(say("Incorrect API key provided: sk-verysecret123", status=status)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, RequestRejected)
    assert str(error) == f"{place(server)} refuses the API key for scripted: set the variable PUNIE_API_KEY."


async def test_keys_never_show(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_API_KEY", "verysecret123")
    said = "bad header Authorization: Bearer verysecret123 for http://me:verysecret123@host and token=abc987654"
    with ModelServer(say(said, status=400)) as server:
        error = await failure(opened, server.spec)

    assert "verysecret123" not in str(error)
    assert "abc987654" not in str(error)


async def test_a_model_that_the_server_does_not_have(opened) -> None:
    with ModelServer(say("model not found", status=404), models=["qwen3-coder", "gemma-3"]) as server:
        error = await failure(opened, f"{server.url}#qwen4")

    assert isinstance(error, RequestRejected)
    assert str(error) == f"{place(server)} has no model qwen4; it has qwen3-coder, gemma-3."


async def test_a_busy_server_is_asked_once_more(opened) -> None:
    busy = say("slow down", status=429, headers={"retry-after": "0"})
    with ModelServer(busy, say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.output == "Three."
    assert len(server.chats) == 2


async def test_a_server_that_stays_busy(opened) -> None:
    busy = say("slow down", status=429, headers={"retry-after": "0"})
    with ModelServer(busy, busy, busy) as server:
        error = await failure(opened, server.spec)

    assert len(server.chats) == 2
    assert (
        str(error)
        == f"scripted at {place(server)} takes no more requests now (slow down): wait a while, and ask again."
    )


async def test_a_wait_that_is_too_long_is_not_waited_for(opened) -> None:
    with ModelServer(say("slow down", status=429, headers={"retry-after": "3600"})) as server:
        error = await failure(opened, server.spec)

    assert len(server.chats) == 1
    assert isinstance(error, ModelUnavailable)


async def test_a_model_that_loads_is_waited_for(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tolerant, "RETRY_SECONDS", 0.01)
    loading = say("Loading model", status=503)
    with ModelServer(loading, loading, loading, say("Three.")) as server:
        turn = await ask(await opened(server.spec))

    assert turn.output == "Three."


async def test_a_model_that_loads_for_ever(opened, options, monkeypatch: pytest.MonkeyPatch) -> None:
    options(first_token_seconds=3.0)
    monkeypatch.setattr(tolerant, "RETRY_SECONDS", 0.05)
    with ModelServer(say("Loading model", status=503, again=True)) as server:
        error = await failure(opened, server.spec)

    assert "is not ready (Loading model): wait until it has loaded" in str(error)


async def test_an_error_of_the_server(opened) -> None:
    with ModelServer(say("CUDA error: out of memory", status=500)) as server:
        error = await failure(opened, server.spec)

    assert str(error) == (
        f"scripted at {place(server)} failed with an error of its own (500: CUDA error: out of memory): look into the "
        "server's log, and ask again."
    )


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 10021 tokens.",
        "request (10021 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "The number of tokens to keep is greater than the context length (n_keep: 10021>= n_ctx: 8192)",
    ],
)
async def test_a_conversation_that_is_too_long(opened, said: str) -> None:
    with ModelServer(say(said, status=400), models=[{"id": "qwen", "max_model_len": 8192}]) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, RequestRejected)
    assert str(error).startswith(f"This conversation is too long for qwen at {place(server)} (it takes 8,192 tokens; ")
    assert "8192" in str(error)
    assert "10021" in str(error)
    assert "begin a new session" in str(error)


async def test_redirects_are_not_followed(opened) -> None:
    with ModelServer(say("No.")) as elsewhere:
        headers = {"location": f"{elsewhere.url}/chat/completions"}
        with ModelServer(say("moved", status=307, headers=headers)) as server:
            await failure(opened, server.spec)

        assert elsewhere.requests == []


async def test_a_proxy_is_not_used_for_this_machine(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(say("From the proxy.", again=True)) as proxy, ModelServer(say("Three.")) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        turn = await ask(await opened(server.spec))

        assert proxy.requests == []
    assert turn.output == "Three."


async def test_a_model_that_calls_wrong_tools_without_end(opened) -> None:
    with ModelServer(Reply(calls=(Call("weather"),), again=True)) as server:
        choice = await opened(server.spec)
        with pytest.raises(Exception, match="weather") as caught:
            await ask(choice)

    sentence = explain_model_error(caught.value, choice)
    assert sentence.startswith(f"scripted at {place(server)} answered what cannot be used (")
    assert "weather" in sentence


async def test_a_failure_between_two_steps_of_a_turn(opened) -> None:
    with ModelServer(call("run_code", code="1"), say("gone", status=500)) as server:
        error = await failure(opened, server.spec)

    assert isinstance(error, ModelUnavailable)


async def test_options_of_the_user_win(opened) -> None:
    import msgspec

    class WithOptions(Settings, frozen=True, rename="kebab"):
        model_options: dict = msgspec.field(default_factory=dict)

    options = {"temperature": 0.3, "max-tokens": 77, "stop": ["END"], "seed": 7, "context-length": 999}
    with ModelServer(say("Three.")) as server:
        choice = await opened(server.spec, WithOptions(model_options=options))
        await ask(choice)

    body = server.chats[0].body
    assert (body["temperature"], body["max_tokens"], body["stop"], body["seed"]) == (0.3, 77, ["END"], 7)
    assert choice.context_length == 999
