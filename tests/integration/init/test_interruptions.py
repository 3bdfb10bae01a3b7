"""Killed at any moment, run twice at once, or with an editor that writes meanwhile: no file is lost or half written."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest

from tests.integration.init.conftest import SCRIPT, Home

ZED = ".config/zed/settings.json"
BEFORE = '{\n  "theme": "One Dark" // dark\n}\n'

# `punie-ls init`, killed (SIGKILL, by itself) instead of its n-th rename of a file.
KILLED = """
import os, pathlib, sys
sys.argv = ["punie-ls", "init", "zed", "--yes"]
left, rename = int(os.environ["RENAMES"]), pathlib.Path.replace
def replace(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), 9)
    left -= 1
    return rename(self, target)
pathlib.Path.replace = replace
from punie_ls.__main__ import main
main()
"""

# The same, but an editor writes the file before its n-th rename.
EDITED = KILLED.replace("os.kill(os.getpid(), 9)", 'pathlib.Path(os.environ["EDITED"]).write_text("{ /* mine */ }")')


def run_python(home: Home, script: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=home.root,
        env={**home.environ, **environ},
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("renames", [0, 1, 2, 3])
def test_a_kill_at_any_rename_loses_nothing(home: Home, renames: int) -> None:
    home.write(ZED, BEFORE)
    done = run_python(home, KILLED, RENAMES=str(renames))
    after = home.read(ZED)
    written = "punie-ls" in after

    checked = home.init("--check", "zed")
    again = home.init("zed", "--yes")
    undone = home.init("--undo", "--yes")

    assert done.returncode == -9
    assert written == (renames == 3)  # the copy, the record, the file, the record again
    assert after == BEFORE or home_parses(after)
    assert checked.code == (0 if written else 1)
    assert again.code == 0, again.err
    assert undone.code == 0, undone.err
    assert home.read(ZED) == BEFORE
    assert list(home.files()) == [ZED]


def test_a_kill_after_the_write_can_be_taken_back_at_once(home: Home) -> None:
    home.write(ZED, BEFORE)
    run_python(home, KILLED, RENAMES="3")

    undone = home.init("--undo", "--yes")

    assert undone.code == 0
    assert home.read(ZED) == BEFORE


def test_a_kill_after_the_write_and_an_edit_can_be_taken_back(home: Home) -> None:
    home.write(ZED, BEFORE)
    run_python(home, KILLED, RENAMES="3")
    home.write(ZED, home.read(ZED) + "// later\n")

    undone = home.init("--undo", "--yes")

    assert undone.code == 0
    assert home.read(ZED) == BEFORE + "// later\n"


def test_a_kill_before_the_write_leaves_nothing_to_take_back(home: Home) -> None:
    home.write(ZED, BEFORE)
    run_python(home, KILLED, RENAMES="2")

    undone = home.init("--undo", "--yes")

    assert undone.code == 0
    assert home.read(ZED) == BEFORE
    assert home.init("--undo", "--yes").out == "There is nothing to take back.\n"


def test_what_an_editor_writes_meanwhile_is_not_overwritten(home: Home) -> None:
    path = home.write(ZED, BEFORE)

    done = run_python(home, EDITED, RENAMES="1", EDITED=str(path))

    assert done.returncode == 2
    assert b"was changed by somebody else just now" in done.stderr
    assert home.read(ZED) == "{ /* mine */ }"
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_runs_at_once_write_once(editors: Home) -> None:
    before = editors.files()
    command = [str(SCRIPT), "init", "--yes"]

    runs = [subprocess.Popen(command, env=editors.environ, stdout=subprocess.DEVNULL) for _ in range(4)]
    codes = [run.wait(60) for run in runs]
    checked = editors.init("--check")
    editors.init("--undo", "--yes")

    assert codes == [0, 0, 0, 0]
    assert checked.code == 0
    assert editors.files() == before


def home_parses(text: str) -> bool:
    return text.count("{") == text.count("}") > 1


def in_terminal(home: Home, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run `punie-ls init` on a terminal and answer its question; gives the exit code and what was on the screen."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [str(SCRIPT), "init", *arguments],
        env={**home.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as run:
        os.close(slave)
        screen, asked = b"", False
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            screen += part
            if b"[y/N]" in screen and not asked:
                os.write(master, answer)
                asked = True
        code = run.wait(60)
    os.close(master)
    return code, screen.decode()


def test_on_a_terminal_it_asks(editors: Home) -> None:
    before = editors.files()
    refused, screen = in_terminal(editors, b"\n", "helix", "zed")
    after_no = editors.files()
    agreed, _ = in_terminal(editors, b"y\n", "helix", "zed")

    assert refused == 1
    assert "Write these 2 files? [y/N]" in screen
    assert "Nothing was written." in screen
    assert after_no == before
    assert agreed == 0
    assert editors.init("--check", "helix", "zed").code == 0


def test_diffs_have_colours_on_a_terminal(editors: Home) -> None:
    code, screen = in_terminal(editors, b"y\n", "helix")

    assert code == 0
    assert "\x1b[32m+[language-server.punie]" in screen
    assert "Wrote ~/.config/helix/languages.toml" in screen
