"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def logs_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes log files, or a journal of edits, into the home directory of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUNIE_LOG_DIR", str(tmp_path_factory.mktemp("logs")))
        patch.setenv("PUNIE_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield
