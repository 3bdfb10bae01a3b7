"""Servers that are killed, folders with odd names, and two of everything: no text is lost, and the user is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.neovim.conftest import APP
from tests.editors.neovim.driver import Neovim, start_neovim
from tests.model_server import ModelServer, Reply, say

LONG = Reply(text="The beginning. " * 20, size=15, hold=8)


def test_the_agent_dies_in_the_middle_of_an_answer(neovim: Neovim, app: Path, model: ModelServer) -> None:
    model.add(LONG)
    neovim.ex("Punie! ask Tell me")
    neovim.wait_panel("The beginning.")

    neovim.punie_server().kill()

    neovim.wait_panel("**The answer was interrupted.**")
    neovim.wait_said("the server was restarted in the middle of this. Ask again.")
    neovim.wait_until(lambda: neovim.lua("return require('punie').status().state") == "idle")
    neovim.keys("q")
    model.add(say("Here again."))
    neovim.ex("Punie ask Again?")
    neovim.wait_panel("Here again.")


def test_the_agent_dies_in_the_middle_of_a_review(neovim: Neovim, app: Path) -> None:
    neovim.ex("Punie fixFile")
    neovim.wait_question("@@")

    neovim.punie_server().kill()

    neovim.wait_said("the server was restarted in the middle of this. Ask again.")
    neovim.keys("<CR>")
    neovim.wait_until(lambda: neovim.question() == [])
    assert "\n".join(neovim.lines()) + "\n" == APP


def test_the_whole_server_is_killed(neovim: Neovim, app: Path, model: ModelServer) -> None:
    neovim.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, { '🚀 = 1', 'nowhere  # 🚀' })")
    neovim.wait_until(lambda: "ty unresolved-reference" in neovim.codes(), neovim.codes)
    model.add(LONG)
    neovim.ex("Punie! ask Tell me")
    neovim.wait_panel("The beginning.")

    relay = neovim.relay()
    relay.kill()

    neovim.wait_said("the server ended (signal 9) and is started again. Your texts are as they were.")
    neovim.wait_panel("**The server ended before the answer was complete.**")
    assert not neovim.lua("return require('punie.running').wants_focus()")
    neovim.keys("q")
    neovim.wait_lua("return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1")
    assert neovim.relay().pid != relay.pid
    assert neovim.lines()[-1] == "nowhere  # 🚀"
    # The new server knows the text that was never saved.
    neovim.lua("vim.diagnostic.reset()\nvim.api.nvim_buf_set_lines(0, -1, -1, false, { 'elsewhere' })")
    neovim.wait_until(lambda: neovim.codes().count("ty unresolved-reference") == 2, neovim.codes)
    model.add(say("Here again."))
    neovim.ex("Punie ask Again?")
    neovim.wait_panel("Here again.")


def test_restart(neovim: Neovim, app: Path) -> None:
    before = neovim.relay().pid

    neovim.ex("Punie restart")

    neovim.wait_lua("return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1")
    neovim.wait_until(lambda: neovim.relay().pid != before)
    assert not any("the server ended" in said for said in neovim.said()), "it was asked to"
    neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)


def test_a_server_that_crashes_at_once(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    crashing = "vim.g.punie = { cmd = { 'sh', '-c', 'exit 3' }, restarts = 2 }"
    with start_neovim(tmp_path, root, more=crashing) as neovim:
        neovim.lua("vim.cmd('edit shop.py')")

        neovim.wait_said("the server ended (exit code 3). :Punie restart starts it again")
        again = [said for said in neovim.said() if "is started again" in said]
        assert len(again) == 2


@pytest.mark.parametrize("name", ["with spaces", "世界 🚀", "a#b", "100%25 [x] {y}"])
def test_folders_with_odd_names(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    make_project(root)
    path = root / "a #1 🚀.py"
    path.write_text(APP)
    with start_neovim(tmp_path, root) as neovim:
        neovim.edit(path)
        assert neovim.lua("return vim.lsp.get_clients({ name = 'punie' })[1].root_dir") == str(root)
        neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)

        neovim.ex("Punie fixFile")
        assert "a #1 🚀.py" in neovim.wait_question("@@")
        neovim.keys("<Space><CR>")

        neovim.wait_said("Applied.")
        assert "\n".join(neovim.lines()) + "\n" == APP.replace('f"again"', '"again"')


def test_two_windows_on_one_file(neovim: Neovim, app: Path) -> None:
    neovim.lua("vim.cmd('split')")
    neovim.ex("Punie fixFile")
    neovim.wait_question("@@")
    neovim.keys("<CR>")

    neovim.wait_said("Applied.")

    assert neovim.lua("return #vim.api.nvim_list_wins()") == 2
    assert "\n".join(neovim.lines()) + "\n" == APP.replace('f"', '"')
    neovim.lua("vim.cmd('only')")


def test_two_neovims_on_one_folder(
    neovim: Neovim, app: Path, project: Path, tmp_path: Path, model: ModelServer
) -> None:
    model.add(say("Kept by the first."))
    neovim.ex("Punie! ask From the first")
    neovim.wait_panel("*1 request")
    store = {name: str(neovim.folder / f"xdg-{name[4:-5].lower()}") for name in ("XDG_DATA_HOME", "XDG_STATE_HOME")}
    with start_neovim(tmp_path, project, environ=store) as other:
        other.edit(app)
        model.add(say("Kept by the second."))
        other.ex("Punie! ask From the second")
        other.wait_panel("*1 request")

        other.choose("From the first", "show")
        other.ex("Punie sessions")
        other.wait_panel("Kept by the first.")
        model.add(say("Still here."))
        neovim.ex("Punie ask Are you?")
        neovim.wait_panel("Still here.")
        other.ex("Punie fixFile")
        other.wait_question("@@")
        other.keys("<CR>")
        other.wait_said("Applied.")

    assert app.read_bytes() == APP.replace("\n", "\r\n").encode(), "the other one did not save"
