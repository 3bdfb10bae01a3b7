"""Neovim's own code action menu (`gra`) on a text that was never edited: typing wins over an edit that comes late."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import make_project
from tests.editors.neovim.conftest import APP
from tests.editors.neovim.driver import Neovim

# What the user types in the moment in which the edit arrives.
TYPED = """\
local apply = vim.lsp.util.apply_workspace_edit
vim.lsp.util.apply_workspace_edit = function(...)
  vim.lsp.util.apply_workspace_edit = apply
  vim.api.nvim_buf_set_text(0, 2, 0, 2, 0, { 'typed = ' })
  apply(...)
  _G.arrived = true
end
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without a model: fixes come from rules."""
    return make_project(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def unedited(neovim: Neovim, app: Path) -> Path:
    """A text that was opened and nothing else."""
    neovim.lua("vim.cmd.bwipeout({ bang = true })\n_G.arrived = false")
    neovim.edit(app)
    neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)
    return app


def gra(neovim: Neovim) -> None:
    """Choose Punie's fix at the first problem, as soon as it is in the menu: it is looked for meanwhile."""
    neovim.go('f"done"')

    def chosen() -> bool:
        before = len(neovim.asked()), len(neovim.said())
        neovim.lua("_G.choices = { 'Fix with Punie' }")
        neovim.keys("gra")
        neovim.wait_until(lambda: len(neovim.asked()) > before[0] or len(neovim.said()) > before[1])
        return len(neovim.asked()) > before[0] and any("Fix with Punie" in item for item in neovim.asked()[-1]["items"])

    neovim.wait_until(chosen, neovim.asked)


def test_a_fix_is_applied(neovim: Neovim, unedited: Path) -> None:
    gra(neovim)

    neovim.wait_until(lambda: '"done"' in neovim.lines()[2] and 'f"done"' not in neovim.lines()[2], neovim.lines)


@pytest.mark.parametrize("how", ["opened", "read again", "under another name"])
def test_what_was_typed_meanwhile_stays(neovim: Neovim, unedited: Path, how: str) -> None:
    if how == "read again":
        neovim.lua("vim.cmd.edit()")
        neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)
    elif how == "under another name":
        other = unedited.with_name("other.py")
        other.unlink(missing_ok=True)
        neovim.lua("vim.cmd.saveas({ vim.fn.fnameescape(...), bang = true })", str(other))
        neovim.wait_until(lambda: neovim.codes() == ["Ruff F541", "Ruff F541"], neovim.codes)
    neovim.lua(TYPED)

    gra(neovim)

    neovim.wait_lua("return _G.arrived")
    assert "\n".join(neovim.lines()) + "\n" == APP.replace('print("🚀', 'typed = print("🚀')
