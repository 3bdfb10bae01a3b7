"""A workspace for each test, and watching over what the relay starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.relay.client import Client

SHOP = """\
import os
import sys


def total(prices: list[int]) -> str:
    return sum(prices)


total([1, 2])
print(unknown_name)
"""


@pytest.fixture(autouse=True)
def no_user_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """ty and ruff would read the configuration of whoever runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with `shop.py`: a type error, an undefined name and two unused imports."""
    root = (tmp_path / "workspace").resolve()
    root.mkdir()
    (root / "shop.py").write_text(SHOP)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n')
    return root


@pytest.fixture
def fake_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """Reads what the stand-in for the punie server was sent."""
    path = tmp_path / "fake.jsonl"
    monkeypatch.setenv("FAKE_LOG", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def child(client: Client, name: str) -> psutil.Process:
    """A running child of the relay: `ty`, `ruff` or (by what its command line names) a third one."""
    for process in psutil.Process(client.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # it ended just now
            if any(name in Path(part).name for part in process.cmdline()[:4]):
                return process
    raise LookupError(name)
