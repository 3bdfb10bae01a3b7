"""A real Neovim with what `punie-ls init` wrote: Punie starts, and what the user configured goes first."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.init.conftest import SCRIPT, Home

NVIM = shutil.which("nvim", path=f"{SCRIPT.parent}{os.pathsep}{os.environ.get('PATH', '')}")
PLUGIN = Path(__file__).parents[3] / "editors" / "neovim"

REPORT = """
local function say(...) io.stdout:write(table.concat({...}, ' ') .. '\\n') end
vim.cmd.edit(vim.fn.fnameescape(arg[1]))
vim.wait(60000, function() return #vim.lsp.get_clients({ name = 'punie' }) > 0 end, 50)
for _, client in ipairs(vim.lsp.get_clients()) do
  say('client', client.name, client.config.cmd[1], client.config.root_dir or '-')
end
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, problem in ipairs(vim.diagnostic.get(0)) do say('problem', problem.source, tostring(problem.code)) end
"""


def start(home: Home, file: Path, script: str = REPORT) -> str:
    """Start Neovim with the user's configuration, run a script, and give what it wrote."""
    code = home.root / "report.lua"
    code.write_text(script)
    # -S runs after start-up, as a person would; -l would leave plugin files out.
    wrapped = (
        f"lua arg = {{ [==[{file}]==] }}; local done, err = pcall(dofile, [==[{code}]==]); "
        "if not done then io.stderr:write(err) vim.cmd('cquit') end vim.cmd('qall!')"
    )
    environ = {**home.environ, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [str(NVIM), "--headless", "-c", wrapped],
        cwd=file.parent,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr, done.stderr
    log = home.path(".local/state/nvim/lsp.log")
    assert not log.exists() or "does not have a configuration" not in log.read_text()
    return done.stdout


@pytest.fixture
def project(home: Home) -> Path:
    """A file with a problem, in a project with an awkward name."""
    home.write("a 日本 #1/pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n")
    return home.write("a 日本 #1/app.py", "import os\nprint(undefined_name)\n")


def test_punie_starts_and_finds_problems(home: Home, project: Path) -> None:
    home.write(".config/nvim/init.lua", "vim.o.number = true\n")
    home.init("--yes")

    report = start(home, project)

    assert f"client punie {SCRIPT} {project.parent}" in report
    assert report.count("client ") == 1
    assert "problem Ruff F401" in report


def test_after_undo_nothing_starts(home: Home, project: Path) -> None:
    home.write(".config/nvim/init.lua", "vim.o.number = true\n")
    home.init("--yes")
    home.init("--undo", "--yes")

    report = start(home, project, REPORT.replace("60000", "1500"))

    assert report == ""


def test_the_users_own_configuration_goes_first(home: Home, project: Path) -> None:
    home.write(
        ".config/nvim/init.lua",
        f"vim.lsp.config('punie', {{ cmd = {{ '{SCRIPT}', '--log-level=debug' }}, root_markers = {{ 'app.py' }} }})\n",
    )
    home.init("--yes", "--command", "/bin/sh")

    report = start(home, project, REPORT.replace("cmd[1]", "cmd[2]"))

    assert f"client punie --log-level=debug {project.parent}" in report


def test_the_plug_in_beside_it_starts_one_punie(home: Home, project: Path) -> None:
    home.write(".config/nvim/init.lua", f"vim.opt.runtimepath:append([[{PLUGIN}]])\n")
    home.init("--yes")

    report = start(home, project)

    assert report.count("client ") == 1
    assert f"client punie {SCRIPT} {project.parent}" in report


def test_a_path_with_quotes_is_written_right(home: Home, project: Path) -> None:
    home.write(".config/nvim/init.lua", "")
    odd = home.root / 'it\'s a "bin" \\ 🚀' / "punie-ls"
    odd.parent.mkdir()
    odd.symlink_to(SCRIPT)

    done = home.init("--yes", "--command", str(odd))
    report = start(home, project)

    assert done.code == 0, done.err
    assert f"client punie {odd} {project.parent}" in report


def test_an_old_neovim_is_told(home: Home) -> None:
    old = home.root / "bin" / "nvim"
    old.write_text("#!/bin/sh\necho 'NVIM v0.9.5'\n")
    old.chmod(0o755)

    done = home.init("neovim", "--yes")
    checked = home.init("--check")

    assert done.code == 2
    assert "it is Neovim 0.9, and Punie needs 0.11 or newer." in done.out
    assert home.files() == {}
    assert "Neovim           not available" in checked.out


def test_there_is_a_neovim() -> None:
    assert NVIM is not None
