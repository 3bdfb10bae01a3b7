"""A real, headless Neovim: a session with fixes, a world that changes around an open buffer, and all commands."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.e2e.conftest import Write
from tests.e2e.editor import PUNIE_LS

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
SCRIPTS = Path(__file__).parent / "neovim"
NVIM = shutil.which("nvim", path=f"{PUNIE_LS.parent}{os.pathsep}{os.environ.get('PATH', '')}")
SECONDS = 110

APP = """\
import datetime

from shop import price

print("🚀 世界", f"done")
print("👩‍🚀 日本", timedelta(1), price("a"), datetime.date)
print("𝒳𝒴", Path("x"))
"""

COMMANDS_APP = """\
from shop import price, total

print("🚀 世界", f"done")

def cost(names):
    return total(names) + price("👩‍🚀")
"""

CHOICES_APP = """\
def size(height: int, weight: int) -> int:
    print("👩‍🚀 世界", heigt)
    return weight
"""


def run_script(script: str, project: Path, tmp_path: Path) -> None:
    """Run a script in Neovim with nothing of the user's; it says what failed."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PUNIE_", "VIM", "NVIM"))}
    environ["PATH"] = f"{PUNIE_LS.parent}{os.pathsep}{environ.get('PATH', '')}"
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        folder = tmp_path / f"xdg-{kind.lower()}"
        folder.mkdir()
        environ[f"XDG_{kind}_HOME"] = str(folder)
    command = [str(NVIM), "-u", "NONE", "-i", "NONE", "-n", "--cmd", f"set rtp^={PLUGIN}", "-l", str(SCRIPTS / script)]

    done = subprocess.run(
        [*command, str(project)], cwd=project, env=environ, capture_output=True, text=True, timeout=SECONDS
    )

    log = tmp_path / "xdg-state" / "nvim" / "lsp.log"
    report = f"{done.stdout}\n{done.stderr}\n{log.read_text() if log.is_file() else ''}"
    assert done.returncode == 0, report
    assert "FAIL" not in done.stdout, report
    assert done.stdout.endswith("passed\n"), report


def test_there_is_a_neovim() -> None:
    assert NVIM is not None


def test_a_session_with_fixes(project: Path, write: Write, tmp_path: Path) -> None:
    write("app.py", APP.replace("\n", "\r\n"))

    run_script("fix.lua", project, tmp_path)


def test_the_world_changes_around_an_open_buffer(project: Path, write: Write, tmp_path: Path) -> None:
    write("app.py", "import other\n\nprint(other.value)\n")

    run_script("live.lua", project, tmp_path)


def test_all_commands_without_a_plug_in(project: Path, write: Write, tmp_path: Path) -> None:
    write("app.py", COMMANDS_APP.replace("\n", "\r\n"))
    write("test_app.py", "from shop import price\n\n\ndef test_price() -> None:\n    assert price('a') == 2\n")

    run_script("commands.lua", project, tmp_path)


def test_one_of_several_fixes_is_chosen(project: Path, write: Write, tmp_path: Path) -> None:
    write("app.py", CHOICES_APP.replace("\n", "\r\n"))

    run_script("choices.lua", project, tmp_path)
