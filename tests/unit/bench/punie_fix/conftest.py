"""A package of two modules and their tests, in a working copy under a workspace."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench.punie_fix.packages import Package
from tests.bench.punie_fix.subject import Subject, opened

SHOP = '''\
"""Prices, and what comes off them."""

import math


def rounded(price: float) -> int:
    """The price in whole coins."""
    return math.floor(price + 0.5)


def cheaper(first: int, second: int) -> int:
    """The lower one of two prices."""
    if first < second:
        return first
    return second
'''
TILL = '''\
"""What a customer pays."""

from shop.prices import cheaper, rounded


def total(prices: list[float]) -> int:
    """The sum in whole coins."""
    return sum(rounded(price) for price in prices)


def offer(one: int, other: int) -> str:
    """What the sign says."""
    return f"only {cheaper(one, other)}"
'''
TESTS = """\
from shop.prices import cheaper, rounded
from shop.till import offer, total


def test_rounded():
    assert rounded(2.5) == 3


def test_cheaper():
    assert cheaper(1, 2) == 1


def test_total():
    assert total([1.0, 2.0]) == 3


def test_offer():
    assert offer(4, 3) == "only 3"
"""


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Subject]:
    for name in ("PYTHONPATH", "PYTEST_ADDOPTS", "PUNIE_STATE_DIR", "PUNIE_LOG_DIR"):
        monkeypatch.setenv(name, "")
    sources = tmp_path / "sources"
    (sources / "shop").mkdir(parents=True)
    (sources / "tests").mkdir()
    (sources / "shop/__init__.py").write_text('"""A shop."""\n')
    (sources / "shop/prices.py").write_text(SHOP)
    (sources / "shop/till.py").write_text(TILL)
    (sources / "tests/test_shop.py").write_text(TESTS)
    (sources / "ruff.toml").write_text('[lint]\nselect = ["F", "E", "I"]\n')
    package = Package("shop==1.0", "", "small", "shop")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    async with opened(package, sources, Path(sys.prefix), tmp_path / "cache", scratch) as subject:
        yield subject
