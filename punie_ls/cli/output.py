"""What the command line prints: results on stdout, errors on stderr, colours only on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.pretty import Pretty
from rich.text import Text

_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def console(*, stderr: bool = False) -> Console:
    """A console that neither guesses markup nor highlights."""
    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=True)


def bar_is_wanted(environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether a progress bar makes sense."""
    return terminal and environ.get("CI", "").lower() in ("", "0", "false") and environ.get("TERM") != "dumb"


def print_text(text: str) -> None:
    """Text as it is."""
    if text:
        console().print(text, end="")


def print_error(text: str) -> None:
    """One error message."""
    console(stderr=True).print(Text(f"punie-ls: {text}", style="red"))


def print_value(value: Any) -> None:  # noqa: ANN401 - a program's result
    """A program's value: text as it is, everything else pretty-printed."""
    from punie_agent.codemode.values import to_plain  # every verb prints; few print values

    plain = to_plain(value)
    console().print(plain if isinstance(plain, str) else Pretty(plain))


def diff_text(diff: str) -> Text:
    """A coloured unified diff."""
    text = Text()
    for line in diff.splitlines(keepends=True):
        style = next((style for prefix, style in _STYLES.items() if line.startswith(prefix)), "")
        text.append(line.replace("\r", ""), style=style)
    return text


def print_diff(diff: str) -> None:
    """A unified diff; bytes as they are when stdout is no terminal, so that git can apply it."""
    out = console()
    if out.is_terminal:
        out.print(diff_text(diff), end="")
    else:
        out.file.write(diff)
