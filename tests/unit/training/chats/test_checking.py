"""What does not fit between a model and a dataset is refused before training, with what it would cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.chats import check_chat, refusals
from punie_training.dataset import Dataset
from punie_training.exceptions import BaseModelError
from tests.unit.training.chats.making import (
    CHATML,
    FOLDING,
    GEMMA_TOKENS,
    LLAMA,
    LLAMA_TOKENS,
    QWEN_TOKENS,
    THINKING,
    dataset,
    example,
    make_model,
)


def kinds(folder: Path, data: Dataset | None = None, **options: object) -> list[str]:
    return [problem.kind for problem in check_chat(folder, data, **options)]  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(
    ("kind", "template", "tokens", "eos"),
    [
        ("qwen3", CHATML, QWEN_TOKENS, "<|im_end|>"),
        ("qwen3", THINKING, (*QWEN_TOKENS, "<think>", "</think>"), "<|im_end|>"),
        ("gemma3_text", FOLDING, GEMMA_TOKENS, "<end_of_turn>"),
        ("llama", LLAMA, LLAMA_TOKENS, "<|eot_id|>"),
    ],
)
def test_models_in_order_have_no_problems(
    tmp_path: Path, kind: str, template: str, tokens: tuple[str, ...], eos: str
) -> None:
    folder = make_model(tmp_path / "m", kind=kind, template=template, tokens=tokens, eos=eos)

    assert check_chat(folder, dataset(example()), max_seq_length=500) == []


def test_a_model_without_a_template_is_told_which_one_would_do(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", kind="gemma3_text", template="", tokens=GEMMA_TOKENS, eos="<eos>")

    (problem,) = refusals(check_chat(folder, dataset(example())))

    assert problem.kind == "no-template"
    assert "--chat-template gemma" in problem.text
    assert "of no use" in problem.cost


def test_an_eos_that_does_not_end_the_assistants_turn_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", eos="<|endoftext|>")

    (problem,) = refusals(check_chat(folder, dataset(example())))

    assert problem.kind == "wrong-eos"
    assert "'<|im_end|>' (id 2)" in problem.text
    assert "'<|endoftext|>'" in problem.text
    assert "never stop" in problem.cost


def test_an_eos_of_the_generation_config_counts(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", eos="<|endoftext|>")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [0, 2]}))

    assert refusals(check_chat(folder, dataset(example()))) == []


def test_an_end_that_is_spelled_in_pieces_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", tokens=("<|endoftext|>", "<|im_start|>"), eos="<|endoftext|>")

    assert kinds(folder, dataset(example())) == ["end-not-one-token"]


def test_a_template_that_never_ends_the_turn_is_refused(tmp_path: Path) -> None:
    template = CHATML.replace("<|im_end|>", "")
    folder = make_model(tmp_path / "m", template=template)

    assert "end-not-one-token" in kinds(folder)


def test_tool_tokens_in_pieces_are_refused_in_the_style_that_needs_them(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", tokens=QWEN_TOKENS[:3])

    assert kinds(folder, dataset(example())) == []
    assert kinds(folder, dataset(example()), style="tool_call") == ["tool-token-split"]


def test_a_family_without_tool_tokens_has_no_such_style(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", kind="llama", template=LLAMA, tokens=LLAMA_TOKENS, eos="<|eot_id|>")

    assert kinds(folder, dataset(example()), style="tool_call") == ["no-tool-tokens"]


@pytest.mark.parametrize("system", ["", "You are a helpful assistant."])
def test_another_system_prompt_than_at_run_time_is_refused(tmp_path: Path, system: str) -> None:
    folder = make_model(tmp_path / "m")
    data = dataset(example(), example("Lint src/app/", system=system))

    (problem,) = refusals(check_chat(folder, data))

    assert (problem.kind, problem.count) == ("system-prompt", 1)
    assert "1 of 2 examples" in problem.text


def test_a_template_that_drops_the_system_message_is_refused(tmp_path: Path) -> None:
    template = CHATML.replace("{% for m in messages %}", "{% for m in messages if m['role'] != 'system' %}")
    folder = make_model(tmp_path / "m", template=template)

    assert kinds(folder, dataset(example())) == ["system-dropped"]


def test_a_template_that_fails_with_a_system_message_is_refused(tmp_path: Path) -> None:
    failing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    folder = make_model(tmp_path / "m", template=failing + CHATML)

    (problem,) = check_chat(folder, dataset(example()))

    assert problem.kind == "template-fails"
    assert "no system role" in problem.text


def test_a_prompt_that_is_not_how_the_chat_begins_is_refused(tmp_path: Path) -> None:
    template = CHATML.replace("<|im_start|>assistant\n{% endif %}", "<|im_start|>assistant\n> {% endif %}")
    folder = make_model(tmp_path / "m", template=template)

    (problem,) = refusals(check_chat(folder, dataset(example(), example("Lint src/"))))

    assert (problem.kind, problem.count) == ("prompt-not-prefix", 2)


def test_examples_that_are_too_long_are_counted(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    data = dataset(example(), example("Lint src/", answer="ruff " * 300))

    (problem,) = refusals(check_chat(folder, data, max_seq_length=120))

    assert (problem.kind, problem.count) == ("too-long", 1)
    assert "--max-seq-length" in problem.text


def test_a_model_with_fewer_rows_than_tokens_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", rows=100)

    assert kinds(folder) == ["vocabulary"]


def test_a_pad_token_that_the_model_does_not_have_is_refused(tmp_path: Path) -> None:
    tokens = ("<|a|>", *QWEN_TOKENS[1:])
    folder = make_model(tmp_path / "m", tokens=tokens)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "pad_token": "<|new pad|>"}))

    assert "pad" in kinds(folder)


def test_padding_that_is_a_word_is_a_note_alone(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", tokens=QWEN_TOKENS[1:], eos="<|im_end|>")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "pad_token": "<tool_call>"}))
    state = json.loads((folder / "tokenizer.json").read_text())
    for token in state["added_tokens"]:
        token["special"] = token["id"] != 0
    (folder / "tokenizer.json").write_text(json.dumps(state))

    problems = check_chat(folder)

    assert [(p.kind, p.refuses) for p in problems] == [("pad", False)]
    assert refusals(problems) == []


@pytest.mark.parametrize("text", ["", "{", '{"version": "1.0"}'])
def test_a_tokenizer_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    folder = make_model(tmp_path / "m")
    (folder / "tokenizer.json").write_text(text)

    with pytest.raises(BaseModelError, match=r"The tokenizer of .* cannot be read"):
        check_chat(folder)
