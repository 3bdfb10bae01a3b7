"""Loss curves are drawn within their frame, whatever the losses are."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from punie_training.runs.curves import BOTTOM, HEIGHT, TOP, WIDTH, Curve, loss_curves


def line(svg: str, style: str) -> list[tuple[float, float]]:
    found = re.search(rf"<polyline class='{style}' points='([^']*)'", svg)
    assert found
    places = [place.split(",") for place in found[1].split()]
    return [(float(x), float(y)) for x, y in places]


def test_a_falling_loss_goes_down_from_left_to_right() -> None:
    svg = loss_curves([Curve("training", "train", ((10, 2.0), (20, 1.0), (30, 0.5)))])

    xs, ys = zip(*line(svg, "train"), strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)
    ElementTree.fromstring(svg)


@pytest.mark.parametrize(
    "points",
    [
        ((1, 2.0),),
        ((1, 0.0), (2, 0.0)),
        ((1, 2.0), (2, 1e30), (3, 5.0)),
        ((0, -3.0), (5, 4.0)),
    ],
)
def test_every_curve_stays_in_the_frame(points: tuple[tuple[float, float], ...]) -> None:
    svg = loss_curves([Curve("training", "train", points)])

    for x, y in line(svg, "train"):
        assert 0 <= x <= WIDTH
        assert TOP - 0.1 <= y <= HEIGHT - BOTTOM + 0.1
    ElementTree.fromstring(svg)


def test_losses_that_are_no_numbers_are_left_out() -> None:
    svg = loss_curves([Curve("training", "train", ((1, 2.0), (2, math.nan), (3, math.inf), (4, 1.0)))])

    assert len(line(svg, "train")) == 2
    assert "No losses" in loss_curves([Curve("training", "train", ((1, math.nan),))])
    assert "No losses" in loss_curves([])


def test_names_are_escaped() -> None:
    svg = loss_curves([Curve("<b>&", "train", ((1, 2.0), (2, 1.0)))])

    assert "<b>" not in svg
    ElementTree.fromstring(svg)
