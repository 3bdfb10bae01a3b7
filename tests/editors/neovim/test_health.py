""":checkhealth punie, and the help page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.neovim.driver import NVIM, PLUGIN, Neovim, environment, start_neovim


def health(neovim: Neovim) -> str:
    """What :checkhealth says."""
    neovim.ex("checkhealth punie")
    neovim.wait_lua("return vim.bo.filetype == 'checkhealth' and vim.fn.search('At work', 'nw') > 0")
    return "\n".join(neovim.lines())


def test_all_is_well(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    with start_neovim(tmp_path, root) as neovim:
        neovim.edit(root / "shop.py")

        said = health(neovim)

        assert "OK punie-ls 0" in said
        assert "(ty 0" in said
        assert f"in {root}, 1 buffer" in said
        assert "none that reports the same twice" in said
        assert "WARNING" not in said
        assert "ERROR" not in said


def test_a_missing_server(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    with start_neovim(tmp_path, root, more="vim.g.punie = { cmd = { 'no-such-punie' } }") as neovim:
        neovim.lua("vim.cmd('edit shop.py')")

        neovim.wait_said(
            "Punie: no-such-punie was not found. Install it in a checkout of Punie with `uv tool install .`"
        )
        neovim.lua("vim.cmd('edit pyproject.toml | edit other.py')")
        assert len([text for text in neovim.said() if "was not found" in text]) == 1, "it is said once"
        said = health(neovim)
        assert "ERROR no-such-punie was not found" in said
        assert "pipx install ." in said
        neovim.ex("Punie ask Anything?")
        neovim.wait_said("no-such-punie was not found; :checkhealth punie tells more.")


def test_a_program_that_is_no_server(tmp_path: Path) -> None:
    with start_neovim(tmp_path, tmp_path, more="vim.g.punie = { cmd = { 'false' } }") as neovim:
        assert "ERROR false --version: exit code 1" in health(neovim)


def test_a_doubled_server(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    doubled = (
        "vim.lsp.config('ruff', { cmd = { 'ruff', 'server' }, filetypes = { 'python' }, root_markers = { '.git' } })\n"
        "vim.lsp.enable('ruff')\n"
        "vim.lsp.config('basedpyright', { cmd = { 'nosuch' } })\n"
        "vim.lsp.enable('basedpyright')\n"
    )
    with start_neovim(tmp_path, root, more=doubled) as neovim:
        neovim.edit(root / "shop.py")
        neovim.wait_lua("return #vim.lsp.get_clients({ name = 'ruff' }) == 1")

        said = health(neovim)

        assert "ruff is running: Punie runs ruff, so findings may show twice" in said
        assert "vim.lsp.enable('ruff', false)" in said
        assert "basedpyright is enabled: it checks types, as ty does" in said


def test_wrong_settings_are_named(tmp_path: Path) -> None:
    with start_neovim(tmp_path, tmp_path, more="vim.g.punie = { window = { layout = 'tab' } }") as neovim:
        said = health(neovim)

        assert "WARNING vim.g.punie: window.layout must be 'float', 'split' or 'vsplit'" in said


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A copy of the plug-in, for what writes into it."""
    return Path(shutil.copytree(PLUGIN, tmp_path / "plugin"))


def test_help(plugin: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(NVIM), "-u", "NONE", "-i", "NONE", "--headless", "-c", f"helptags {plugin / 'doc'}", "-c", "qa!"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")

    with start_neovim(tmp_path, tmp_path, plugin=plugin) as neovim:
        for tag in ("punie", ":Punie", "punie-settings", "punie-review", "punie.statusline()", "punie-keys"):
            neovim.ex(f"help {tag}")
            neovim.wait_lua("return vim.fn.expand('%:t') == 'punie.txt'")
            neovim.lua("vim.cmd.helpclose()")
        subcommands = neovim.lua("return vim.fn.getcompletion('Punie ', 'cmdline')")
    page = (plugin / "doc" / "punie.txt").read_text()
    missing = [name for name in subcommands if f":Punie {name}" not in page and f":Punie-{name}" not in page]
    assert missing == []
    assert max(len(line) for line in page.splitlines()) <= 78


def test_the_readme_names_each_subcommand_and_setting(tmp_path: Path) -> None:
    page = (PLUGIN / "README.md").read_text()
    with start_neovim(tmp_path, tmp_path) as neovim:
        subcommands = neovim.lua("return vim.fn.getcompletion('Punie ', 'cmdline')")
        settings = neovim.lua("return vim.tbl_keys(require('punie.config').get())")

    assert [name for name in subcommands if f"`{name}" not in page] == []
    assert [name for name in settings if name not in page] == []
