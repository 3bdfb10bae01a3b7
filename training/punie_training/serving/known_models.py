"""Sizes of models that people ask for, as their published configurations give them. Knows no machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownModel:
    """A model's published shape. `experts` is 0 for a dense one; then `intermediate` is one expert's."""

    name: str
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool
    licence: str
    experts: int = 0
    active_experts: int = 0

    @property
    def parameters(self) -> int:
        """All parameters, without norms and biases (less than a thousandth)."""
        return self._shared + self.layers * (self.experts or 1) * self._mlp

    @property
    def active(self) -> int:
        """Parameters that take part in one token."""
        return self._shared + self.layers * (self.active_experts or 1) * self._mlp

    @property
    def _mlp(self) -> int:
        return 3 * self.hidden * self.intermediate

    @property
    def _shared(self) -> int:
        attention = self.hidden * self.head_dim * (2 * self.heads + 2 * self.kv_heads)
        router = self.hidden * self.experts
        return self.layers * (attention + router) + self.vocabulary * self.hidden * (1 if self.tied else 2)


_APACHE = "Apache-2.0"
_VOCABULARY = 151_936

# The smallest first.
KNOWN: tuple[KnownModel, ...] = (
    KnownModel("Qwen2.5-Coder-0.5B", 24, 896, 4864, 14, 2, 64, _VOCABULARY, True, _APACHE),
    KnownModel("Qwen3-0.6B", 28, 1024, 3072, 16, 8, 128, _VOCABULARY, True, _APACHE),
    KnownModel("Qwen2.5-Coder-1.5B", 28, 1536, 8960, 12, 2, 128, _VOCABULARY, True, _APACHE),
    KnownModel("Qwen3-1.7B", 28, 2048, 6144, 16, 8, 128, _VOCABULARY, True, _APACHE),
    KnownModel("Qwen2.5-Coder-3B", 36, 2048, 11008, 16, 2, 128, _VOCABULARY, True, "Qwen Research"),
    KnownModel("Qwen3-4B", 36, 2560, 9728, 32, 8, 128, _VOCABULARY, True, _APACHE),
    KnownModel("Qwen2.5-Coder-7B", 28, 3584, 18944, 28, 4, 128, 152_064, False, _APACHE),
    KnownModel("Qwen3-8B", 36, 4096, 12288, 32, 8, 128, _VOCABULARY, False, _APACHE),
    KnownModel("Qwen2.5-Coder-14B", 48, 5120, 13824, 40, 8, 128, 152_064, False, _APACHE),
    KnownModel("Qwen3-Coder-30B-A3B", 48, 2048, 768, 32, 4, 128, _VOCABULARY, False, _APACHE, 128, 8),
    KnownModel("Qwen2.5-Coder-32B", 64, 5120, 27648, 40, 8, 128, 152_064, False, _APACHE),
)


def nearest(parameters: int) -> KnownModel:
    """The known dense model whose size is nearest, by ratio."""
    dense = [model for model in KNOWN if not model.experts]
    return min(dense, key=lambda model: max(model.parameters / parameters, parameters / model.parameters))
