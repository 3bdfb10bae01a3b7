"""Whether a model fits a machine's memory: to be served, and to be trained with LoRA. Reads no machine by itself."""

from __future__ import annotations

from dataclasses import dataclass

from punie_training.mlx import estimates
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.machine import GIB
from punie_training.mlx.trainable import trainable_parameters
from punie_training.serving.weights import ModelShape

# Python, mlx and the tokenizer.
PROCESS_BYTES = 500 << 20
PREFILL_TOKENS = 2048
CONTEXT = 16_384
SHORTEST_CONTEXT = 2_048
EXAMPLE_TOKENS = 512

# What macOS lets the graphics processor take of the memory that it shares.
_SMALL_MACHINE = 36 * GIB
_SMALL_SHARE, _LARGE_SHARE = 2 / 3, 3 / 4


@dataclass(frozen=True)
class Need:
    """Bytes that something takes: `cache` is for keys and values, or for the adapter, its gradients and averages."""

    weights: int
    cache: int
    working: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights + self.cache + self.working


@dataclass(frozen=True)
class Fit:
    """A verdict.

    Args:
        need: what it takes.
        budget: bytes that there are for it.
        advice: what would fit instead, best first; empty when it fits.
    """

    need: Need
    budget: int
    advice: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is enough."""
        return self.need.total <= self.budget


def apple_budget(memory: int) -> int:
    """Bytes that a model may take on an Apple Silicon machine with so much memory, by macOS's default limit."""
    return int(memory * (_SMALL_SHARE if memory <= _SMALL_MACHINE else _LARGE_SHARE))


def serving_need(shape: ModelShape, context: int = CONTEXT, kv_bits: int = 16) -> Need:
    """What serving one conversation of so many tokens takes."""
    batch = min(PREFILL_TOKENS, context)
    working = batch * (8 * shape.base.hidden + 3 * shape.base.intermediate) * 2
    return Need(shape.weight_bytes, shape.cache_bytes(context, kv_bits), PROCESS_BYTES + working)


def training_need(shape: ModelShape, config: LoraConfig, longest: int = EXAMPLE_TOKENS) -> Need:
    """What LoRA takes with these settings and examples of so many tokens, by the estimate that `train` uses."""
    # The adapter, its gradients, and two averages of the optimizer.
    kept = 4 * 4 * trainable_parameters(shape.base, config)
    # The one formula for activations; it is fitted to measured peaks.
    working = estimates.activations(shape.base, config, longest)
    return Need(shape.weight_bytes, kept, PROCESS_BYTES + working)


def fit_serving(shape: ModelShape, budget: int, context: int = CONTEXT) -> Fit:
    """Whether a model can be served, and what else could be."""
    need = serving_need(shape, context)
    if need.total <= budget:
        return Fit(need, budget)
    return Fit(need, budget, tuple(_serving_advice(shape, budget, context)))


def fit_training(shape: ModelShape, budget: int, config: LoraConfig, longest: int = EXAMPLE_TOKENS) -> Fit:
    """Whether a model can be trained with LoRA, and with which settings it could be."""
    need = training_need(shape, config, longest)
    if need.total <= budget:
        return Fit(need, budget)
    return Fit(need, budget, tuple(_training_advice(shape, budget, config, longest)))


def longest_context(shape: ModelShape, budget: int, kv_bits: int = 16) -> int:
    """The most tokens of one conversation that fit, in steps of 1024, no more than the model was made for; 0: none."""
    room = budget - serving_need(shape, SHORTEST_CONTEXT, kv_bits).total
    if room < 0:
        return 0
    # Beyond one prefill only the cache grows.
    tokens = SHORTEST_CONTEXT + room // max(1, shape.cache_bytes(1, kv_bits))
    limit = shape.longest or tokens
    return max(SHORTEST_CONTEXT, min(tokens, limit) // 1024 * 1024)


def at_bits(shape: ModelShape, bits: int) -> int:
    """Bytes of the weights if they were quantized to so many bits."""
    return round(shape.base.parameters * (bits + 0.5) / 8)


def _serving_advice(shape: ModelShape, budget: int, context: int) -> list[str]:
    ways = []
    if (tokens := longest_context(shape, budget)) and tokens < context:
        ways.append(f"a context of {tokens:,} tokens fits: --context {tokens}")
    if (tokens := longest_context(shape, budget, 8)) >= context:
        ways.append(f"a conversation kept at 8 bits fits up to {tokens:,} tokens: kv-bits = 8")
    others = serving_need(shape, context).total - shape.weight_bytes
    for bits in (8, 6, 5, 4):
        if bits < shape.bits and at_bits(shape, bits) + others <= budget:
            ways.append(f"quantized to {bits} bits it fits: punie-ls quantize --bits {bits}")
            break
    return [*ways, f"a model of {_fitting_size(budget - others)} parameters at 4 bits fits"]


def _training_advice(shape: ModelShape, budget: int, config: LoraConfig, longest: int) -> list[str]:
    settings, ways = config, []
    for name, value in (("batch_size", 1), ("grad_checkpoint", True)):
        if getattr(settings, name) == value:
            continue
        settings = LoraConfig.model_validate({**settings.model_dump(), name: value})
        ways.append(f"{name} = {str(value).lower()}")
        if training_need(shape, settings, longest).total <= budget:
            return [f"with {' and '.join(ways)} it fits"]
    rest = training_need(shape, settings, longest).total - shape.weight_bytes
    with_these = f", with {' and '.join(ways)}," if ways else ""
    if shape.bits > 4 and at_bits(shape, 4) + rest <= budget:
        return [f"quantized to 4 bits{with_these} it fits: punie-ls quantize --bits 4"]
    return [f"a model of about {_fitting_size(budget * 0.6)} parameters at 4 bits fits, with grad_checkpoint = true"]


def _fitting_size(budget: float) -> str:
    billions = max(0.1, budget / (4.5 / 8) / 10**9)
    return f"{billions:.1f}B" if billions < 10 else f"{billions:.0f}B"
