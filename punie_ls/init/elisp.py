"""Just enough of Emacs Lisp's syntax to see whether a file is whole: brackets, strings, comments and characters."""

from __future__ import annotations

import re

from punie_ls.init.exceptions import Broken

_PAIRS = {")": "(", "]": "["}
_TOKEN = re.compile(
    r"""(?P<skip>;[^\n]*|\?\\(?:[CMSHAs]-\\?)*.|\?[^\\\s]|\\.)"""
    r"""|(?P<string>"(?:[^"\\]|\\.)*")|(?P<open>[(\[])|(?P<close>[)\]])|(?P<quote>")"""
    r"""|(?:[^;"()\[\]\\?\s]\??)+|.""",
    re.DOTALL,
)


def check(text: str) -> None:
    """Raises Broken, with the line, when a bracket or a string is not closed, or closes nothing."""
    opened: list[tuple[str, int]] = []
    line = 1
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "open":
                opened.append((token[0], line))
            case "close" if not opened or opened[-1][0] != _PAIRS[token[0]]:
                raise Broken(f"{token[0]} closes nothing", line)
            case "close":
                opened.pop()
            case "quote":
                raise Broken("a string is not closed", line)
        line += token[0].count("\n")
    if opened:
        raise Broken(f"{opened[-1][0]} is not closed", opened[-1][1])


def quoted(text: str) -> str:
    """A string of Emacs Lisp."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
