"""A terminal of a test's own, tmux's, whose screen can be read as text and drawn as a picture."""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

SECONDS = 60.0


class Tmux:
    """A tmux with one window.

    Args:
        name: of its socket; no other test's.
        width: of the window, in columns.
        height: of the window, in rows.
    """

    def __init__(self, name: str, width: int, height: int) -> None:
        self._name, self.width, self._height = name, width, height

    def run(self, command: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> None:
        """Start a program in the window."""
        size = ("-x", str(self.width), "-y", str(self._height))
        variables = {**environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        for name in ("TMUX", "COLUMNS", "LINES"):  # the window has a size of its own
            variables.pop(name, None)
        start = ["tmux", "-u", "-f", "/dev/null", "-L", self._name, "new-session", "-d", "-s", "main", *size, *command]
        subprocess.run(start, cwd=cwd, env=variables, check=True)

    def keys(self, *keys: str) -> None:
        """Type; a key's name, as `Enter`, or text."""
        self.tell("send-keys", "-t", "main", *keys)

    def text(self) -> str:
        """The screen."""
        return self.tell("capture-pane", "-p", "-t", "main")

    def wait(self, text: str) -> str:
        """Wait until a text is there; gives all that is."""
        end = time.monotonic() + SECONDS
        while text not in (screen := self.text()):
            assert time.monotonic() < end, f"no {text!r} in\n{screen}"
            time.sleep(0.05)
        return screen

    def coloured(self) -> str:
        """The screen with its colours, for `draw`."""
        return self.tell("capture-pane", "-e", "-N", "-p", "-t", "main").rstrip("\n")

    def tell(self, *arguments: str) -> str:
        """Run one of tmux's commands; gives what it prints."""
        done = subprocess.run(["tmux", "-L", self._name, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def end(self) -> None:
        """Close it."""
        subprocess.run(["tmux", "-L", self._name, "kill-server"], capture_output=True, check=False)


def draw(screen: str, width: int, path: Path, title: str, theme: TerminalTheme) -> None:
    """A coloured screen as a picture, with no font from elsewhere."""
    console = Console(record=True, width=width, file=io.StringIO(), color_system="truecolor")
    console.print(Text.from_ansi(screen), overflow="crop", no_wrap=True)
    svg = console.export_svg(title=title, theme=theme, unique_id=path.stem)
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")
