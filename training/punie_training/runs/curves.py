"""Loss curves as inline SVG. Knows points alone: no run, no file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 38
_TICKS = 5
# A ruined run's loss would press the rest of the curve flat.
_CAP = 3.0


@dataclass(frozen=True)
class Curve:
    """A line: a name, a CSS class, and its points as (iteration, loss)."""

    name: str
    style: str
    points: tuple[tuple[float, float], ...]


def loss_curves(curves: Sequence[Curve]) -> str:
    """An SVG of losses over iterations; a sentence when there is none. Values that are no numbers are gaps."""
    drawn = [Curve(c.name, c.style, tuple(p for p in c.points if math.isfinite(p[1]))) for c in curves]
    every = [point for curve in drawn for point in curve.points]
    if not every:
        return "<p class='quiet'>No losses were reported.</p>"
    scale = _Scale.of(every)
    parts = [
        f"<svg class='curves' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='Loss over iterations'>",
        *_grid(scale),
        *(_line(curve, scale) for curve in drawn if curve.points),
        *_legend(drawn),
        "</svg>",
    ]
    return "".join(parts)


@dataclass(frozen=True)
class _Scale:
    first: float
    last: float
    low: float
    high: float

    @classmethod
    def of(cls, points: Sequence[tuple[float, float]]) -> _Scale:
        iterations = [x for x, _ in points]
        losses = sorted(y for _, y in points)
        high = min(losses[-1], max(losses[len(losses) // 2] * _CAP, points[0][1] * 1.2))
        high = high if high > losses[0] else losses[0] + 1.0
        return cls(min(iterations), max(max(iterations), min(iterations) + 1), min(0.0, losses[0]), high)

    def x(self, iteration: float) -> float:
        return LEFT + (iteration - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def y(self, loss: float) -> float:
        share = (min(loss, self.high) - self.low) / (self.high - self.low)
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _grid(scale: _Scale) -> list[str]:
    parts = []
    for step in range(_TICKS):
        share = step / (_TICKS - 1)
        loss = scale.low + share * (scale.high - scale.low)
        iteration = scale.first + share * (scale.last - scale.first)
        y, x = scale.y(loss), scale.x(iteration)
        parts.append(f"<line class='grid' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}'/>")
        parts.append(f"<text x='{LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{loss:.2f}</text>")
        parts.append(f"<text x='{x:.1f}' y='{HEIGHT - 16}' text-anchor='middle'>{iteration:.0f}</text>")
    parts.append(f"<text x='{(LEFT + WIDTH - RIGHT) / 2}' y='{HEIGHT - 2}' text-anchor='middle'>iterations</text>")
    return parts


def _line(curve: Curve, scale: _Scale) -> str:
    places = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in curve.points)
    dots = "".join(
        f"<circle class='{curve.style}' cx='{scale.x(x):.1f}' cy='{scale.y(y):.1f}' r='3'>"
        f"<title>{escape(curve.name)}, iteration {x:.0f}: {y:.4f}</title></circle>"
        for x, y in curve.points
    )
    return f"<polyline class='{curve.style}' points='{places}'/>{dots}"


def _legend(curves: Sequence[Curve]) -> list[str]:
    parts = []
    for number, curve in enumerate(curve for curve in curves if curve.points):
        x, y = LEFT + 120 * number, HEIGHT - 2
        parts.append(f"<line class='{curve.style} key' x1='{x}' x2='{x + 24}' y1='{y - 4}' y2='{y - 4}'/>")
        parts.append(f"<text x='{x + 32}' y='{y}'>{escape(curve.name)}</text>")
    return parts
