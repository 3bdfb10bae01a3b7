"""A model's family is recognised from its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.chats import family_for, family_named
from punie_training.exceptions import BaseModelError


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("qwen3", "qwen3"),
        ("qwen3_moe", "qwen3"),
        ("qwen2", "qwen2.5"),
        ("gemma3_text", "gemma"),
        ("llama", "llama"),
        ("phi3", "generic"),
    ],
)
def test_the_architecture_names_the_family(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}))

    assert family_for(tmp_path).name == name


def test_where_the_architecture_says_nothing_the_template_does(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "mine"}))
    (tmp_path / "chat_template.jinja").write_text("<|start_header_id|>user<|end_header_id|>hello<|eot_id|>")

    assert family_for(tmp_path).name == "llama"


def test_tool_calls_are_a_style_only_where_there_are_tokens_for_them(tmp_path: Path) -> None:
    assert family_named("qwen3").styles == ("fenced", "tool_call")
    assert family_named("gemma").styles == ("fenced",)


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_config_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)

    with pytest.raises(BaseModelError, match=r"config\.json"):
        family_for(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="is no folder of a model"):
        family_for(tmp_path / "nowhere")
    with pytest.raises(BaseModelError, match=r"has no config\.json"):
        family_for(tmp_path)


def test_a_template_that_is_unknown_names_those_that_are_known() -> None:
    with pytest.raises(BaseModelError, match=r"Known are: qwen3, qwen2\.5, gemma, llama"):
        family_named("generic")
