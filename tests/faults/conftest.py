"""Repeats, and a workspace for each module."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPEATS = int(os.environ.get("PUNIE_REPEATS", "1"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test as often as asked, one after the other on the same server where a module has one."""
    metafunc.fixturenames.append("repeat")
    metafunc.parametrize("repeat", range(REPEATS))


@pytest.fixture(autouse=True, scope="module")
def no_user_configuration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """ty and ruff would read the configuration of whoever runs the tests."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project."""
    root = tmp_path_factory.mktemp("workspace").resolve()
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n')
    return root
