"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def home_is_left_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes settings, logs, journals or sessions in the home directory of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUNIE_LOG_DIR", str(tmp_path_factory.mktemp("logs")))
        patch.setenv("PUNIE_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.setenv("PUNIE_STORE", str(tmp_path_factory.mktemp("store") / "punie.db"))
        patch.setenv("PUNIE_CONFIG_FILE", str(tmp_path_factory.mktemp("config") / "punie.toml"))
        yield
