"""Answers lie where only the user can read them, and go with their process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from punie_ls.server.answers import SECONDS_TO_LOCK, PrivateFolder


def aged(folder: Path) -> None:
    then = time.time() - SECONDS_TO_LOCK - 10
    os.utime(folder, (then, then))


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    folder = PrivateFolder(tmp_path)

    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.path.parent.stat().st_mode & 0o777 == 0o700
    folder.close()
    assert not folder.path.exists()


def test_an_open_base_is_closed(tmp_path: Path) -> None:
    base = tmp_path / f"punie-{os.getuid()}"
    base.mkdir()
    base.chmod(0o777)

    folder = PrivateFolder(tmp_path)

    assert base.stat().st_mode & 0o777 == 0o700
    folder.close()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_base_that_is_something_else_is_left_alone(tmp_path: Path, kind: str) -> None:
    base, elsewhere = tmp_path / f"punie-{os.getuid()}", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if kind == "link":
        base.symlink_to(elsewhere)
    else:
        base.write_text("mine")

    folder = PrivateFolder(tmp_path)

    assert folder.path.parent != base
    assert list(elsewhere.iterdir()) == []
    assert folder.path.parent.stat().st_mode & 0o777 == 0o700
    folder.close()


def test_the_folder_of_a_killed_process_goes(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from punie_ls.server.answers import PrivateFolder\n"
    code += "f = PrivateFolder(Path(sys.argv[1])); (f.path / 'a.md').write_text('x')\n"
    code += "print(f.path, flush=True); os._exit(9)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=60)
    left = Path(done.stdout.strip())
    assert (left / "a.md").exists()
    aged(left)

    PrivateFolder(tmp_path).close()

    assert not left.exists()


def test_the_folder_of_a_living_process_stays(tmp_path: Path) -> None:
    living = PrivateFolder(tmp_path)
    aged(living.path)

    PrivateFolder(tmp_path).close()

    assert living.path.exists()
    living.close()
