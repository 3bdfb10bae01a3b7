"""A model's shape, as far as memory depends on it: from its folder, from a published one, or from a number alone.

Must not know machines.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

from punie_training.exceptions import BaseModelError
from punie_training.mlx.base_models import BaseModel, Tensor, read_base, read_model_config
from punie_training.serving.known_models import KnownModel, nearest

# mlx keeps a scale and a bias of 16 bits for each group of 64 weights.
GROUP_BITS = 0.5
WIDTHS = (4, 5, 6, 8, 16, 32)
_UNITS = {"K": 10**3, "M": 10**6, "B": 10**9}


@dataclass(frozen=True)
class ModelShape:
    """What the estimates need of a model.

    Args:
        name: how messages call it.
        base: sizes and tensors; for a published shape the tensors that its folder would have.
        kv_heads: heads of keys and values.
        head_dim: numbers in one of them.
        longest: tokens that it was made for; 0 when it does not say.
        active: parameters that take part in one token.
        exact: whether it was read from a folder.
    """

    name: str
    base: BaseModel
    kv_heads: int
    head_dim: int
    longest: int
    active: int
    exact: bool

    @property
    def weight_bytes(self) -> int:
        """Bytes of all weights."""
        return self.base.weight_bytes

    @property
    def bits(self) -> int:
        """Bits of a weight."""
        return self.base.bits or 8 * self.base.float_bytes

    def cache_bytes(self, tokens: int, kv_bits: int = 16) -> int:
        """Bytes of the keys and values of so many tokens."""
        width = kv_bits + (GROUP_BITS if kv_bits < 16 else 0)
        return math.ceil(2 * self.base.layers * self.kv_heads * self.head_dim * tokens * width / 8)


def shape_of(folder: Path) -> ModelShape:
    """The shape of a model's folder, from its config.json and the heads of its safetensors files.

    Raises:
        BaseModelError: something is missing, cut off, or not said.
    """
    base = read_base(folder)
    config = read_model_config(folder)
    text = {**config, **config.get("text_config", {})}
    kv_heads = _count(folder, text, "num_key_value_heads", base.heads)
    head_dim = _count(folder, text, "head_dim", max(1, base.hidden // base.heads))
    every = _count(folder, text, "num_experts", 0) or _count(folder, text, "num_local_experts", 0)
    used = _count(folder, text, "num_experts_per_tok", 1)
    return ModelShape(
        name=folder.name,
        base=base,
        kv_heads=kv_heads,
        head_dim=head_dim,
        longest=_count(folder, text, "max_position_embeddings", 0),
        active=_active(base, every, used),
        exact=True,
    )


def published_shape(model: KnownModel, bits: int = 16) -> ModelShape:
    """The shape of a published model at a width of its weights: 4, 5, 6, 8, 16 or 32 bits."""
    tensors = _tensors(model, bits)
    base = BaseModel(
        folder=Path(model.name),
        model_type="qwen",
        hidden=model.hidden,
        layers=model.layers,
        intermediate=model.intermediate * (model.active_experts or 1),
        heads=model.heads,
        vocabulary=model.vocabulary,
        bits=bits if bits < 16 else None,
        tensors=tensors,
    )
    return ModelShape(model.name, base, model.kv_heads, model.head_dim, 32_768, model.active, exact=False)


def sized_shape(parameters: int, bits: int) -> ModelShape:
    """The shape of a model of which only the size is known: the nearest published one, made as wide as that."""
    like = nearest(parameters)
    scaled = published_shape(like, bits)
    ratio = parameters / like.parameters
    tensors = {
        n: Tensor(t.dtype, (*t.shape[:-1], max(1, round(t.shape[-1] * ratio)))) for n, t in scaled.base.tensors.items()
    }
    base = replace(scaled.base, tensors=tensors)
    name = f"a model of {_size(parameters)} parameters"
    return ModelShape(name, base, like.kv_heads, like.head_dim, scaled.longest, parameters, exact=False)


def parse_size(text: str) -> int:
    """Parameters from `7B`, `0.6b` or `270M`.

    Raises:
        ValueError: it is none of these.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMB]?)", text.strip().upper())
    number = round(float(found[1]) * _UNITS.get(found[2], 1)) if found else 0
    if not 10**7 <= number <= 10**13:
        raise ValueError(f"{text!r} is no number of parameters: write 7B, 1.5B or 270M.")
    return number


def _size(parameters: int) -> str:
    return f"{parameters / 10**9:.3g}B" if parameters >= 10**9 else f"{parameters / 10**6:.3g}M"


def _count(folder: Path, config: dict[str, object], name: str, default: int) -> int:
    value = config.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BaseModelError(f"{folder / 'config.json'} gives {value!r} for `{name}`, which is no count.")
    return value


def _active(base: BaseModel, experts: int, used: int) -> int:
    if not experts:
        return base.parameters
    mixed = sum(t.size for n, t in base.tensors.items() if "expert" in n or "switch_mlp" in n)
    every = sum(t.size for t in base.tensors.values()) or 1
    return round(base.parameters * (1 - mixed / every * (1 - used / experts)))


def _tensors(model: KnownModel, bits: int) -> dict[str, Tensor]:
    """The tensors that a folder of this model would have, under Qwen's names."""
    wide, hidden = model.head_dim * model.heads, model.hidden
    narrow = model.head_dim * model.kv_heads
    inner = model.intermediate
    attention = {
        "q_proj": (wide, hidden),
        "k_proj": (narrow, hidden),
        "v_proj": (narrow, hidden),
        "o_proj": (hidden, wide),
    }
    mlp = {"gate_proj": (inner, hidden), "up_proj": (inner, hidden), "down_proj": (hidden, inner)}
    shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens": (model.vocabulary, hidden)}
    if not model.tied:
        shapes["lm_head"] = (model.vocabulary, hidden)
    for layer in range(model.layers):
        at = f"model.layers.{layer}"
        shapes |= {f"{at}.self_attn.{name}": shape for name, shape in attention.items()}
        if model.experts:
            shapes[f"{at}.mlp.gate"] = (model.experts, hidden)
            shapes |= {f"{at}.mlp.switch_mlp.{name}": (model.experts, *shape) for name, shape in mlp.items()}
        else:
            shapes |= {f"{at}.mlp.{name}": shape for name, shape in mlp.items()}
    return {name: tensor for key, shape in shapes.items() for name, tensor in _stored(key, shape, bits)}


def _stored(key: str, shape: tuple[int, ...], bits: int) -> list[tuple[str, Tensor]]:
    if bits >= 16:
        return [(f"{key}.weight", Tensor("F32" if bits == 32 else "BF16", shape))]
    groups = (*shape[:-1], shape[-1] // 64)
    packed = Tensor("U32", (*shape[:-1], shape[-1] * bits // 32))
    return [
        (f"{key}.weight", packed),
        (f"{key}.scales", Tensor("BF16", groups)),
        (f"{key}.biases", Tensor("BF16", groups)),
    ]
