"""What `--model` may name, and what is said when it names nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.evals.answering import open_answerer
from punie_training.exceptions import AdapterError, EvaluationError, TrainingError


async def _open(spec: str) -> str:
    async with open_answerer(spec) as answerer:
        return (await answerer.answer("Find all TODO comments", temperature=0.0, seed=0)).text


async def test_builtin_answers_with_a_program() -> None:
    assert "search_text(" in await _open("builtin")


@pytest.mark.parametrize("name", ["answers.json", "answers.yaml"])
async def test_scripted(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(json.dumps({"Find all TODO comments": "search", "*": "none"}))

    assert await _open(f"scripted:{file}") == "search"


@pytest.mark.parametrize(
    ("text", "said"),
    [("[1]", "must be an object"), ('{"a": 1}', "must be an object"), ("{", "cannot be read")],
)
async def test_a_script_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(text)

    with pytest.raises(EvaluationError, match=said):
        await _open(f"scripted:{file}")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("nowhere", "There is no model 'nowhere'. It may be: builtin, adapter"),
        ("scripted:nowhere.json", "nowhere.json cannot be read"),
        ("{folder}", "holds no MLX model: it needs config.json"),
        ("{folder}+nowhere", "There is no adapter at 'nowhere'"),
    ],
)
async def test_what_there_is_not(tmp_path: Path, spec: str, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        await _open(spec.format(folder=tmp_path))


async def test_a_model_without_a_chat_template(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "tokenizer_config.json").write_text("{}")

    with pytest.raises(EvaluationError, match="has no chat template"):
        await _open(str(tmp_path))


async def test_an_adapter_without_weights(tmp_path: Path) -> None:
    model, adapter = tmp_path / "model", tmp_path / "adapter"
    model.mkdir()
    adapter.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(b"")

    with pytest.raises(AdapterError, match=r"adapter has no adapter_config\.json"):
        await _open(f"{model}+{adapter}")


async def test_no_adapter_is_promoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "home"))

    with pytest.raises(EvaluationError, match="No adapter is promoted"):
        await _open("adapter")
    with pytest.raises(TrainingError, match="nowhere"):
        await _open("adapter:nowhere")
