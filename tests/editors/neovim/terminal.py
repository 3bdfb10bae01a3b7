"""Neovim in a real terminal, tmux's, whose screen can be read as text and drawn as a picture.

python -m tests.editors.neovim.terminal docs/images     # draws the pictures of the plug-in's README
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich.terminal_theme import TerminalTheme

from punie_ls.demo.seeds import copy_bookshop
from tests.e2e.editor import PUNIE_LS
from tests.editors.neovim.driver import NVIM, PLUGIN, environment
from tests.model_server import ModelServer, Reply, call
from tests.tmux import Tmux, draw

# The colours that Neovim's own scheme leaves to the terminal.
THEME = TerminalTheme((20, 22, 27), (224, 226, 234), [(20, 22, 27)] * 8)
INIT = """\
vim.opt.runtimepath:prepend({plugin})
vim.o.swapfile, vim.o.termguicolors, vim.o.laststatus, vim.o.cursorline = false, true, 2, true
vim.o.ruler, vim.o.showcmd, vim.o.number, vim.o.fillchars = false, false, true, 'eob: '
vim.o.statusline = " %f %m%= %{{v:lua.require'punie'.statusline()}} "
"""

ANSWER = """\
`Cart.add` is called in **two** places:

- `orders.py`, line 41, by `Order.from_wishlist`
- `test_orders.py`, line 23, by `test_total`

Both pass a `Book` and a count, so both parameters could be typed. The second one
"""
REST = "has a default in none of the calls, so nothing else would have to change."
EDIT = """\
edit_file('app.py', 'f"Bücher 📚"', '"Bücher 📚"')
edit_file('app.py', 'print("total", f"done")', 'print("total", "done")')
"""
APP = """\
from bookshop.money import Money

print(f"Bücher 📚")
price = Money.of("12.90")


def shipping(weight: int) -> Money:
    return Money.of("5.00" if weight < 1000 else "9.00")


def total(weight: int) -> Money:
    return price + shipping(weight)


print("total", f"done")
"""


class Terminal(Tmux):
    """The window in which Neovim runs."""

    def __init__(self, name: str, width: int, height: int, home: Path) -> None:
        super().__init__(name, width, height)
        self._home = home

    def draw(self, path: Path) -> None:
        """The screen as a picture, with folders that a reader could have."""
        screen = self.coloured().replace(f"{self._home}/xdg-state", "~/.local/state").replace(str(self._home), "~")
        screen = screen.replace(str(PUNIE_LS.parent), "~/.local/bin")
        draw(screen, self.width, path, "Neovim", THEME)


@contextmanager
def open_terminal(folder: Path, model: ModelServer, width: int = 100, height: int = 28) -> Generator[Terminal]:
    """Neovim on a bookshop, in a terminal."""
    project = copy_bookshop(folder / "bookshop")
    (project / "punie.toml").write_text(f'model = "{model.spec}"\n')
    (project / "app.py").write_text(APP)
    init = folder / "init.lua"
    init.write_text(INIT.format(plugin=json.dumps(str(PLUGIN))))
    terminal = Terminal(f"punie-{folder.name}", width, height, folder)
    terminal.run([str(NVIM), "-u", str(init), "-i", "NONE", "app.py"], project, environment(folder))
    try:
        yield terminal
    finally:
        terminal.end()


def ask(terminal: Terminal, model: ModelServer) -> None:
    """Ask something, and stop in the middle of the answer."""
    model.add(Reply(text=ANSWER.rstrip() + " " + REST, size=6, hold=len(ANSWER) // 6 + 3))
    terminal.keys(":Punie ask Who calls Cart.add?", "Enter")
    terminal.wait("The second one")


def review(terminal: Terminal, model: ModelServer) -> None:
    """Let edits be proposed, and reject the second hunk."""
    model.add(call("run_code", code=EDIT), Reply(text="I removed the prefixes."))
    terminal.keys(":Punie! ask Tidy app.py", "Enter")
    terminal.wait("2/2")
    terminal.keys("]c")
    terminal.keys("Space")
    terminal.wait("rejected")


def health(terminal: Terminal) -> None:
    """The health page."""
    terminal.keys(":checkhealth punie", "Enter")
    terminal.wait("At work")


def main() -> int:
    """Draw the pictures into a folder."""
    target = Path(sys.argv[1])
    with (
        tempfile.TemporaryDirectory(prefix="punie") as name,
        ModelServer(models=["qwen3-coder"]) as model,
        open_terminal(Path(name), model) as terminal,
    ):
        ask(terminal, model)
        time.sleep(1)  # the news of a moment are drawn together
        terminal.draw(target / "neovim-ask.svg")
        model.release()
        terminal.wait("tool calls")
        terminal.keys("q")
        review(terminal, model)
        time.sleep(1)
        terminal.draw(target / "neovim-review.svg")
        terminal.keys("q")
        terminal.wait("tool call")  # the answer is still there, below the review
        terminal.keys("q")
        time.sleep(1)
        health(terminal)
        time.sleep(1)
        terminal.draw(target / "neovim-health.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
