"""Charts as inline SVG in the colours of the page. Knows numbers and labels alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

LABEL_WIDTH = 150
BAR_WIDTH = 420
BAR = 13
_COLOURS = ("var(--mark)", "var(--good)", "var(--bad)")


def bars(rows: Sequence[tuple[str, Sequence[float]]], series: Sequence[str]) -> str:
    """Horizontal bars of shares from 0 to 1, in groups.

    Args:
        rows: each group's label, and a share for each series.
        series: what the shares are, at most three.
    """
    group = BAR * len(series) + 12
    top = 26
    height = top + group * len(rows) + 4
    parts = [_legend(series)]
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = LABEL_WIDTH + BAR_WIDTH * share
        parts.append(f'<line x1="{x:g}" y1="{top - 4}" x2="{x:g}" y2="{height}" stroke="var(--line)"/>')
    for number, (label, shares) in enumerate(rows):
        y = top + number * group
        parts.append(_right(LABEL_WIDTH - 10, y + group / 2 - 2, label))
        for index, share in enumerate(shares):
            place = y + index * BAR
            width = BAR_WIDTH * min(max(share, 0), 1)
            parts.append(
                f'<rect x="{LABEL_WIDTH}" y="{place:g}" width="{max(width, 1):.1f}" height="{BAR - 3}" rx="1.5" '
                f'fill="{_COLOURS[index]}"/>'
            )
            text = f"{100 * share:.0f} %"
            parts.append(f'<text class="dim" x="{LABEL_WIDTH + width + 6:.1f}" y="{place + BAR - 4:g}">{text}</text>')
    return _svg(LABEL_WIDTH + BAR_WIDTH + 60, height, parts, "Shares by group")


def histogram(values: Sequence[float], unit: str, *, most: int = 24) -> str:
    """How often which value: columns of equal width from 0 on; "" without values."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    count = min(most, max(6, round(math.sqrt(len(finite)) * 2)))
    end = max(finite) or 1.0
    found = Counter(min(int(value / end * count), count - 1) for value in finite)
    width, height, bottom = 560, 120, 138
    step, highest = width / count, max(found.values())
    parts = [
        f'<rect x="{i * step + 1:.1f}" y="{bottom - n / highest * height:.1f}" width="{step - 2:.1f}" '
        f'height="{n / highest * height:.1f}" rx="1.5" fill="var(--mark)"/>'
        for i, n in sorted(found.items())
    ]
    parts.append(f'<line x1="0" y1="{bottom}" x2="{width}" y2="{bottom}" stroke="var(--line)"/>')
    parts.append(f'<text class="dim" x="0" y="{bottom + 16}">0</text>')
    parts.append(_right(width, bottom + 16, f"{end:.3g} {unit}", dim=True))
    parts.append(f'<text class="dim" x="0" y="12">most: {highest}</text>')
    return _svg(width, bottom + 22, parts, f"Distribution in {unit}")


def matrix(rows: Mapping[str, Mapping[str, int]]) -> str:
    """A confusion matrix as a table: rows are what was expected, columns what came, darker for more."""
    columns = sorted({name for row in rows.values() for name in row} | set(rows))
    head = "".join(f'<th class="head">{escape(name)}</th>' for name in columns)
    lines = []
    for name, row in rows.items():
        total = sum(row.values()) or 1
        cells = "".join(_cell(row.get(column, 0), total, right=column == name) for column in columns)
        lines.append(f"<tr><td>{escape(name)}</td>{cells}</tr>")
    return (
        '<div class="scroll"><table class="matrix"><thead><tr><th>expected</th>'
        f"{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _cell(count: int, total: int, *, right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "var(--good)" if right else "var(--bad)"
    share = 20 + 60 * count / total
    return f'<td style="background: color-mix(in srgb, {colour} {share:.0f}%, transparent)">{count}</td>'


def _legend(series: Sequence[str]) -> str:
    parts = []
    x = LABEL_WIDTH
    for index, name in enumerate(series):
        parts.append(f'<rect x="{x}" y="4" width="10" height="10" rx="1.5" fill="{_COLOURS[index]}"/>')
        parts.append(f'<text class="dim" x="{x + 15}" y="13">{escape(name)}</text>')
        x += 30 + 7 * len(name)
    return "".join(parts)


def _right(x: float, y: float, text: str, *, dim: bool = False) -> str:
    kind = ' class="dim"' if dim else ""
    return f'<text{kind} x="{x:g}" y="{y:g}" text-anchor="end">{escape(text)}</text>'


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> str:
    inner = "".join(parts)
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">{inner}</svg>'
