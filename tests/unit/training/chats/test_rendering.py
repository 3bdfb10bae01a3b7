"""Datasets become folders that mlx-lm trains on; base models get a template only beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_agent.models.small_prompt import SYSTEM, chat, fenced
from punie_training.chats import check_chat, family_named, refusals, render, with_template
from punie_training.chats.families import FAMILIES
from punie_training.chats.tokenizing import open_tokenizer
from punie_training.exceptions import BaseModelError, DatasetError
from tests.unit.training.chats.making import (
    GEMMA_TOKENS,
    LLAMA_TOKENS,
    QWEN_TOKENS,
    dataset,
    example,
    make_model,
)


def answers(file: Path) -> list[str]:
    return [json.loads(line)["messages"][-1]["content"] for line in file.read_text().splitlines()]


def test_the_default_style_leaves_the_canonical_chats_as_they_are(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    dataset(example(), example("What is a Protocol?", "A structural type.")).save(tmp_path / "data")

    out = render(tmp_path / "data", folder, tmp_path / "out")

    assert answers(out / "train.jsonl") == [fenced("typecheck('src/app')"), "A structural type."]
    assert not (out / "valid.jsonl").exists()


def test_programs_become_tool_calls_where_asked_for(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    dataset(example(), example("What is a Protocol?", "A structural type.")).save(tmp_path / "data")

    out = render(tmp_path / "data", folder, tmp_path / "out", style="tool_call")

    call, words = answers(out / "train.jsonl")
    assert words == "A structural type."
    assert call.startswith("<tool_call>\n")
    assert call.endswith("\n</tool_call>")
    assert json.loads(call.splitlines()[1])["arguments"] == {"code": "typecheck('src/app')"}


def test_a_style_that_the_family_does_not_have_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", kind="gemma", tokens=GEMMA_TOKENS, eos="<end_of_turn>")
    dataset(example()).save(tmp_path / "data")

    with pytest.raises(BaseModelError, match="gemma cannot be taught"):
        render(tmp_path / "data", folder, tmp_path / "out", style="tool_call")


def test_a_dataset_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        render(tmp_path / "nothing", make_model(tmp_path / "m"), tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "tokens", "eos"),
    [
        ("qwen3", QWEN_TOKENS, "<|endoftext|>"),
        ("gemma", GEMMA_TOKENS, "<eos>"),
        ("llama", LLAMA_TOKENS, "<|end_of_text|>"),
    ],
)
def test_a_base_model_gets_its_familys_template_beside_it(
    tmp_path: Path, name: str, tokens: tuple[str, ...], eos: str
) -> None:
    base = make_model(tmp_path / "m", kind=name, template="", tokens=tokens, eos=eos)
    before = {file.name: file.read_bytes() for file in base.iterdir()}

    out = with_template(base, family_named(name), tmp_path / "out")

    assert refusals(check_chat(out, dataset(example()))) == []
    prompt = open_tokenizer(out).text(chat("Lint src/"), prompt=True)
    assert SYSTEM in prompt
    assert "Lint src/" in prompt
    made = out.stat().st_ino
    assert with_template(base, family_named(name), out).stat().st_ino == made
    assert {file.name: file.read_bytes() for file in base.iterdir()} == before


def test_a_template_is_not_put_over_the_models_own(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="has a chat template of its own"):
        with_template(make_model(tmp_path / "m"), FAMILIES["qwen3"], tmp_path / "out")


def test_a_template_whose_end_the_model_does_not_know_is_refused(tmp_path: Path) -> None:
    base = make_model(tmp_path / "m", kind="llama", template="", tokens=("<eos>", "<x>"), eos="<eos>")

    with pytest.raises(BaseModelError, match="no single token"):
        with_template(base, FAMILIES["llama"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
