"""A run tells what it does while it does it, and leaves an adapter that mlx-lm loads."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from punie_training.exceptions import AdapterError, RunError
from punie_training.mlx import Checkpoint, Ended, Event, LoraConfig, LoraJob, Note, TrainPoint, ValidPoint, run_lora
from tests.tiny_models import make_chats, make_tiny_model

CONFIG = LoraConfig(
    iters=8, batch_size=4, steps_per_report=2, steps_per_eval=4, steps_per_save=4, learning_rate=1e-2, dropout=0.1
)


async def test_events_arrive_in_order_and_the_adapter_is_written(base: Path, chats: Path, tmp_path: Path) -> None:
    events: list[Event] = []

    result = await run_lora(LoraJob(base, chats, tmp_path / "adapter", CONFIG), events.append)

    trained = [event for event in events if isinstance(event, TrainPoint)]
    assert [event.iteration for event in trained] == [2, 4, 6, 8]
    assert [event.iteration for event in events if isinstance(event, ValidPoint)] == [0, 4, 8]
    assert [event.iteration for event in events if isinstance(event, Checkpoint)] == [4, 8]
    assert isinstance(events[-1], Ended)
    assert trained[-1].loss < trained[0].loss < math.log(384) * 1.2
    assert trained[-1].trained_tokens > 200
    assert trained[-1].peak_gb > 0
    assert trained[0].learning_rate > trained[-1].learning_rate > 0
    assert result.points == tuple(event for event in events if isinstance(event, TrainPoint | ValidPoint))
    assert result.best_valid == min(event.loss for event in events if isinstance(event, ValidPoint))
    assert not result.diverged
    described = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert described["lora_parameters"] == {"rank": 8, "scale": 20.0, "dropout": 0.1}
    assert {path.name for path in (tmp_path / "adapter").iterdir()} == {"adapters.safetensors", "adapter_config.json"}


async def test_a_finished_run_is_not_trained_again(base: Path, chats: Path, tmp_path: Path) -> None:
    job = LoraJob(base, chats, tmp_path / "adapter", CONFIG, resume=True)
    first = await run_lora(job)
    written = (tmp_path / "adapter" / "adapters.safetensors").stat()
    events: list[Event] = []

    again = await run_lora(job, events.append)

    assert again == first
    assert isinstance(events[-1], Ended)
    assert (tmp_path / "adapter" / "adapters.safetensors").stat() == written


async def test_an_adapter_that_is_there_is_not_overwritten(base: Path, chats: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "mine").touch()

    with pytest.raises(AdapterError, match=r"adapter already holds something: name another folder"):
        await run_lora(LoraJob(base, chats, tmp_path / "adapter", CONFIG))

    assert (tmp_path / "adapter" / "mine").exists()


async def test_a_batch_adapts_to_a_small_dataset_and_says_so(base: Path, tmp_path: Path) -> None:
    chats = make_chats(tmp_path / "data", train=3, valid=1)
    events: list[Event] = []

    result = await run_lora(LoraJob(base, chats, tmp_path / "adapter", CONFIG), events.append)

    assert [event.text for event in events if isinstance(event, Note)] == [
        "The batch size is 3 instead of 4: there are 3 examples."
    ]
    assert result.notes == ("The batch size is 3 instead of 4: there are 3 examples.",)
    assert (tmp_path / "adapter" / "adapters.safetensors").exists()


async def test_a_ruinous_learning_rate_is_told_and_leaves_no_adapter(base: Path, chats: Path, tmp_path: Path) -> None:
    keys = ("model.embed_tokens", "self_attn.q_proj")
    config = CONFIG.model_copy(update={"learning_rate": 1e3, "iters": 40, "keys": keys})

    result = await run_lora(LoraJob(base, chats, tmp_path / "adapter", config))

    assert result.diverged
    assert "worse than guessing: lower learning_rate" in result.notes[-1]
    assert result.points[-1].iteration < 40
    assert not (tmp_path / "adapter").exists()


async def test_training_that_gets_no_better_stops_early_with_the_best_weights(
    base: Path, chats: Path, tmp_path: Path
) -> None:
    changes = {
        "learning_rate": 0.05,
        "scale": 30.0,
        "iters": 200,
        "steps_per_eval": 2,
        "steps_per_save": 50,
        "patience": 2,
    }
    config = CONFIG.model_copy(update={**changes, "schedule": "constant"})

    result = await run_lora(LoraJob(base, chats, tmp_path / "adapter", config))

    assert result.stopped_early
    valid = [point for point in result.points if isinstance(point, ValidPoint)]
    best = min(valid, key=lambda point: point.loss)
    assert valid.index(best) == len(valid) - 3
    work = tmp_path / "adapter.work"
    assert (tmp_path / "adapter" / "adapters.safetensors").read_bytes() == (work / "best.safetensors").read_bytes()


@pytest.mark.parametrize("kind", ["dora", "full"])
async def test_dora_and_full(base: Path, chats: Path, tmp_path: Path, kind: str) -> None:
    config = CONFIG.model_copy(
        update={"fine_tune_type": kind, "learning_rate": 1e-3, "iters": 4, "grad_checkpoint": True}
    )

    result = await run_lora(LoraJob(base, chats, tmp_path / "adapter", config))

    assert not result.diverged
    assert json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["fine_tune_type"] == kind


def _changed(base: Path, folder: Path, value: float) -> Path:
    """A copy of the base in which one row of a matrix is filled with a value."""
    shutil.copytree(base, folder)
    weights = load_file(folder / "model.safetensors")
    name = "model.layers.0.self_attn.q_proj.weight"
    weights[name] = weights[name].copy()
    weights[name][3] = value
    save_file(weights, folder / "model.safetensors", metadata={"format": "mlx"})
    return folder


async def test_dora_on_rows_of_zeros_is_refused(base: Path, chats: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"fine_tune_type": "dora"})
    empty = _changed(base, tmp_path / "changed", 0.0)

    with pytest.raises(RunError, match=r"rows of zeros \(1 in model\.layers\.0\.self_attn\.q_proj\): use lora"):
        await run_lora(LoraJob(empty, chats, tmp_path / "adapter", config))

    assert not (tmp_path / "adapter").exists()


async def test_a_base_that_gives_no_numbers_is_named(base: Path, chats: Path, tmp_path: Path) -> None:
    damaged = _changed(base, tmp_path / "changed", float("nan"))

    result = await run_lora(LoraJob(damaged, chats, tmp_path / "adapter", CONFIG))

    assert result.diverged
    assert "before anything was learned: the base itself" in result.notes[-1]
    assert not (tmp_path / "adapter").exists()


async def test_a_model_without_a_chat_template_is_named(chats: Path, tmp_path: Path) -> None:
    bare = make_tiny_model(tmp_path / "bare", template=None)

    with pytest.raises(RunError, match=r"the base has no chat template: take an instruct model.*train\.log"):
        await run_lora(LoraJob(bare, chats, tmp_path / "adapter", CONFIG))

    assert not (tmp_path / "adapter").exists()


async def test_a_malformed_line_is_named(base: Path, tmp_path: Path) -> None:
    chats = make_chats(tmp_path / "data")
    with (chats / "train.jsonl").open("a") as stream:
        stream.write('{"messages": [')

    with pytest.raises(RunError, match=r"train\.jsonl, line 25 is not JSON .* build the dataset again"):
        await run_lora(LoraJob(base, chats, tmp_path / "adapter", CONFIG))


async def test_answers_that_no_sequence_reaches_are_refused(base: Path, chats: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"max_seq_length": 16})

    with pytest.raises(RunError, match=r"has no example that fits max_seq_length 16"):
        await run_lora(LoraJob(base, chats, tmp_path / "adapter", config))
