"""Neovim: one file in the `plugin` folder of the user's configuration, which Neovim loads by itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from punie_ls.init.editors.editor import Editor
from punie_ls.init.own_file import MARK, OwnFile
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target

VERSION_SECONDS = 5.0
OLDEST = (0, 11)

# What is configured elsewhere (in init.lua, by a plug-in) goes before what is written here.
_CONTENT = """\
-- {mark}, and taken back by `punie-ls init --undo neovim`.
-- What you say about Punie in your own configuration, with vim.lsp.config('punie', ...), goes before this.
if vim.fn.has('nvim-0.11') == 1 then
  vim.lsp.config('punie', {{}})
  local punie = vim.lsp.config.punie
  local starts = type(punie.cmd) == 'function'
    or type(punie.cmd) == 'table' and vim.fn.executable(punie.cmd[1]) == 1
  vim.lsp.config('punie', {{
    cmd = starts and punie.cmd or {{ {command} }},
    filetypes = punie.filetypes or {{ 'python' }},
    root_markers = punie.root_markers
      or {{ 'pyproject.toml', 'ty.toml', 'ruff.toml', 'setup.py', 'setup.cfg', '.git' }},
  }})
  vim.lsp.enable('punie')
end
"""


def editor() -> Editor:
    """Neovim."""
    return Editor("neovim", "Neovim", found=_found, targets=_targets, unavailable=_too_old, notes=_notes)


def _folder(around: Surroundings) -> Path:
    name = around.environ.get("NVIM_APPNAME") or "nvim"
    if around.platform == "win32" and "XDG_CONFIG_HOME" not in around.environ:
        return around.folder("LOCALAPPDATA", "AppData/Local") / name
    return around.dot_config / name


def _found(around: Surroundings) -> bool:
    return _folder(around).is_dir() or around.which("nvim") is not None


def _targets(around: Surroundings) -> tuple[Target, ...]:
    command = quoted(around.command)
    content = _CONTENT.format(mark=MARK, command=command)
    return (OwnFile(_folder(around) / "plugin" / "punie.lua", content, command),)


def quoted(text: str) -> str:
    """A string of Lua."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _too_old(around: Surroundings) -> str | None:
    version = _version(around)
    if version is None or version >= OLDEST:
        return None
    return f"it is Neovim {version[0]}.{version[1]}, and Punie needs 0.11 or newer."


def _version(around: Surroundings) -> tuple[int, int] | None:
    """The version of the nvim on PATH."""
    program = around.which("nvim")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"NVIM v(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else None


def _notes(_: Surroundings) -> tuple[str, ...]:
    return ("Do not enable ty, ruff or pyright beside Punie: everything would show twice.",)
