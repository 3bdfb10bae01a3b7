"""One model at several widths, each evaluated: where quantizing loses what the adapter had learned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from punie_training.mlx.base_models import read_base
from punie_training.mlx.fusing import WIDTHS, Bits, quantize

if TYPE_CHECKING:
    from punie_training.evals import EvalOptions, Suite

MEASURE = "tool"
# A smaller loss may be chance.
TOLERANCE = 0.05
# Of what the adapter has gained over its base.
LEAST_KEPT = 0.5


@dataclass(frozen=True)
class Row:
    """One model: its width (None is the model as it is), its size, its shares of right answers, its latency."""

    bits: int | None
    size_bytes: int
    scores: dict[str, float]
    answer_seconds: float | None
    tokens_per_second: float | None

    @property
    def name(self) -> str:
        """Of the width."""
        return "as it is" if self.bits is None else f"{self.bits} bits"


@dataclass(frozen=True)
class Sweep:
    """All widths, the widest first; `base` is the tool accuracy of the model without its adapter, where it is known."""

    rows: tuple[Row, ...]
    base: float | None = None

    @property
    def has_signal(self) -> bool:
        """Whether the model itself chooses tools better than not at all, and than its base."""
        return self.rows[0].scores[MEASURE] > (self.base or 0.0)

    @property
    def lost_at(self) -> Row | None:
        """The widest width from which on, downwards, the signal is lost; None when the narrowest one keeps it."""
        lost = None
        for row in sorted(self.rows[1:], key=lambda row: row.bits or 0):
            if not self.is_lost(row):
                break
            lost = row
        return lost

    def is_lost(self, row: Row) -> bool:
        """Whether too much of the accuracy is gone: over 5 points, or, with a base, over half of what was gained."""
        whole, now = self.rows[0].scores[MEASURE], row.scores[MEASURE]
        if self.base is not None and whole > self.base:
            return (now - self.base) / (whole - self.base) < LEAST_KEPT
        return whole - now > TOLERANCE

    @property
    def verdict(self) -> str:
        """In a sentence or two."""
        whole = self.rows[0].scores[MEASURE]
        if not self.has_signal:
            than = f" (its base: {self.base:.0%})" if self.base is not None else ""
            return (
                f"The model itself chooses the right tool in {whole:.0%}{than}: there is no signal that could be lost."
            )
        lost = self.lost_at
        kept = [row for row in self.rows[1:] if not self.is_lost(row)]
        if lost is None and len(kept) == len(self.rows) - 1:
            least = min(kept, key=lambda row: row.bits or 0)
            return f"No width loses what was learned: {least.name} keep {least.scores[MEASURE]:.0%} of {whole:.0%}."
        if lost is None:
            uneven = ", ".join(row.name for row in self.rows[1:] if self.is_lost(row))
            return f"Uneven: {uneven} lose more than narrower widths. Evaluate with more queries."
        narrow = min(
            (row for row in kept if (row.bits or 0) > (lost.bits or 0)), key=lambda r: r.bits or 0, default=None
        )
        advice = f" Take {narrow.name} or more." if narrow else " Do not quantize it."
        return f"The signal is lost at {lost.name}: {lost.scores[MEASURE]:.0%} instead of {whole:.0%}.{advice}"


async def sweep(
    model: Path,
    suite: Suite,
    folder: Path,
    *,
    widths: tuple[Bits, ...] = WIDTHS,
    base: str | None = None,
    options: EvalOptions | None = None,
    on_step: Callable[[str], None] = lambda _text: None,
) -> Sweep:
    """Quantize a model to each width and evaluate it.

    Args:
        model: a model that is not quantized, with its adapter fused.
        suite: what they are asked.
        folder: where the quantized models go, in folders such as `4bit`.
        widths: which ones.
        base: the model without the adapter, as `open_answerer` names models; it tells what the adapter had gained.
        options: of the evaluations.
        on_step: is told what begins.

    Raises:
        RunError, BaseModelError: the model cannot be quantized.
        EvaluationError: one of them cannot be evaluated.
    """
    rows = []
    for bits in (None, *sorted(widths, reverse=True)):
        place = model
        if bits is not None:
            on_step(f"quantizing to {bits} bits")
            place = await quantize(model, folder / f"{bits}bit", bits)
        on_step(f"evaluating {'the model as it is' if bits is None else f'{bits} bits'}")
        rows.append(await _row(place, bits, suite, options))
    alone = None
    if base:
        on_step("evaluating the base")
        alone = (await _evaluated(base, suite, options))[0][MEASURE]
    return Sweep(tuple(rows), alone)


async def _row(place: Path, bits: int | None, suite: Suite, options: EvalOptions | None) -> Row:
    size = (await asyncio.to_thread(read_base, place)).weight_bytes
    scores, latency = await _evaluated(str(place), suite, options)
    return Row(bits, size, scores, latency.get("answer_seconds"), latency.get("tokens_per_second"))


async def _evaluated(spec: str, suite: Suite, options: EvalOptions | None) -> tuple[dict[str, float], dict[str, float]]:
    from punie_training.evals import evaluate, open_answerer

    async with open_answerer(spec) as answerer:
        result = await evaluate(answerer, suite, options)
    return result.summary, result.latency
