"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

# What a whole folder shares is started once: a workbench, a database.
TOGETHER = ("editors/vscode", "integration/store_postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in several processes (`-n`), those of a file, or of a folder that shares much, stay in one."""
    here = Path(__file__).parent
    for item in items:
        file = item.path.relative_to(here).as_posix()
        group = next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def home_is_left_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes settings, logs, journals or sessions in the home directory of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUNIE_LOG_DIR", str(tmp_path_factory.mktemp("logs")))
        patch.setenv("PUNIE_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.setenv("PUNIE_STORE", str(tmp_path_factory.mktemp("store") / "punie.db"))
        patch.setenv("PUNIE_CONFIG_FILE", str(tmp_path_factory.mktemp("config") / "punie.toml"))
        yield


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """A shell starts what runs in the background with SIGINT ignored, and so would be all that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
