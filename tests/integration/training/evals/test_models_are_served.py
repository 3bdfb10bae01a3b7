"""A model's folder is served by the real mlx_lm.server while it is evaluated, and survives one death of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from punie_training.evals import EvalOptions, evaluate, load_result, open_answerer
from punie_training.evals.evaluating import EvaluationCut, Progress
from punie_training.evals.served import ServedAnswerer
from punie_training.evals.suite import Case, Suite
from punie_training.exceptions import AdapterError, EvaluationError
from tests.tiny_models import make_tiny_model, write_safetensors

pytest.importorskip("mlx_lm")

CASES = tuple(Case(id=f"c{n}", category="single_tool", query=f"Lint {n}", programs=("ruff_check()",)) for n in range(6))
SUITE = Suite(name="six", cases=CASES)


@pytest.fixture(name="model")
def _model(tmp_path: Path) -> Path:
    return make_tiny_model(tmp_path / "tiny model+1")


def _server_of(answerer: ServedAnswerer) -> int:
    """The process id of the server, which a keeper runs."""
    server = answerer._server
    assert server is not None
    keeper = server._process.pid
    return int(Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()[0])


async def test_answers_over_http(model: Path) -> None:
    async with open_answerer(str(model), max_tokens=8) as answerer:
        assert isinstance(answerer, ServedAnswerer)
        process = _server_of(answerer)
        result = await evaluate(answerer, SUITE)

    assert result.complete
    assert all(0 < case.tokens <= 8 for case in result.cases)
    assert all(case.first_token_seconds is not None for case in result.cases)
    assert result.latency["tokens_per_second"] > 0
    assert answerer.starts == 1
    assert not Path(f"/proc/{process}").exists()


async def test_a_seed_gives_the_same_answer_again(model: Path) -> None:
    async with open_answerer(str(model), max_tokens=12) as answerer:
        one = await answerer.answer("Lint", temperature=1.0, seed=1)
        same = await answerer.answer("Lint", temperature=1.0, seed=1)
        other = await answerer.answer("Lint", temperature=1.0, seed=2)

    assert one.text == same.text != other.text


async def test_a_server_that_dies_once_is_restarted(model: Path) -> None:
    async with open_answerer(str(model), max_tokens=8) as answerer:
        assert isinstance(answerer, ServedAnswerer)
        os.kill(_server_of(answerer), signal.SIGKILL)
        result = await evaluate(answerer, SUITE)

    assert result.complete
    assert answerer.starts == 2


async def test_a_server_that_keeps_dying_ends_it_with_what_was_answered(model: Path, tmp_path: Path) -> None:
    options = EvalOptions(at_once=1, partial=tmp_path / "part.json")
    async with open_answerer(str(model), max_tokens=8) as answerer:
        assert isinstance(answerer, ServedAnswerer)
        killing: list[asyncio.Task[None]] = []

        async def kill() -> None:
            while True:
                with contextlib.suppress(OSError, IndexError, AssertionError):
                    os.kill(_server_of(answerer), signal.SIGKILL)
                await asyncio.sleep(0.05)

        def begin(progress: Progress) -> None:
            if progress.done == 2:
                killing.append(asyncio.create_task(kill()))

        try:
            with pytest.raises(EvaluationCut, match=r"tiny model\+1.* answers are in"):
                await evaluate(answerer, SUITE, options, begin)
        finally:
            killing[0].cancel()

    kept = load_result(tmp_path / "part.json")
    assert not kept.complete
    assert len(kept.cases) >= 2


async def test_a_model_that_cannot_be_loaded(model: Path) -> None:
    (model / "model.safetensors").write_bytes(b"no weights")

    with pytest.raises(EvaluationError, match=r"cannot be loaded \(it says: .+\)"):
        async with open_answerer(str(model)):
            pass


async def test_an_adapter_of_another_model(model: Path, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    weights = {"model.layers.0.self_attn.q_proj.lora_a": np.zeros((96, 4), "<f4")}
    write_safetensors(adapter / "adapters.safetensors", weights)
    (adapter / "adapter_config.json").write_text('{"fine_tune_type": "lora", "num_layers": 1}')

    with pytest.raises(AdapterError, match="is for another base than"):
        async with open_answerer(f"{model}+{adapter}"):
            pass
