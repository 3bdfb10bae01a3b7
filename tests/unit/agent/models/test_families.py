"""What suits which family."""

from __future__ import annotations

import pytest

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.families import FAMILIES, family_of, sampling
from punie_agent.models.limits import ModelOptions, read_options


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("qwen/qwen3-coder-30b", "Qwen Coder"),
        ("Qwen2.5-Coder-7B-Instruct-4bit", "Qwen Coder"),
        ("Qwen3-4B-Thinking-2507", "Qwen thinking"),
        ("qwq:32b", "Qwen thinking"),
        ("Qwen3-30B-A3B-Instruct-2507", "Qwen instruct"),
        ("qwen3:8b", "Qwen"),
        ("deepseek-r1:14b", "DeepSeek R1"),
        ("DeepSeek-R1-Distill-Qwen-7B", "Qwen"),
        ("deepseek-coder-v2", "DeepSeek"),
        ("openai/gpt-oss-20b", "gpt-oss"),
        ("Devstral-Small-2507", "Mistral"),
        ("magistral-small", "Magistral"),
        ("codestral:22b", "Mistral"),
        ("gemma-3-27b-it", "Gemma"),
        ("codegemma", "Gemma"),
        ("Meta-Llama-3.1-8B-Instruct", "Llama"),
        ("granite-4.0-h-tiny", "Granite"),
        ("phi-4", "Phi"),
        ("microsoft/Phi-4-mini-reasoning", "Phi reasoning"),
        ("glm-4.6", "GLM"),
        ("dolphin", "unknown"),
        ("", "unknown"),
    ],
)
def test_families(model: str, family: str) -> None:
    assert family_of(model).name == family


def test_only_models_that_think_are_sampled() -> None:
    assert {family.name for family in FAMILIES if family.temperature} == {
        *("Qwen thinking", "Qwen", "DeepSeek R1", "gpt-oss", "Magistral", "Phi reasoning", "GLM")
    }
    assert all(family.thinking != "never" for family in FAMILIES if family.temperature)


def test_a_small_context_leaves_room_for_the_question() -> None:
    assert sampling(family_of("gemma-3"))["max_tokens"] == 4096
    assert sampling(family_of("gemma-3"), 8192)["max_tokens"] == 2048
    assert sampling(family_of("qwen3:8b"))["max_tokens"] == 16_384


def test_no_more_stops_than_the_protocol_allows() -> None:
    assert all(len(sampling(family).get("stop_sequences", [])) <= 4 for family in FAMILIES)


def test_the_users_options_win() -> None:
    options = ModelOptions(temperature=0.9, stop=())

    assert options.over(sampling(family_of("gemma-3"))) == {
        "temperature": 0.9,
        "max_tokens": 4096,
        "stop_sequences": [],
    }


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"temprature": 1}, "Object contains unknown field `temprature`"),
        ({"max-tokens": "many"}, "Expected `int | null`, got `str` - at `$.max-tokens`"),
    ],
)
def test_wrong_options(table: dict[str, object], problem: str) -> None:
    with pytest.raises(ModelNotUsable) as caught:
        read_options(table)

    assert str(caught.value) == f"The setting model-options is wrong: {problem}."
