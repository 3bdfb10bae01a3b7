"""Settings: where they come from, and what wrong ones lead to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.neovim.driver import PLUGIN, start_neovim


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "{ cmd = 'punie-ls' }",
            "cmd must be a list such as { 'punie-ls' }; it is \"punie-ls\", so the default holds.",
        ),
        ("{ cmd = { 1 } }", "cmd must be a list of texts such as { 'punie-ls' }; it is { 1 }, so the default holds."),
        ("{ enable = 'yes' }", 'enable must be a boolean; it is "yes", so the default holds.'),
        ("{ window = 'float' }", 'window must be a table; it is "float", so the default holds.'),
        ("{ window = { width = -1 } }", "window.width must be a number above 0"),
        ("{ window = { widht = 1 } }", "window.widht is no setting of Punie; there are border, height, layout, width."),
        ("{ restarts = 1.5 }", "restarts must be a whole number of 0 or more; it is 1.5, so the default holds."),
        ("{ modle = 'x' }", "modle is no setting of Punie; there are cmd, enable,"),
        ("'float'", 'vim.g.punie must be a table; it is "float", so the defaults hold.'),
    ],
)
def test_wrong_settings(tmp_path: Path, given: str, said: str) -> None:
    with start_neovim(tmp_path, tmp_path, more=f"vim.g.punie = {given}") as neovim:
        neovim.wait_said(said)

        assert neovim.lua("return require('punie.config').get()") == neovim.lua(
            "vim.g.punie = nil\nrequire('punie.config').set(nil)\nreturn require('punie.config').get()"
        )


def test_setup_is_laid_over_the_variable(tmp_path: Path) -> None:
    more = (
        "vim.g.punie = { restarts = 1, window = { layout = 'split', height = 5 } }\n"
        "require('punie').setup({ window = { height = 7 }, review = 1 })"
    )
    with start_neovim(tmp_path, tmp_path, more=more) as neovim:
        found = neovim.lua("return require('punie.config').get()")

        assert found["restarts"] == 1
        assert found["window"] == {"layout": "split", "height": 7, "width": 0.7, "border": "rounded"}
        neovim.wait_said("setup(): review must be a boolean; it is 1, so the default holds.")


def test_settings_for_the_server_reach_it(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    (root / "app.py").write_text("print(nowhere)\n")
    more = (
        "vim.g.punie = { settings = { ty = { configuration = { rules = { ['unresolved-reference'] = 'ignore' } } } } }"
    )
    with start_neovim(tmp_path, root, more=more) as neovim:
        neovim.edit(root / "app.py")

        neovim.wait_until(lambda: neovim.codes() == ["Ruff F821"], neovim.codes)


def test_setup_after_the_start_as_plugin_managers_do(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    (tmp_path / "bare.lua").write_text("")
    with start_neovim(tmp_path, root, plugin=tmp_path / "nowhere") as neovim:
        neovim.lua("vim.cmd('edit shop.py')")
        neovim.lua(
            "vim.opt.runtimepath:prepend(...)\n"
            "vim.cmd('runtime! plugin/punie.lua')\n"
            "require('punie').setup({ cmd = { vim.fn.exepath('punie-ls'), '--log-level', 'info' } })",
            str(PLUGIN),
        )

        neovim.wait_lua("return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1")
        assert neovim.lua("return vim.lsp.get_clients({ name = 'punie' })[1].config.cmd[2]") == "--log-level"


def test_the_server_is_started_only_when_wanted(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    with start_neovim(tmp_path, root, more="vim.g.punie = { enable = false }") as neovim:
        neovim.lua("vim.cmd('edit shop.py')")

        assert not neovim.lua("return vim.lsp.is_enabled('punie')")
        neovim.ex("Punie status")
        neovim.wait_said("no server is at work: open a Python file, or see :checkhealth punie.")
        neovim.lua("vim.lsp.enable('punie')")
        neovim.wait_lua("return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1")


def test_it_is_loaded_once_and_leaves_no_globals(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    before = "_G.known = vim.tbl_map(tostring, vim.tbl_keys(_G))"
    with start_neovim(tmp_path, root, before=before) as neovim:
        neovim.edit(root / "shop.py")
        neovim.ex("Punie status")
        neovim.wait_panel("## Running")

        new = neovim.lua(
            "return vim.tbl_filter(function(name)\n"
            "  return not vim.list_contains(_G.known, name)\n"
            "end, vim.tbl_map(tostring, vim.tbl_keys(_G)))"
        )
        new = sorted(set(new) - {"_"})  # Neovim's own treesitter leaves that one
        assert new == ["asked", "choices", "known", "said"]
        assert neovim.lua("return vim.g.loaded_punie") == 1
        neovim.lua("vim.cmd('runtime! plugin/punie.lua')")
        assert neovim.lua("return #vim.lsp.get_clients({ name = 'punie' })") == 1


def test_the_file_for_the_server_alone(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    (root / "app.py").write_text('print(f"done")\n')
    alone = tmp_path / "alone"
    shutil.copytree(PLUGIN / "lsp", alone / "lsp")
    with start_neovim(tmp_path, root, plugin=alone, more="vim.lsp.enable('punie')") as neovim:
        neovim.edit(root / "app.py")

        neovim.wait_until(lambda: neovim.codes() == ["Ruff F541"], neovim.codes)
        neovim.go('f"done"')
        offered = (
            "local params = vim.lsp.util.make_range_params(0, 'utf-8')\n"
            "params.context = { diagnostics = {} }\n"
            "local client = vim.lsp.get_clients({ name = 'punie' })[1]\n"
            "local buffer = vim.api.nvim_get_current_buf()\n"
            "local answer = client:request_sync('textDocument/codeAction', params, 20000, buffer)\n"
            "return vim.tbl_map(function(each) return each.title end, answer and answer.result or {})"
        )
        neovim.wait_until(
            lambda: any(title.startswith("Fix with Punie") for title in neovim.lua(offered)),
            lambda: neovim.lua(offered),
        )
