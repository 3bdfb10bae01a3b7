"""The plug-in in a real, headless Neovim: diagnostics, navigation, rename and three fixes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import Write
from tests.e2e.editor import PUNIE_LS

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
SCRIPT = Path(__file__).parent / "neovim" / "fix.lua"
NVIM = shutil.which("nvim", path=f"{PUNIE_LS.parent}{os.pathsep}{os.environ.get('PATH', '')}")
SECONDS = 110

APP = """\
import datetime

from shop import price

print("🚀 世界", f"done")
print("👩‍🚀 日本", timedelta(1), price("a"), datetime.date)
print("𝒳𝒴", Path("x"))
"""


@pytest.mark.skipif(NVIM is None, reason="there is no nvim")
def test_a_session_in_neovim(project: Path, write: Write, tmp_path: Path) -> None:
    write("app.py", APP.replace("\n", "\r\n"))
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PUNIE_", "VIM", "NVIM"))}
    environ["PATH"] = f"{PUNIE_LS.parent}{os.pathsep}{environ.get('PATH', '')}"
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        folder = tmp_path / f"xdg-{kind.lower()}"
        folder.mkdir()
        environ[f"XDG_{kind}_HOME"] = str(folder)
    command = [str(NVIM), "-u", "NONE", "-i", "NONE", "-n", "--cmd", f"set rtp^={PLUGIN}", "-l", str(SCRIPT)]

    done = subprocess.run(
        [*command, str(project)], cwd=project, env=environ, capture_output=True, text=True, timeout=SECONDS
    )

    log = tmp_path / "xdg-state" / "nvim" / "lsp.log"
    report = f"{done.stdout}\n{done.stderr}\n{log.read_text() if log.is_file() else ''}"
    assert done.returncode == 0, report
    assert "FAIL" not in done.stdout, report
    assert done.stdout.endswith("passed\n"), report
