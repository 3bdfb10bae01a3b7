"""`model fit` against mlx itself: what a conversation takes, and how fast a model is here; and what the verb prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from punie_training.exceptions import ServingError
from punie_training.mlx.environment import environment
from punie_training.serving.measuring import measure
from punie_training.serving.weights import shape_of
from tests.tiny_models import make_tiny_model

pytest.importorskip("mlx_lm", reason="mlx-lm is not installed")

pytestmark = pytest.mark.timeout(300)

TOKENS = 512
CACHE = f"""
import sys
import mlx.core as mx
from mlx_lm import load
from mlx_lm.models.cache import make_prompt_cache
model, tokenizer = load(sys.argv[1])[:2]
cache = make_prompt_cache(model)
model(mx.zeros((1, {TOKENS}), mx.int32), cache=cache)
mx.eval([each.state for each in cache])
print(sum(each.nbytes for each in cache), mx.get_active_memory())
"""


@pytest.fixture
def tiny(tmp_path: Path, cache: Path) -> Path:
    return make_tiny_model(tmp_path / "tiny", hidden=64, layers=3)


def test_a_conversation_takes_what_mlx_takes(tiny: Path):
    done = subprocess.run(
        [sys.executable, "-P", "-c", CACHE, str(tiny)], env=environment(), capture_output=True, text=True, timeout=200
    )
    taken, held = map(int, done.stdout.split())
    shape = shape_of(tiny)

    # This model's numbers have four bytes, two is usual.
    assert taken == 2 * shape.cache_bytes(TOKENS)
    assert held >= taken + shape.weight_bytes


async def test_a_model_is_measured(tiny: Path):
    speed = await measure(tiny, answer_tokens=16)

    assert (speed.prompt_tokens, speed.answer_tokens) == (512, 16)
    assert speed.prompt_per_second > speed.answer_per_second > 1
    assert speed.peak_bytes > shape_of(tiny).weight_bytes
    assert speed.load_seconds > 0


async def test_what_mlx_cannot_load_is_said(tiny: Path):
    config = json.loads((tiny / "config.json").read_text())
    (tiny / "config.json").write_text(json.dumps({**config, "model_type": "nobody_knows"}))

    with pytest.raises(ServingError, match=r"tiny cannot be measured: .*nobody_knows"):
        await measure(tiny)


async def test_measuring_too_long_is_ended(tiny: Path):
    with pytest.raises(ServingError, match=r"was not measured within 0.05 s"):
        await measure(tiny, seconds=0.05)


def fit(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from punie_ls.cli.training.model_fit import fit_app; fit_app()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=200,
    )


def test_the_verb_says_all_as_json(tiny: Path):
    done = fit(str(tiny), "--json", "--memory", "8", "--measure")

    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["parameters"] == shape_of(tiny).base.parameters
    assert found["budget"] == int((8 << 30) * 2 / 3)
    assert found["serving"]["fits"] is True
    assert found["training"]["fits"] is True
    assert found["speed"]["answer_per_second"] > 1


def test_the_verb_says_what_does_not_fit_and_what_would():
    done = fit("--params", "32B", "--bits", "4", "--memory", "16")

    assert done.returncode == 1
    assert "32B parameters" in done.stdout
    assert "does not fit" in done.stdout
    assert "parameters at 4 bits fits" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--params", "7X"], "'7X' is no number of parameters"),
        (["--params", "7B", "--bits", "3"], "--bits 3: there are 4, 5, 6, 8, 16, 32"),
        (["--params", "7B", "--measure"], "--measure needs a model that is here"),
        (["--params", "7B", "--context", "0"], "--context must be at least 1"),
        ([], "Name a model, or a size with --params 7B"),
        (["no/such-model"], "no/such-model"),
    ],
)
def test_bad_input_is_said(arguments: list[str], message: str, cache: Path):
    done = fit(*arguments)

    assert done.returncode == 2
    assert message in done.stderr.replace("\n", " ")
    assert done.stdout == ""
