"""Fused and quantized models: made whole, loaded by mlx-lm, and refused where they would be wrong."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from pathlib import Path

import pytest

from punie_training.exceptions import AdapterError, RunError
from punie_training.mlx import LoraConfig, LoraJob, environment, fuse, module_command, quantize, run_lora
from punie_training.mlx.base_models import read_base
from tests.tiny_models import make_chats, make_tiny_model

_LOSS = """
import sys
from punie_training.mlx import blas
blas.load()
import mlx_lm, mlx.core as mx
folder, adapter = sys.argv[1], sys.argv[2] or None
model, tokenizer = mlx_lm.load(folder, adapter_path=adapter)[:2]
tokens = mx.array([tokenizer.encode("How many type errors are there in src?")])
print(model(tokens).astype(mx.float32).sum().item())
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A base and its adapter; not to be changed."""
    folder = tmp_path_factory.mktemp("trained")
    base = make_tiny_model(folder / "base")
    (base / "LICENSE").write_text("Free.")
    config = LoraConfig(
        iters=4, batch_size=4, learning_rate=2e-2, val_batches=0, keys=("self_attn.q_proj", "mlp.up_proj")
    )
    asyncio.run(run_lora(LoraJob(base, make_chats(folder / "data"), folder / "adapter", config)))
    return base, folder / "adapter"


def logits(folder: Path, adapter: Path | None = None) -> float:
    command = [*module_command("x")[:2], "-c", _LOSS, str(folder), str(adapter or "")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1])


async def test_fused_is_what_base_and_adapter_are_together(trained: tuple[Path, Path], tmp_path: Path) -> None:
    base, adapter = trained

    out = await fuse(base, adapter, tmp_path / "fused")

    assert logits(out) == pytest.approx(logits(base, adapter), abs=1e-2)
    assert abs(logits(out) - logits(base)) > 1
    assert read_base(out).bits is None
    assert (out / "LICENSE").read_text() == "Free."
    assert json.loads((out / "punie.json").read_text()) == {
        "base": "base",
        "licence": "see LICENSE",
        "adapter": "adapter",
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


async def test_half_precision_and_each_width(trained: tuple[Path, Path], tmp_path: Path) -> None:
    base, adapter = trained

    half = await fuse(base, adapter, tmp_path / "half", dtype="float16")
    whole = read_base(base).weight_bytes
    assert read_base(half).weight_bytes == whole // 2
    sizes = [read_base(await quantize(half, tmp_path / f"{bits}bit", bits)).weight_bytes for bits in (4, 8)]

    assert sizes[0] < sizes[1] < whole // 2
    assert read_base(tmp_path / "4bit").bits == 4
    assert logits(tmp_path / "8bit") == pytest.approx(logits(half), rel=0.2, abs=5)
    with pytest.raises(RunError, match=r"is quantized to 4 bits already: quantize the model that it was made from"):
        await quantize(tmp_path / "4bit", tmp_path / "again", 8)


async def test_a_quantized_base_is_dequantized(trained: tuple[Path, Path], tmp_path: Path) -> None:
    base, adapter = trained
    narrow = await quantize(base, tmp_path / "8bit", 8)

    with pytest.raises(AdapterError, match=r"pass --other-base"):
        await fuse(narrow, adapter, tmp_path / "fused")
    out = await fuse(narrow, adapter, tmp_path / "fused", other_base=True)

    assert read_base(out).bits is None


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ((32, 2, 5), r"was trained on other weights than those of .*other, though of the same shapes"),
        (
            (64, 2, 0),
            r"is for another base than .*: model\.layers\.0\.mlp\.up_proj is \(128, 64\) there, but lora_",
        ),
        ((32, 1, 0), r"is for another base than .*: it has no model\.layers\.1\."),
    ],
)
async def test_another_base_is_refused(
    trained: tuple[Path, Path], tmp_path: Path, other: tuple[int, int, int], message: str
) -> None:
    hidden, layers, seed = other
    model = make_tiny_model(tmp_path / "other", hidden=hidden, layers=layers, seed=seed)

    with pytest.raises(AdapterError, match=message):
        await fuse(model, trained[1], tmp_path / "fused")

    assert not (tmp_path / "fused").exists()


async def test_a_damaged_adapter_is_refused(trained: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "adapter_config.json").write_text("{}")

    with pytest.raises(AdapterError, match=r"has no adapters\.safetensors: its training has not ended well"):
        await fuse(trained[0], tmp_path / "adapter", tmp_path / "fused")


async def test_an_interrupted_fuse_leaves_nothing_that_looks_done(trained: tuple[Path, Path], tmp_path: Path) -> None:
    base, adapter = trained
    running = asyncio.create_task(fuse(base, adapter, tmp_path / "fused", dtype="float16"))
    await asyncio.sleep(0.5)
    began = time.monotonic()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert time.monotonic() - began < 2
    assert list(tmp_path.glob("*fused*")) == []
    assert list(tmp_path.glob(".fused*")) == []


async def test_a_failure_of_mlx_lm_is_explained(trained: tuple[Path, Path], tmp_path: Path) -> None:
    odd = make_tiny_model(tmp_path / "odd")
    config = json.loads((odd / "config.json").read_text())
    (odd / "config.json").write_text(json.dumps({**config, "model_type": "abacus"}))

    with pytest.raises(RunError, match=r"Quantizing failed: mlx-lm does not know this kind of model"):
        await quantize(odd, tmp_path / "out", 4)

    assert not (tmp_path / "out").exists()
