"""Does a model fit: shapes have the published sizes, verdicts have numbers, and advice is such that it fits."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from punie_training.exceptions import BaseModelError
from punie_training.mlx.config import LoraConfig
from punie_training.serving.fitting import (
    apple_budget,
    at_bits,
    fit_serving,
    fit_training,
    longest_context,
    serving_need,
    training_need,
)
from punie_training.serving.known_models import KNOWN
from punie_training.serving.weights import parse_size, published_shape, shape_of, sized_shape
from tests.tiny_models import make_tiny_model

GIB = 1 << 30
BY_NAME = {model.name: model for model in KNOWN}
SEVEN = published_shape(BY_NAME["Qwen2.5-Coder-7B"], 4)
LIGHT = LoraConfig(rank=8, batch_size=1, grad_checkpoint=True)

# In billions, as their publisher gives them.
PUBLISHED = {
    "Qwen2.5-Coder-0.5B": 0.49, "Qwen2.5-Coder-1.5B": 1.54, "Qwen2.5-Coder-3B": 3.09, "Qwen2.5-Coder-7B": 7.61,
    "Qwen2.5-Coder-14B": 14.7, "Qwen2.5-Coder-32B": 32.5, "Qwen3-0.6B": 0.6, "Qwen3-1.7B": 1.7, "Qwen3-4B": 4.0,
    "Qwen3-8B": 8.2, "Qwen3-Coder-30B-A3B": 30.5,
}  # fmt: skip


@pytest.mark.parametrize("model", KNOWN, ids=lambda model: model.name)
def test_shapes_have_the_published_number_of_parameters(model):
    assert model.parameters / 1e9 == pytest.approx(PUBLISHED[model.name], rel=0.02)
    assert published_shape(model, 16).base.parameters == model.parameters
    assert published_shape(model, 4).base.parameters == model.parameters


def test_a_mixture_has_few_active_parameters():
    assert BY_NAME["Qwen3-Coder-30B-A3B"].active / 1e9 == pytest.approx(3.3, rel=0.03)


def test_weights_take_half_a_bit_more_than_they_have():
    model = BY_NAME["Qwen2.5-Coder-7B"]

    assert published_shape(model, 4).weight_bytes == pytest.approx(model.parameters * 4.5 / 8, rel=1e-4)
    assert published_shape(model, 16).weight_bytes == model.parameters * 2
    assert at_bits(published_shape(model, 16), 4) == pytest.approx(SEVEN.weight_bytes, rel=1e-4)


def test_a_conversation_takes_what_its_keys_and_values_take():
    # 28 layers, 4 heads of 128, keys and values, two bytes each.
    assert SEVEN.cache_bytes(1000) == 2 * 28 * 4 * 128 * 1000 * 2
    assert SEVEN.cache_bytes(1000, 8) == 2 * 28 * 4 * 128 * 1000 * 8.5 / 8


def test_what_fits_has_no_advice():
    found = fit_serving(SEVEN, 8 * GIB)

    assert found.fits
    assert found.advice == ()
    assert found.need.total == found.need.weights + found.need.cache + found.need.working
    assert found.need.weights == SEVEN.weight_bytes


def test_a_shorter_conversation_is_advised_where_it_fits():
    budget = serving_need(SEVEN, 4096).total
    found = fit_serving(SEVEN, budget, 16_384)

    assert not found.fits
    assert found.advice[0] == "a context of 4,096 tokens fits: --context 4096"
    assert fit_serving(SEVEN, budget, 4096).fits


def test_fewer_bits_are_advised_where_they_fit():
    whole = published_shape(BY_NAME["Qwen2.5-Coder-7B"], 16)
    found = fit_serving(whole, 10 * GIB)

    assert "quantized to 8 bits it fits: punie-ls quantize --bits 8" in found.advice
    assert fit_serving(published_shape(BY_NAME["Qwen2.5-Coder-7B"], 8), 10 * GIB).fits


def test_what_fits_in_no_way_names_a_size_that_does():
    found = fit_serving(published_shape(BY_NAME["Qwen2.5-Coder-32B"], 4), 6 * GIB, 4096)

    (advice,) = found.advice
    assert advice.startswith("a model of ")
    assert advice.endswith(" parameters at 4 bits fits")
    size = parse_size(advice.split()[3])
    assert fit_serving(sized_shape(size, 4), 6 * GIB, 4096).fits


def test_lighter_settings_are_advised_for_training():
    heavy = LoraConfig(rank=8, batch_size=8)
    budget = training_need(SEVEN, LIGHT).total + GIB // 4
    found = fit_training(SEVEN, budget, heavy)

    assert found.advice == ("with batch_size = 1 and grad_checkpoint = true it fits",)


def test_training_a_large_model_says_what_would_fit():
    found = fit_training(published_shape(BY_NAME["Qwen2.5-Coder-32B"], 16), 24 * GIB, LIGHT)

    assert found.advice == ("quantized to 4 bits it fits: punie-ls quantize --bits 4",)
    assert fit_training(published_shape(BY_NAME["Qwen2.5-Coder-32B"], 4), 24 * GIB, LIGHT).fits


def test_the_longest_conversation_fits_and_the_next_step_does_not():
    tokens = longest_context(SEVEN, 6 * GIB)

    assert tokens % 1024 == 0
    assert fit_serving(SEVEN, 6 * GIB, tokens).fits
    assert not fit_serving(SEVEN, 6 * GIB, tokens + 1024).fits
    assert longest_context(SEVEN, 3 * GIB) == 0
    assert longest_context(SEVEN, 600 * GIB) == SEVEN.longest == 32_768


def test_macos_gives_a_share_of_its_memory():
    assert apple_budget(16 * GIB) == int(16 * GIB * 2 / 3)
    assert apple_budget(64 * GIB) == 48 * GIB


@pytest.mark.parametrize(
    ("text", "size"), [("7B", 7 * 10**9), ("0.6b", 6 * 10**8), ("270M", 27 * 10**7), ("20000000", 20_000_000)]
)
def test_sizes_are_read(text: str, size: int):
    assert parse_size(text) == size
    assert sized_shape(size, 8).base.parameters == pytest.approx(size, rel=0.02)


@pytest.mark.parametrize("text", ["", "B", "-7B", "7T", "7 8B", "0B", "1e9", "500K"])
def test_what_is_no_size_is_said(text: str):
    with pytest.raises(ValueError, match="is no number of parameters: write 7B"):
        parse_size(text)


def test_a_folder_is_read_without_loading_it(tmp_path: Path):
    shape = shape_of(make_tiny_model(tmp_path / "tiny", hidden=64, layers=3))

    assert (shape.base.layers, shape.kv_heads, shape.head_dim, shape.longest) == (3, 1, 32, 1024)
    assert shape.weight_bytes == shape.base.parameters * 4
    assert (shape.bits, shape.active, shape.exact) == (32, shape.base.parameters, True)


def test_a_config_without_what_is_needed_is_said(tmp_path: Path):
    folder = make_tiny_model(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    del config["num_hidden_layers"]
    (folder / "config.json").write_text(json.dumps(config))

    with pytest.raises(BaseModelError, match=r"config.json gives no `num_hidden_layers`"):
        shape_of(folder)


def test_a_count_that_is_none_is_said(tmp_path: Path):
    folder = make_tiny_model(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_key_value_heads": "two"}))

    with pytest.raises(BaseModelError, match=r"gives 'two' for `num_key_value_heads`, which is no count"):
        shape_of(folder)


@pytest.mark.parametrize("damage", ["cut", "head", "empty"])
def test_weights_that_are_cut_off_are_said(tmp_path: Path, damage: str):
    folder = make_tiny_model(tmp_path / "tiny")
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes({"cut": data[:-100], "head": struct.pack("<Q", 10**6) + b"{}", "empty": b""}[damage])

    with pytest.raises(BaseModelError, match=r"model.safetensors is not a whole safetensors file"):
        shape_of(folder)
