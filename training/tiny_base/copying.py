"""Sets two attention heads of an untrained Qwen3 so that it copies: what followed a token before follows it again.

Training finds such a pair by itself, but only after hours on a processor. The first head tells each token which one
stood before it; the second looks for places whose token before is the present one, and repeats what it finds there.
Everything else stays random, and training may change these heads as it likes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[np.float32]]

# Dimensions of the residual stream: one that is the same for all tokens, and those that tell of the token before.
_SAME = 0
_BEFORE = slice(1, 41)
# Pairs of a head's dimensions: rotary positions turn the first ones fast, and the last ones hardly.
_FAST = 4
_SLOW = 12
_SHARPNESS = 2.5
_COPIED = 2.0


def set_copying_heads(weights: Weights, *, head: int, base: float, seed: int) -> None:
    """Change embeddings and the first heads of layers 0 and 1, in place.

    Args:
        weights: of a Qwen3 with as many key heads as query heads, by mlx-lm's names.
        head: dimensions of a head.
        base: of the rotary positions (`rope_theta`).
        seed: of the codes by which tokens are told apart.
    """
    embeddings = weights["model.embed_tokens.weight"]
    embeddings[:, _BEFORE] = 0
    embeddings[:, _SAME] = np.abs(embeddings).mean() * 4
    random = np.random.default_rng(seed)
    width = embeddings.shape[1]
    codes = random.normal(size=(_BEFORE.stop - _BEFORE.start, width)).astype(np.float32) / np.sqrt(width)
    codes[:, : _BEFORE.stop] = 0
    _look_one_back(_Attention(weights, 0, head), codes, base)
    _look_for_the_same(_Attention(weights, 1, head), codes)


class _Attention:
    """The first head of a layer: views of its rows and columns."""

    def __init__(self, weights: Weights, layer: int, head: int) -> None:
        prefix = f"model.layers.{layer}.self_attn."
        self.size = head
        self.query, self.key, self.value = (weights[f"{prefix}{name}_proj.weight"][:head] for name in "qkv")
        self.out = weights[f"{prefix}o_proj.weight"][:, :head]
        self.sharpness = (weights[f"{prefix}q_norm.weight"], weights[f"{prefix}k_norm.weight"])
        for matrix in (self.query, self.key, self.value, self.out):
            matrix[:] = 0


def _look_one_back(attention: _Attention, codes: NDArray[np.float32], base: float) -> None:
    half = attention.size // 2
    turns = base ** (-np.arange(_FAST) / half)
    attention.query[:_FAST, _SAME] = 1
    attention.key[:_FAST, _SAME] = np.cos(turns)
    attention.key[half : half + _FAST, _SAME] = np.sin(turns)
    for norm in attention.sharpness:
        norm[:_FAST] = norm[half : half + _FAST] = _SHARPNESS
    attention.value[: len(codes)] = codes
    attention.out[_BEFORE, : len(codes)] = np.eye(len(codes))


def _look_for_the_same(attention: _Attention, codes: NDArray[np.float32]) -> None:
    half = attention.size // 2
    slow = [*range(_SLOW, half), *range(half + _SLOW, attention.size)]
    attention.query[slow] = codes[: len(slow)]
    attention.key[slow, np.arange(_BEFORE.start, _BEFORE.stop)] = 1
    for norm in attention.sharpness:
        norm[slow] = np.sqrt(_SHARPNESS)
    width = attention.value.shape[1]
    chosen = np.linspace(_BEFORE.stop, width - 1, attention.size).astype(int)
    attention.value[np.arange(attention.size), chosen] = 1
    attention.out[chosen, np.arange(attention.size)] = _COPIED
