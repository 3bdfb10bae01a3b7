"""`punie-ls` in a real terminal, tmux's, whose screen can be read as text and drawn as a picture.

python -m tests.e2e.ask.terminal docs/images     # draws the pictures of docs/ask.md
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
import time
from pathlib import Path

from rich.terminal_theme import TerminalTheme

from punie_ls.demo.seeds import copy_bookshop
from tests.e2e.editor import PUNIE_LS
from tests.model_server import ModelServer, Reply, call
from tests.tmux import SECONDS, Tmux, draw

_NORMAL = ["3c404b", "ff7a76", "82d282", "ecc86e", "78aafa", "cd96f0", "6ecdd7", "e0e2ea"]
_BRIGHT = ["787c87", "ff9691", "a0e6a0", "fadc8c", "96c3ff", "e1b4fa", "8ce1eb", "ffffff"]

EDIT = """\
text = read_file('src/bookshop/shipping.py')
edit_file('notes.py', 'f"Bücher 📚"', '"Bücher 📚"')
print(typecheck('notes.py').error_count)
"""
ANSWER = """\
The `f` prefix in `notes.py` has **no placeholder**, so it does nothing:

- I removed it; the text stays the same.
- `shipping` is as it was.
"""
NOTES = """\
from bookshop.money import Money

print(f"Bücher 📚")


def shipping(weight: int) -> Money:
    return Money.of("5.00" if weight < 1000 else "9.00")
"""


class Terminal(Tmux):
    """What runs in it says its exit status at the end, as `status=0`; its text is all that was ever on the screen."""

    def start(self, command: list[str], cwd: Path, environ: dict[str, str]) -> None:
        """Run a program in it."""
        term = environ.get("PUNIE_TERM", "xterm-256color")
        # Ctrl-C is for the program; the shell that says its status stays.
        line = f"trap : INT; env TERM={term} {shlex.join(command)}; echo status=$?; sleep 600; sleep 600"
        self.run(["sh", "-c", line], cwd, environ)

    def paste(self, text: str) -> None:
        """Paste, as a terminal does it."""
        self.tell("set-buffer", text)
        self.tell("paste-buffer", "-p", "-t", "main")

    def text(self) -> str:
        """All that was ever on the screen."""
        return self.tell("capture-pane", "-p", "-S", "-", "-t", "main")

    def coded(self) -> str:
        """The same with its colours."""
        return self.tell("capture-pane", "-e", "-p", "-S", "-", "-t", "main")

    def wait_for_prompt(self) -> None:
        """Wait until a conversation takes the next line."""
        end = time.monotonic() + SECONDS
        while not (screen := self.text().rstrip()).endswith("\n>"):
            assert time.monotonic() < end, f"no prompt in\n{screen}"
            time.sleep(0.05)

    def status(self) -> int:
        """The exit status, once it has ended."""
        self.wait("status=")
        match = re.search(r"status=(\d+)", self.text())
        assert match is not None
        return int(match[1])

    @property
    def process(self) -> int:
        """What runs in the window."""
        shell = int(self.tell("display-message", "-p", "-t", "main", "#{pane_pid}"))
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[0])

    def draw(self, path: Path, title: str) -> None:
        """The screen as a picture."""
        draw(self.coloured().partition("status=")[0].rstrip(), self.width, path, title, _theme())


def _theme() -> TerminalTheme:
    """Dark, and readable on GitHub."""

    def colour(code: str) -> tuple[int, int, int]:
        red, green, blue = bytes.fromhex(code)
        return red, green, blue

    return TerminalTheme(colour("14161b"), colour("e0e2ea"), [*map(colour, _NORMAL)], [*map(colour, _BRIGHT)])


def main() -> int:
    """Draw the pictures into a folder."""
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="punie") as name, ModelServer(models=["qwen3-coder"]) as model:
        folder = Path(name)
        project = copy_bookshop(folder / "bookshop")
        (project / "punie.toml").write_text(f'model = "{model.spec}"\n')
        (project / "notes.py").write_text(NOTES)
        environ = {
            **os.environ,
            "PUNIE_STORE": str(folder / "punie.db"),
            "PUNIE_STATE_DIR": str(folder / "state"),
            "PUNIE_CONFIG_FILE": str(folder / "user.toml"),
            "PATH": f"{PUNIE_LS.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        model.add(call("run_code", code=EDIT), Reply(text=ANSWER))
        terminal = Terminal("punie-pictures", 104, 36)
        try:
            terminal.start(["punie-ls", "ask", "tidy notes.py"], project, environ)
            terminal.wait("y/n/h/d>")
            terminal.keys("y", "Enter")
            terminal.status()
            terminal.draw(target / "ask-terminal.svg", 'punie-ls ask "tidy notes.py"')
        finally:
            terminal.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
