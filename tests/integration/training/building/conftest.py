"""The sample project, opened once, and a home for the cache."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from punie_training.execution import Programs, open_programs
from punie_training.sample import copy_sample


@pytest.fixture(autouse=True)
def training_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return copy_sample(tmp_path / "sample")


@pytest_asyncio.fixture
async def programs(sample: Path) -> AsyncGenerator[Programs]:
    async with open_programs(sample, trusted=True) as opened:
        yield opened
