"""What is typed at the prompt of a conversation: lines with a history, several of them when they belong together."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

try:
    import readline
except ImportError:  # the terminal's own line editing is left
    readline = None

MOST_LINES = 1000
FENCE = "```"
PROMPT, MORE = "> ", "… "


class PromptLine:
    """The prompt.

    Args:
        history: a file for what was asked, for the user alone.
        commands: what begins with a slash, for completion.
        redact: takes secrets out of what is kept.
    """

    def __init__(self, history: Path, commands: Sequence[str], redact: Callable[[str], str]) -> None:
        self._history = history
        self._commands = commands
        self._redact = redact
        self._edited = readline is not None and sys.stdin.isatty() and sys.stdout.isatty()
        if self._edited:
            self._begin()

    def read(self) -> str | None:
        """What was typed; None at the end of input. Raises KeyboardInterrupt.

        A line that ends in a backslash goes on in the next one, and ``` begins a text that ends with ```.
        """
        try:
            text = self._line(PROMPT)
        except EOFError:
            return None
        with contextlib.suppress(EOFError):
            while _goes_on(text):
                text = f"{text.removesuffix(chr(92))}\n{self._line(MORE)}"
        text = _unfenced(text).strip()
        self._keep(text)
        return text

    def _line(self, prompt: str) -> str:
        if sys.stdin.isatty() and not sys.stdout.isatty():
            sys.stderr.write(prompt)
            sys.stderr.flush()
        return input(prompt if sys.stdin.isatty() and sys.stdout.isatty() else "")

    def _begin(self) -> None:
        assert readline is not None
        readline.set_auto_history(False)
        readline.parse_and_bind("set enable-bracketed-paste on")
        readline.parse_and_bind("tab: complete")
        readline.set_completer_delims(" \t\n")
        readline.set_completer(self._complete)
        for text in _read(self._history):
            readline.add_history(text)

    def _complete(self, text: str, state: int) -> str | None:
        matching = [f"{command} " for command in self._commands if command.startswith(text)] if text[:1] == "/" else []
        return matching[state] if state < len(matching) else None

    def _keep(self, text: str) -> None:
        """For the arrow keys, now and in later conversations; without secrets."""
        if not self._edited or not text:
            return
        assert readline is not None
        readline.add_history(text)
        with contextlib.suppress(OSError):
            self._history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(self._history, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as file:
                file.write(f"{json.dumps(self._redact(text), ensure_ascii=False)}\n".encode("utf-8", "replace"))


def _goes_on(text: str) -> bool:
    last = text.rpartition("\n")[2]
    if text.lstrip().startswith(FENCE):
        return "\n" not in text or last.strip() != FENCE
    return last.endswith("\\")


def _unfenced(text: str) -> str:
    """The text between two fences, if that is all there is."""
    lines = text.strip().split("\n")
    if len(lines) > 1 and lines[0].strip() == FENCE and lines[-1].strip() == FENCE:
        return "\n".join(lines[1:-1])
    return text


def _read(file: Path) -> list[str]:
    """What was typed before; lines that are damaged are passed over."""
    texts = []
    with contextlib.suppress(OSError):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[-MOST_LINES:]:
            with contextlib.suppress(ValueError):
                text = json.loads(line)
                texts += [text] if isinstance(text, str) else []
    return texts
