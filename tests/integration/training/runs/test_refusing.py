"""What cannot be trained is refused before anything is spent, with what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from punie_training.dataset import Dataset, load
from punie_training.exceptions import BaseModelError, DatasetError, EvaluationError, RunError
from punie_training.runs.plan import Evaluating
from punie_training.runs.planning import TrainRequest, plan_run
from punie_training.runs.training import preview, start
from tests.integration.training.runs.conftest import Place
from tests.tiny_models import make_tiny_model


async def look(request: TrainRequest) -> str:
    return (await preview(plan_run(request), lambda event: None)).checks


async def test_a_preview_says_what_a_run_would_need_and_leaves_nothing(place: Place) -> None:
    request = TrainRequest(place.data, str(place.base), settings={"iters": 7, "rank": 4})

    assert "lora of rank 4, 7 iterations of 16" in await look(request)
    assert not (place.home / "runs").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rank": 0}, "rank"),
        ({"learning_rate": -1.0}, "learning_rate"),
        ({"rnak": 8}, "`rnak` is no setting"),
    ],
)
def test_settings_that_do_not_exist_are_named(place: Place, settings: dict[str, object], said: str) -> None:
    with pytest.raises(RunError, match=said):
        plan_run(TrainRequest(place.data, str(place.base), settings=settings))


def test_a_base_that_is_not_here_says_how_to_get_it(place: Place, tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="punie-ls model pull mlx-community/Qwen3-4B-4bit"):
        plan_run(TrainRequest(place.data, "mlx-community/Qwen3-4B-4bit"))
    with pytest.raises(BaseModelError, match="is no folder of a model"):
        plan_run(TrainRequest(place.data, str(tmp_path / "nowhere")))
    with pytest.raises(BaseModelError, match=r"config\.json"):
        plan_run(TrainRequest(place.data, str(tmp_path)))


def test_without_any_model_the_one_to_fetch_is_said(place: Place) -> None:
    with pytest.raises(BaseModelError, match=r"There is no base model .* punie-ls model pull mlx-community/"):
        plan_run(TrainRequest(place.data))


async def test_a_base_without_a_template_is_refused_before_anything_is_spent(place: Place, tmp_path: Path) -> None:
    base = make_tiny_model(tmp_path / "bare", hidden=64, template=None)

    with pytest.raises(RunError, match=r"no chat template.*--chat-template qwen3"):
        await look(TrainRequest(place.data, str(base)))
    checked = await look(TrainRequest(place.data, str(base), chat_template="qwen3"))
    assert "iterations" in checked


@pytest.mark.parametrize("name", ["train.jsonl", "manifest.json"])
def test_a_malformed_dataset_is_refused_with_the_file(place: Place, tmp_path: Path, name: str) -> None:
    dataset = load(place.data)
    dataset.save(tmp_path / "data")
    (tmp_path / "data" / name).write_text("{")

    with pytest.raises(DatasetError, match=name):
        plan_run(TrainRequest(tmp_path / "data", str(place.base)))


def shortened(dataset: Dataset, **most: int) -> Dataset:
    splits = {split: examples[: most.get(split, len(examples))] for split, examples in dataset.splits.items()}
    return Dataset(tool_registry=dataset.tool_registry, splits=splits)


async def test_a_dataset_from_which_nothing_can_be_learned_is_refused(place: Place, tmp_path: Path) -> None:
    shortened(load(place.data), train=9).save(tmp_path / "tiny")
    shortened(load(place.data), test=0).save(tmp_path / "untested")

    with pytest.raises(DatasetError, match="9 training examples; at least 10"):
        await look(TrainRequest(tmp_path / "tiny", str(place.base)))
    with pytest.raises(EvaluationError, match="--suite core-20"):
        await look(TrainRequest(tmp_path / "untested", str(place.base)))
    assert "iterations" in await look(
        TrainRequest(tmp_path / "untested", str(place.base), evaluating=Evaluating(suite="core-20"))
    )


async def test_data_without_validation_is_trained_without(place: Place, tmp_path: Path) -> None:
    shortened(load(place.data), valid=0).save(tmp_path / "data")
    plan = plan_run(TrainRequest(tmp_path / "data", str(place.base)))

    found = await preview(plan, lambda event: None)

    assert (found.settings["val_batches"], found.settings["patience"]) == (0, 0)


async def test_another_system_prompt_is_refused(place: Place, tmp_path: Path) -> None:
    dataset = load(place.data)
    examples = tuple(
        example.model_copy(
            update={
                "messages": (
                    example.messages[0].model_copy(update={"content": "Be helpful."}),
                    *example.messages[1:],
                )
            }
        )
        for example in dataset.splits["train"]
    )
    Dataset(tool_registry="tests", splits={**dataset.splits, "train": examples}).save(tmp_path / "data")

    with pytest.raises(RunError, match=r"192 of 256 examples have another system prompt \('Be helpful\.'\)"):
        await look(TrainRequest(tmp_path / "data", str(place.base)))


async def test_a_base_that_its_server_cannot_load_ends_the_run_as_an_error(place: Place, tmp_path: Path) -> None:
    base = make_tiny_model(tmp_path / "broken", hidden=64)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "model_type": "qwen3_of_tomorrow"}))

    with pytest.raises(EvaluationError):
        await start(plan_run(TrainRequest(place.data, str(base))), lambda event: None)


def test_the_command_says_errors_in_a_sentence(place: Place, tmp_path: Path) -> None:
    code = "from punie_ls.cli.training.train import train_app; train_app()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path / "nothing"), "--base", str(place.base)],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert "is no folder. Name one that `punie-ls dataset build` made" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
