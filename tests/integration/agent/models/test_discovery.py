"""Which servers answer on this machine, and what is chosen of them."""

from __future__ import annotations

import socket
from contextlib import contextmanager

import pytest

from punie_agent.exceptions import ModelNotUsable, ModelUnavailable
from punie_agent.models.discovery import ModelEntry, Server, find_servers, probe
from punie_agent.models.listing import ModelRow, list_models
from punie_agent.models.opening import choose_local
from punie_semantic.settings import Settings
from tests.integration.agent.models.conftest import ask
from tests.model_server import ModelServer, Reply, say

STUDIO = {
    "data": [
        {"id": "text-embedding-nomic", "type": "embeddings", "state": "loaded", "max_context_length": 2048},
        {"id": "gemma-3-4b", "type": "llm", "state": "not-loaded", "max_context_length": 131072},
        {
            **{"id": "qwen3-coder-30b", "type": "llm", "state": "loaded"},
            **{"max_context_length": 262144, "loaded_context_length": 16384},
        },
    ]
}


def ports(*servers: ModelServer):
    return [(server.port, "a model server") for server in servers]


async def test_lm_studio() -> None:
    models = ["text-embedding-nomic", "gemma-3-4b", "qwen3-coder-30b"]
    with ModelServer(models=models, routes={"/api/v0/models": STUDIO}) as server:
        found = await find_servers(ports(server))

    assert found == [
        Server(
            server.url,
            "LM Studio",
            (
                ModelEntry("qwen3-coder-30b", 16384, True),
                ModelEntry("gemma-3-4b", 131072, False),
                ModelEntry("text-embedding-nomic", None, True),
            ),
        )
    ]


async def test_ollama_knows_the_length_of_what_runs() -> None:
    running = {"models": [{"name": "qwen3:8b", "context_length": 4096}]}
    with ModelServer(models=["llama3.2:3b", "qwen3:8b"], routes={"/api/ps": running}) as server:
        found = await probe(server.url)

    assert found == Server(
        server.url, "Ollama", (ModelEntry("qwen3:8b", 4096, True), ModelEntry("llama3.2:3b", None, False))
    )


async def test_ollama_is_asked_for_the_length_that_is_set(opened) -> None:
    routes = {"/api/ps": {"models": []}, "/api/show": {"parameters": "stop  x\nnum_ctx 8192\n", "model_info": {}}}
    with ModelServer(models=["qwen3:8b"], routes=routes) as server:
        choice = await opened("local", ports=ports(server))

    assert choice.context_length == 8192


async def test_llama_cpp() -> None:
    entry = {"id": "model.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}
    props = {"default_generation_settings": {"n_ctx": 4096}}
    with ModelServer(models=[entry], routes={"/props": props}) as server:
        found = await probe(server.url)

    assert found == Server(server.url, "llama.cpp", (ModelEntry("model.gguf", 4096, True),))


async def test_vllm() -> None:
    entry = {"id": "Qwen/Qwen3-Coder", "owned_by": "vllm", "max_model_len": 32768}
    with ModelServer(models=[entry]) as server:
        found = await probe(server.url)

    assert found == Server(server.url, "vLLM", (ModelEntry("Qwen/Qwen3-Coder", 32768, None),))


async def test_servers_are_found_in_the_order_of_the_ports() -> None:
    with ModelServer(models=["a"]) as first, ModelServer(models=["b"]) as second:
        found = await find_servers(ports(second, first))

    assert [server.models[0].name for server in found] == ["b", "a"]


@contextmanager
def silent_port():
    """Something that listens and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


async def test_what_is_no_model_server_is_not_one() -> None:
    page = {"/v1/models": "<html>"}
    with silent_port() as silent, ModelServer(routes=page) as website:
        assert await probe(f"http://127.0.0.1:{silent}/v1", seconds=0.3) is None
        assert await probe(website.url) is None


async def test_local_takes_the_first_model(opened) -> None:
    with ModelServer(say("Three."), models=["qwen3-coder"]) as server:
        choice = await opened("local", ports=ports(server))
        turn = await ask(choice)

    assert choice.name == f"qwen3-coder at 127.0.0.1:{server.port}"
    assert turn.output == "Three."
    assert server.chats[0].body["model"] == "qwen3-coder"


async def test_local_with_a_name(opened) -> None:
    with ModelServer(models=["gemma-3"]) as first, ModelServer(say("Three."), models=["qwen3-coder-30b"]) as second:
        choice = await opened("local:Qwen3-Coder", ports=ports(first, second))
        await ask(choice)

    assert second.chats[0].body["model"] == "qwen3-coder-30b"


async def test_local_with_nothing_there(opened) -> None:
    with pytest.raises(ModelUnavailable, match="No model server answers on this machine: start LM Studio"):
        await opened("local", ports=[])


SERVERS = [
    Server("http://127.0.0.1:1/v1", "Ollama", (ModelEntry("qwen3:8b"), ModelEntry("qwen3:30b"), ModelEntry("embed-x"))),
    Server("http://127.0.0.1:2/v1", "vLLM", (ModelEntry("gemma-3"),)),
]


def test_names_that_fit() -> None:
    assert choose_local(SERVERS, "")[1].name == "qwen3:8b"
    assert choose_local(SERVERS, "30b")[1].name == "qwen3:30b"
    assert choose_local(SERVERS, "gemma-3")[0].product == "vLLM"


@pytest.mark.parametrize(
    ("servers", "name", "sentence"),
    [
        (SERVERS, "qwen3", "local:qwen3 could mean several models; there are qwen3:8b, qwen3:30b."),
        (
            SERVERS,
            "phi",
            "local:phi is no model of this machine's servers; there are qwen3:8b, qwen3:30b, embed-x, gemma-3.",
        ),
        (
            [Server("http://127.0.0.1:1/v1", "Ollama", ())],
            "",
            "Ollama at 127.0.0.1:1 has no model: load one there, and ask again.",
        ),
    ],
)
def test_names_that_do_not(servers: list[Server], name: str, sentence: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        choose_local(servers, name)

    assert str(caught.value) == sentence


async def test_the_list_says_what_is_chosen() -> None:
    with ModelServer(models=[{"id": "qwen3-coder", "max_model_len": 32768}, "granite-4"]) as server:
        place = f"a model server at 127.0.0.1:{server.port}"
        settings = Settings(model=("builtin", "local"))
        rows = await list_models(settings, ports=ports(server))

    assert rows == [
        ModelRow("builtin", "the planner: rules, no weights", loaded=True, chosen=1),
        ModelRow(f"{server.url}#qwen3-coder", "qwen3-coder", place, 32768, None, "code", 2),
        ModelRow(f"{server.url}#granite-4", "granite-4", place, None, None, "json", 0),
    ]


async def test_the_list_says_what_is_wrong_with_the_choice() -> None:
    settings = Settings(model=("local:phi", "http://127.0.0.1:9/v1#x", "adapter:a", "adapter:b"), adapters={"b": {}})
    rows = {row.spec: row.problem for row in await list_models(settings, ports=[]) if row.chosen}

    assert rows["local:phi"].startswith("No model server answers on this machine")
    assert rows["http://127.0.0.1:9/v1#x"] == "nothing answers there like a model server"
    assert rows["adapter:a"] == "there is no adapter 'a'"
    assert rows["adapter:b"].startswith("The setting adapters.b is wrong: Object missing required field `model`")


async def test_a_stranger_that_the_project_chose_is_not_asked() -> None:
    settings = Settings(model="http://example.invalid/v1#x")

    rows = await list_models(settings, ask_strangers=False, ports=[])

    assert rows[-1].problem == "was not asked: the project chose it, and you have not agreed"


async def test_a_url_without_a_name_takes_the_first_model(opened) -> None:
    with ModelServer(say("Three."), models=["embed-x", "gemma-3"]) as server:
        await ask(await opened(server.url))

    assert server.chats[0].body["model"] == "gemma-3"


async def test_a_url_whose_server_lists_nothing_needs_a_name(opened) -> None:
    with ModelServer(models=[]) as server, pytest.raises(ModelUnavailable, match="does not say which models it has"):
        await opened(server.url)


async def test_a_url_with_a_name_works_without_a_list(opened) -> None:
    with ModelServer(say("Three."), routes={"/v1/models": "?"}) as server:
        turn = await ask(await opened(f"{server.url}#mine"))

    assert turn.output == "Three."


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (
            "anthropic:claude-x",
            "anthropic:claude-x needs a package that is not installed: pip install 'pydantic-ai-slim[anthropic]'.",
        ),
        ("openai:gpt-5", "openai:gpt-5 needs an API key: set the variable OPENAI_API_KEY."),
        ("nobody:model", "There is no model 'nobody:model'; a provider is named as in anthropic:NAME or openai:NAME."),
    ],
)
async def test_a_provider_that_cannot_be_used(opened, monkeypatch, spec: str, sentence: str) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ModelNotUsable) as caught:
        await opened(spec)

    assert str(caught.value) == sentence


async def test_a_provider_is_asked_like_any_other(opened, monkeypatch) -> None:
    """The provider's own client, led to the scripted server by its own variables."""
    with ModelServer(say("```python\ntypecheck('a')\n```"), say("Three."), key="sk-test-123456") as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-123456")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        choice = await opened("openai-chat:gpt-4o-mini")
        turn = await ask(choice)

    assert choice.name == "openai-chat:gpt-4o-mini"
    assert turn.programs == ["typecheck('a')"]


async def test_a_provider_that_refuses_the_key(opened, monkeypatch) -> None:
    with ModelServer(Reply(text="Incorrect API key: sk-test-123456", status=401)) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-123456")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        choice = await opened("openai-chat:gpt-4o-mini")
        with pytest.raises(Exception, match="refuses the API key") as caught:
            await ask(choice)

    assert str(caught.value) == (
        "openai-chat refuses the API key for openai-chat:gpt-4o-mini: check the variable OPENAI_API_KEY."
    )
