"""What a model's folder tells about itself, and what is said of folders that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_training.exceptions import BaseModelError
from punie_training.mlx.base_models import fingerprint, read_base
from tests.tiny_models import make_tiny_model


def test_sizes_are_read_without_loading(tmp_path: Path) -> None:
    base = read_base(make_tiny_model(tmp_path / "tiny", hidden=32, layers=2))

    assert (base.model_type, base.hidden, base.layers, base.heads, base.vocabulary) == ("qwen3", 32, 2, 2, 384)
    assert base.parameters == 384 * 32 + 2 * (64 * 32 + 32 * 32 * 2 + 32 * 64 + 2 * 32 + 3 * 64 * 32 + 2 * 32) + 32
    assert base.weight_bytes == 4 * base.parameters
    assert base.bits is None


def test_quantized_parameters_are_counted_one_by_one(tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "tiny", layers=1)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "quantization": {"bits": 4, "group_size": 32}}))
    head = {
        "a.weight": ("U32", [8, 4]),
        "a.scales": ("F16", [8, 1]),
        "a.biases": ("F16", [8, 1]),
        "n.weight": ("F16", [8]),
    }
    _write_head(folder / "model.safetensors", head)

    base = read_base(folder)

    assert base.bits == 4
    assert base.parameters == 8 * 4 * 8 + 8
    assert base.weight_bytes == 8 * 4 * 4 + 2 * 8 * 2 + 8 * 2


def test_a_fingerprint_tells_weights_apart(tmp_path: Path) -> None:
    one, same = make_tiny_model(tmp_path / "one"), make_tiny_model(tmp_path / "same")
    other = make_tiny_model(tmp_path / "other", seed=1)

    assert fingerprint(one) == fingerprint(same)
    assert fingerprint(one) != fingerprint(other)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match=r"gone is no folder: .* `punie-ls model pull NAME` fetches one"):
        read_base(tmp_path / "gone")


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", None, r"has no config\.json: it is not the folder of a model"),
        ("config.json", "{", r"config\.json cannot be read"),
        ("config.json", "{}", r"names no `model_type`"),
        ("config.json", '{"model_type": "x", "vocab_size": 3}', r"gives no `hidden_size`"),
        ("model.safetensors", None, r"has no model\*\.safetensors"),
        ("model.safetensors", "abc", r"is not a whole safetensors file"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(tmp_path: Path, file: str, content: str | None, message: str) -> None:
    folder = make_tiny_model(tmp_path / "tiny")
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)

    with pytest.raises(BaseModelError, match=message):
        read_base(folder)


def test_weights_that_are_cut_off_are_told(tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "tiny")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-1])

    with pytest.raises(BaseModelError, match=r"it is cut off"):
        read_base(folder)


def _write_head(path: Path, tensors: dict[str, tuple[str, list[int]]]) -> None:
    sizes = {"U32": 4, "F16": 2}
    head, place = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = sizes[dtype]
        for number in shape:
            size *= number
        head[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(head).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(place))
