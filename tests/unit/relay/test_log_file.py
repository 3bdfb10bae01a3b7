"""The log file's parts, its level, and which old files go."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from punie_ls.relay import logs


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level, hook = list(root.handlers), root.level, threading.excepthook
    yield
    root.handlers[:] = before
    root.setLevel(level)
    threading.excepthook = hook


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_LOG_DIR", str(tmp_path))
    return tmp_path


def messages(path: Path) -> list[str]:
    return [line.rpartition("punie: ")[2] for line in path.read_text().splitlines()]


def test_a_full_part_becomes_an_older_one_and_the_oldest_goes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "PART_BYTES", 1000)
    log_file = logs.start(None)
    for number in range(100):
        logging.getLogger("punie").info("line %03d", number)
    log_file.close()

    names = sorted(path.name for path in folder.iterdir())
    stem = names[0]
    assert names == [stem, f"{stem}.1", f"{stem}.2"]
    assert all(0 < (folder / name).stat().st_size <= 1000 for name in names)
    together = [line for name in reversed(names) for line in messages(folder / name)]
    assert together == [f"line {number:03d}" for number in range(100 - len(together), 100)]


def test_the_level_of_the_setting_holds_for_what_was_logged_before_it_was_known(folder: Path) -> None:
    log_file = logs.start(None)
    log = logging.getLogger("punie")
    log.info("early info")
    log.warning("early warning")
    logs.set_level("warning")
    log.info("late info")
    logs.set_level("debug")
    log.debug("late debug")
    logs.set_level("warning")
    log_file.close()

    (path,) = folder.iterdir()
    assert messages(path) == ["early warning"]


def test_a_level_that_is_raised_lets_more_through(folder: Path) -> None:
    log_file = logs.start(None)
    logging.getLogger("punie").debug("early debug")
    logs.set_level("debug")
    logging.getLogger("punie").debug("late debug")
    log_file.close()

    (path,) = folder.iterdir()
    assert messages(path) == ["late debug"]


def test_the_command_lines_level_wins_over_the_setting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_file = logs.start("error")
    logs.set_level("debug")
    logging.getLogger("punie").info("quiet")
    logging.getLogger("punie").error("loud")
    log_file.close()

    (path,) = folder.iterdir()
    assert messages(path) == ["loud"]
    assert capsys.readouterr().err == "ERROR punie: loud\n"


def test_lines_that_a_slow_disk_cannot_take_are_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_WAITING_LINES", 3)
    log_file = logs.start(None)
    for number in range(10):
        logging.getLogger("punie").info("line %d", number)
    log_file.close()

    (path,) = folder.iterdir()
    assert messages(path) == ["    (7 lines are missing here)", "line 0", "line 1", "line 2"]


def test_a_record_of_many_lines_is_indented(folder: Path) -> None:
    log_file = logs.start(None)
    logging.getLogger("punie").info("first\r\nsecond\n")
    log_file.close()

    (path,) = folder.iterdir()
    assert messages(path) == ["first", "    second"]


def test_old_files_go_but_not_those_of_a_relay_that_runs(folder: Path) -> None:
    for number in range(20):
        dead = folder / f"punie-ls-20250101-0000{number:02d}-{2**22 + 1 + number}.log"
        for path in (dead, Path(f"{dead}.1")):
            path.write_text("old\n")
            os.utime(path, (number, number))
    alive = folder / f"punie-ls-20240101-000000-{os.getppid()}.log"
    foreign = folder / "mine.log"
    for path in (alive, foreign):
        path.write_text("keep\n")
        os.utime(path, (0, 0))

    logs.start(None).close()

    left = {path.name for path in folder.iterdir()}
    assert {alive.name, foreign.name} <= left
    kept = sorted(name for name in left if name.startswith("punie-ls-20250101-") and name.endswith(".log"))
    assert [name[18:24] for name in kept] == [f"0000{number:02d}" for number in range(11, 20)]
    assert {f"{name}.1" for name in kept} <= left
    assert len(left) == 2 + 2 * len(kept) + 1


def test_a_thread_that_fails_is_logged(folder: Path) -> None:
    log_file = logs.start(None)
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    log_file.close()

    (path,) = folder.iterdir()
    assert "CRITICAL punie_ls.relay.logs: a thread of the relay has failed\n    Traceback" in path.read_text()


def test_the_directory_is_the_users_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/home/someone/state")
    monkeypatch.setenv("HOME", "/home/someone")

    assert logs.directory({"PUNIE_LOG_DIR": "~/logs"}) == Path("/home/someone/logs")
    assert logs.directory({}).is_relative_to("/home/someone")
    assert "punie" in logs.directory({}).parts
