"""What a model's folder says about itself: read from its config and the heads of its weights, without loading them."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from punie_training.exceptions import BaseModelError

_SAMPLES = 64
_SAMPLE_BYTES = 1 << 14
_MAX_HEAD = 100 << 20
_BITS = {"F64": 64, "F32": 32, "U32": 32, "I32": 32, "F16": 16, "BF16": 16, "I64": 64, "U8": 8, "I8": 8}


@dataclass(frozen=True)
class Tensor:
    """A tensor's type, as safetensors names it, and its shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Its elements."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Its bytes."""
        return self.size * _BITS.get(self.dtype, 32) // 8


@dataclass(frozen=True)
class BaseModel:
    """A folder of a model: its sizes and its tensors by their names. `bits` is None when it is not quantized."""

    folder: Path
    model_type: str
    hidden: int
    layers: int
    intermediate: int
    heads: int
    vocabulary: int
    bits: int | None
    tensors: dict[str, Tensor]

    @property
    def weight_bytes(self) -> int:
        """Bytes of all weights."""
        return sum(tensor.bytes for tensor in self.tensors.values())

    @property
    def parameters(self) -> int:
        """How many parameters it has, quantized ones counted one by one."""
        scales = {name for name in self.tensors if name.endswith((".scales", ".biases"))}
        packed = {name.rpartition(".")[0] + ".weight" for name in scales}
        return sum(
            tensor.size * (32 // self.bits if self.bits and name in packed else 1)
            for name, tensor in self.tensors.items()
            if name not in scales
        )

    @property
    def float_bytes(self) -> int:
        """Bytes of one of its floating-point numbers."""
        kinds = [_BITS[tensor.dtype] // 8 for tensor in self.tensors.values() if tensor.dtype in ("F32", "F16", "BF16")]
        return max(kinds, default=2)


def read_base(folder: Path) -> BaseModel:
    """What a model's folder holds.

    Raises:
        BaseModelError: it is missing, or is not a model that mlx-lm can load.
    """
    config = read_model_config(folder)
    text = {**config, **config.get("text_config", {})}
    quantization = config.get("quantization") or config.get("quantization_config") or {}
    hidden = _number(folder, text, "hidden_size")
    return BaseModel(
        folder=folder,
        model_type=str(config.get("model_type", "")),
        hidden=hidden,
        layers=_number(folder, text, "num_hidden_layers"),
        intermediate=int(text.get("intermediate_size") or 4 * hidden),
        heads=int(text.get("num_attention_heads") or max(1, hidden // 64)),
        vocabulary=_number(folder, text, "vocab_size"),
        bits=quantization.get("bits"),
        tensors=read_tensors(folder),
    )


def read_model_config(folder: Path) -> dict[str, Any]:
    """A model's config.json. Raises BaseModelError."""
    if not folder.is_dir():
        raise BaseModelError(
            f"{folder} is no folder: name the folder of a model; `punie-ls model pull NAME` fetches one from the hub."
        )
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BaseModelError(f"{folder} has no config.json: it is not the folder of a model.") from error
    except (OSError, ValueError) as error:
        raise BaseModelError(f"{folder / 'config.json'} cannot be read ({error}): fetch the model again.") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise BaseModelError(f"{folder / 'config.json'} names no `model_type`: it is not the config of a model.")
    return config


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The tensors of a folder's model*.safetensors by their names. Raises BaseModelError."""
    files = sorted(folder.glob("model*.safetensors"))
    if not files:
        raise BaseModelError(f"{folder} has no model*.safetensors: mlx-lm needs its weights in this form.")
    tensors: dict[str, Tensor] = {}
    for file in files:
        tensors |= read_head(file)
    return tensors


def read_head(file: Path) -> dict[str, Tensor]:
    """The tensors of one safetensors file. Raises BaseModelError when it is cut off or of another form."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > _MAX_HEAD:
                raise ValueError("its head is too long")
            head = json.loads(stream.read(length))
            last = max((entry["data_offsets"][1] for name, entry in head.items() if name != "__metadata__"), default=0)
        if file.stat().st_size < 8 + length + last:
            raise ValueError("it is cut off")
        return {
            name: Tensor(entry["dtype"], tuple(entry["shape"]))
            for name, entry in head.items()
            if name != "__metadata__"
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise BaseModelError(f"{file} is not a whole safetensors file ({error}): fetch or train it again.") from error


def fingerprint(folder: Path) -> str:
    """What tells one base from another: a hash of its config, and of samples all over its weights (not of all bytes).

    Raises:
        BaseModelError: it is no model.
    """
    read_model_config(folder)
    files = sorted(folder.glob("model*.safetensors"))
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for file in files:
        size = file.stat().st_size
        digest.update(f"{file.name} {size}".encode())
        with file.open("rb") as stream:
            for place in range(_SAMPLES):
                stream.seek(max(0, size - _SAMPLE_BYTES) * place // (_SAMPLES - 1))
                digest.update(stream.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _number(folder: Path, config: dict[str, Any], name: str) -> int:
    value = config.get(name)
    if not isinstance(value, int) or value < 1:
        raise BaseModelError(f"{folder / 'config.json'} gives no `{name}`: this kind of model cannot be trained here.")
    return value
