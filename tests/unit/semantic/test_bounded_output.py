"""Programs that write much, or leave something running: only the end of the output is kept, and all ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run

ENVIRON = {"PATH": os.environ["PATH"]}


async def test_short_output_is_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"]

    done = await run(command, cwd=tmp_path, environ=ENVIRON, max_output=100)

    assert (done.returncode, done.stdout, done.stderr, done.cut) == (4, b"out\n", b"err\n", False)


async def test_the_end_of_long_output_is_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os\nfor n in range(2000): os.write(2, b'%06d\\n' % n)"]

    done = await run(command, cwd=tmp_path, environ=ENVIRON, max_output=14)

    assert (done.stdout, done.stderr, done.cut) == (b"", b"001998\n001999\n", True)


async def test_who_keeps_the_pipes_open_is_not_waited_for(tmp_path: Path) -> None:
    command = ["sh", "-c", "sleep 600 & echo started"]

    done = await run(command, cwd=tmp_path, environ=ENVIRON, max_output=100, timeout=60)

    assert (done.returncode, done.stdout) == (0, b"started\n")


async def test_the_deadline_holds(tmp_path: Path) -> None:
    with pytest.raises(ToolUnavailable, match=r"sleep did not end within 0\.2 s"):
        await run(["sleep", "600"], cwd=tmp_path, environ=ENVIRON, max_output=100, timeout=0.2)
