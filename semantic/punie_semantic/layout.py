"""How a file is laid out, and how new text takes its form: line ends, indentation, the newline at the end."""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from punie_semantic.sources import line_ending, with_line_ending
from punie_semantic.text_edits import line_edits, split_lines

_INDENT = re.compile(r"[ \t\f]*")
_FSTRINGS = {getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START")}
_FSTRING_ENDS = {getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END")}


def take_form(before: str, after: str) -> str:
    """`after` with the line ends of `before`: lines that stay or change keep theirs, new ones get the usual one."""
    usual = line_ending(before)
    old = split_lines(before)
    plain_old, plain_new = with_line_ending(before, "\n"), with_line_ending(after.removeprefix("\ufeff"), "\n")
    parts: list[str] = []
    at = 0
    for edit in line_edits(plain_old, plain_new):
        parts += old[at : edit.start]
        replaced = old[edit.start : edit.end]
        last = len(edit.lines) - 1
        for number, line in enumerate(edit.lines):
            # The last line that is replaced stands for the last new one.
            model = replaced[-1:] if number == last else replaced[number : number + 1]
            parts.append(line.removesuffix("\n") + (_end(model, usual) if line.endswith("\n") else ""))
        at = edit.end
    return "".join([*parts, *old[at:]])


def _end(model: list[str], usual: str) -> str:
    line = model[0] if model else ""
    return line[len(line.rstrip("\r\n")) :] or usual


def indent_unit(text: str) -> str:
    """One level of indentation: a tab, or the number of spaces that most blocks begin with; four by default."""
    found: Counter[str] = Counter()
    above = ""
    for line in split_lines(text):
        if not line.strip():
            continue
        indent = indent_of(line)
        if len(indent) > len(above) and indent.startswith(above):
            found[indent[len(above) :]] += 1
        above = indent
    common = [unit for unit, _ in found.most_common() if unit == "\t" or unit in ("  ", "    ", "   ", " " * 8)]
    return common[0] if common else "    "


def indent_of(line: str) -> str:
    """The white space that a line starts with, from its last form feed on."""
    found = _INDENT.match(line)
    return found[0].rpartition("\f")[2] if found else ""


def fitted(text: str, *, indent: str, unit: str, ending: str) -> str:
    """A piece of Python as it has to look at some depth of a file: whole lines, the last one with its end.

    What is inside of strings stays as it is, apart from line ends.
    """
    plain = with_line_ending(text, "\n").strip("\n").rstrip() + "\n"
    lines = split_lines(plain)
    margin = indent_of(lines[0])
    if margin and all(line.startswith(margin) or not line.strip() for line in lines):
        lines = _without_margin(lines, margin)
    new = _indented(lines, indent, unit)
    return with_line_ending("".join(new), ending)


def _without_margin(lines: list[str], margin: str) -> list[str]:
    inner = _string_lines("".join(["if 1:\n", *lines]), shift=1)
    return [line if number in inner or not line.strip() else line[len(margin) :] for number, line in enumerate(lines)]


def _indented(lines: list[str], indent: str, unit: str) -> list[str]:
    text = "".join(lines)
    inner = _string_lines(text)
    levels = _levels(text)
    forms = {old: indent + unit * depth for old, depth in levels.items()}
    new = []
    own = ("", indent)
    starts = _logical_starts(text)
    for number, line in enumerate(lines):
        if number in inner:
            new.append(line)
            continue
        if not line.strip():
            new.append(line.lstrip(" \t") if line.strip(" \t") else "\n")
            continue
        old = indent_of(line)
        if old in forms and (number in starts or line.lstrip().startswith("#")):
            own = (old, forms[old])
        rest = line[len(own[0]) :] if line.startswith(own[0]) else line.lstrip(" \t")
        new.append(own[1] + rest)
    return new


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens as far as the text can be read."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _string_lines(text: str, shift: int = 0) -> set[int]:
    """0-based lines that begin inside of a string."""
    inner: set[int] = set()
    begun: list[int] = []
    for token in _tokens(text):
        if token.type == tokenize.STRING:
            inner.update(range(token.start[0], token.end[0]))
        elif token.type in _FSTRINGS:
            begun.append(token.start[0])
        elif token.type in _FSTRING_ENDS and begun:
            inner.update(range(begun.pop(), token.end[0]))
    return {number - shift for number in inner}


def _levels(text: str) -> dict[str, int]:
    """The indentations of the text's blocks, with their depth."""
    levels = {"": 0}
    depth = 0
    for token in _tokens(text):
        if token.type == tokenize.INDENT:
            depth += 1
            levels.setdefault(token.string.rpartition("\f")[2], depth)
        elif token.type == tokenize.DEDENT:
            depth -= 1
    return levels


def _logical_starts(text: str) -> set[int]:
    """0-based lines on which a statement begins; all of them when the text cannot be read to its end."""
    starts: set[int] = set()
    fresh = True
    layout = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT)
    for token in _tokens(text):
        if token.type == tokenize.NEWLINE:
            fresh = True
        elif fresh and token.type not in layout:
            starts.add(token.start[0] - 1)
            fresh = False
    return starts
