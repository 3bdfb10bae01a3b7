"""What holds for every test."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# What a whole folder shares is started once: a workbench, a database.
TOGETHER = ("tests/editors/vscode", "tests/integration/store_postgres")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Where tests run in several processes (`-n`), those of a file, or of a folder that shares much, stay in one."""
    return Together(config, log)


class Together(LoadScopeScheduling):
    """Hands out whole files, and the folders of `TOGETHER` whole."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


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
