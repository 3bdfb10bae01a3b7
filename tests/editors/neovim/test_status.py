"""Punie's part of the status line: who answers, and what runs."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import make_project
from tests.editors.neovim.driver import Neovim, start_neovim
from tests.model_server import ModelServer, Reply


def test_idle_running_and_idle_again(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(Reply(text="And so on. " * 9, size=6, hold=9))
    neovim.lua(
        "_G.heard = 0\n"
        "local function hear() _G.heard = _G.heard + 1 end\n"
        "vim.api.nvim_create_autocmd('User', { pattern = 'PunieStatus', callback = hear })"
    )
    neovim.ex("Punie! ask Go")

    neovim.wait_until(lambda: neovim.statusline().endswith(": Writing the answer…"), neovim.statusline)
    assert neovim.statusline().startswith("Punie scripted at 127.0.0.1:")
    assert neovim.lua("return require('punie').status().state") == "running"
    assert neovim.lua("return _G.heard") > 0
    model.release()
    neovim.wait_lua("return require('punie').status().state == 'idle'")


def test_nothing_without_a_server(tmp_path: Path) -> None:
    with start_neovim(tmp_path, tmp_path) as neovim:
        assert neovim.statusline() == ""
        assert neovim.lua("return require('punie').status()") == {"model": "", "running": [], "state": "off"}


def test_it_stands_in_the_status_line(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    line = "vim.o.laststatus, vim.o.statusline = 2, \"%f %{v:lua.require'punie'.statusline()}\""
    settings = "vim.g.punie = { statusline = { name = '100 % P', model = false } }"
    with start_neovim(tmp_path, root, more=f"{line}\n{settings}") as neovim:
        neovim.edit(root / "shop.py")

        shown = "return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str"
        neovim.wait_until(lambda: neovim.lua(shown).endswith("shop.py 100 P"), lambda: neovim.lua(shown))
