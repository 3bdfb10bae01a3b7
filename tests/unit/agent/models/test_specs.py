"""The setting `model` as data, and who may choose what."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.specs import Spec, allowed_model, chosen_by_project, is_loopback, parse_spec, parse_specs


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("builtin", Spec("builtin")),
        (" local ", Spec("local")),
        ("local:qwen3:8b", Spec("local", "qwen3:8b")),
        ("adapter:mine", Spec("adapter", "mine")),
        ("http://127.0.0.1:1234/v1#qwen/qwen3-coder", Spec("http", "qwen/qwen3-coder", "http://127.0.0.1:1234/v1")),
        ("http://127.0.0.1:1234", Spec("http", "", "http://127.0.0.1:1234/v1")),
        ("http://127.0.0.1:1234/v1/", Spec("http", "", "http://127.0.0.1:1234/v1")),
        ("HTTP://localhost:8000/api/chat/completions", Spec("http", "", "http://localhost:8000/api")),
        ("https://:key@models.example/v1#m", Spec("http", "m", "https://:key@models.example/v1")),
        ("http://[::1]:8080/v1", Spec("http", "", "http://[::1]:8080/v1")),
        ("anthropic:claude-sonnet-4-5", Spec("provider", "claude-sonnet-4-5", provider="anthropic")),
    ],
)
def test_specs(text: str, spec: Spec) -> None:
    assert parse_spec(text) == spec


@pytest.mark.parametrize(
    "text", ["", "gpt", "local:", ":x", "http://", "http://:80", "http://host:99999", "http://[::1"]
)
def test_what_is_no_model(text: str) -> None:
    with pytest.raises(ModelNotUsable):
        parse_spec(text)


def test_the_sentence_names_the_forms() -> None:
    with pytest.raises(ModelNotUsable) as caught:
        parse_specs("bultin")

    assert str(caught.value) == (
        "There is no model 'bultin'. It may be: builtin, local, local:NAME, adapter, adapter:NAME, "
        "http://host:port/v1#NAME, or PROVIDER:NAME such as anthropic:…."
    )


def test_a_wrong_url_does_not_show_its_key() -> None:
    with pytest.raises(ModelNotUsable) as caught:
        parse_spec("http://me:secret@host:0/v1")

    assert "secret" not in str(caught.value)


def test_several() -> None:
    assert parse_specs("builtin, local") == parse_specs(("builtin", "local")) == [Spec("builtin"), Spec("local")]


def test_shown_without_credentials() -> None:
    assert parse_spec("https://me:secret@models.example:8443/v1#m").text == "https://models.example:8443/v1#m"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://localhost:1/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://[::1]:1/v1", True),
        ("http://0.0.0.0:1/v1", False),
        ("http://192.168.1.5/v1", False),
        ("http://localhost.evil.example/v1", False),
        ("http://127.0.0.1.evil.example/v1", False),
        ("http://127.0.0.1@evil.example/v1", False),
        ("http://evil.example/127.0.0.1", False),
        ("http://evil.example#@localhost", False),
        ("http://2130706433/v1", False),
    ],
)
def test_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here
    assert parse_spec(url).stays_here is here


PROJECT = Path("/home/me/project")


@pytest.mark.parametrize(
    "setting", ["builtin", "local", "local:x", "adapter:x", "http://127.0.0.1:1/v1#x", ("builtin", "local")]
)
def test_a_project_may_choose_what_stays_here(setting) -> None:
    assert allowed_model(setting, "/home/me/project/punie.toml", by_project=True).allowed


@pytest.mark.parametrize(
    "setting", ["anthropic:claude", "http://10.0.0.8/v1", ("builtin", "https://models.example/v1#m")]
)
def test_a_project_may_not_choose_a_stranger(setting) -> None:
    assert allowed_model(setting, "/home/me/.config/punie/punie.toml", by_project=False).allowed
    assert not allowed_model(setting, "/home/me/project/punie.toml", by_project=True).allowed


def test_the_question() -> None:
    consent = allowed_model(("builtin", "https://a:b@models.example/v1#m"), "/p/punie.toml", by_project=True)

    assert consent.why == (
        "/p/punie.toml chooses https://models.example/v1#m, which would get your code and your prompts over the "
        "network. Allow it, or choose a model in your own settings?"
    )


@pytest.mark.parametrize(
    ("source", "by_project"),
    [
        ("/home/me/project/punie.toml", True),
        ("/home/me/project/pyproject.toml", True),
        ("/home/me/project-two/punie.toml", False),
        ("/home/me/.config/punie/punie.toml", False),
        ("the editor", False),
        (None, False),
    ],
)
def test_who_chose(source: str | None, by_project: bool) -> None:
    assert chosen_by_project(source, PROJECT) is by_project
