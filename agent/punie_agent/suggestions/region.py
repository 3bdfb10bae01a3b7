"""The lines around a problem that a model may rewrite, and its rewriting as edits. Knows no model."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.tree import Tree
from punie_semantic.layout import indent_of
from punie_semantic.sources import with_line_ending
from punie_semantic.text_edits import lsp_edits, split_lines

MOST_LINES = 80
AROUND = 12
_FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,})[^\n]*\n(?P<body>.*?)^(?P=mark)[ \t]*$", re.M | re.S)
_NUMBERED = re.compile(r"^ *\d+ ?[|:] ?", re.M)


@dataclass(frozen=True)
class Region:
    """Whole lines of a text: from line `first` to line `last`, counted from 1, at the offsets `start` to `end`."""

    first: int
    last: int
    start: int
    end: int
    text: str


def region_of(place: Place) -> Region:
    """The function around the problem, or the class; a few lines around it when they are long or there is none."""
    tree = place.tree
    node = tree.node_at(place.start, place.end)
    around = [node, *tree.parents(node)] if node is not None else []
    for kind in (ast.FunctionDef | ast.AsyncFunctionDef, ast.ClassDef):
        for outer in around:
            if isinstance(outer, kind) and not tree.broken:
                decorators = [d.lineno for d in outer.decorator_list]
                first, last = min([outer.lineno, *decorators]), outer.end_lineno or outer.lineno
                if last - first < MOST_LINES:
                    return _lines(tree, first, last)
    line = place.problem.line + 1
    return _lines(tree, max(1, line - AROUND), min(len(tree.lines), line + AROUND))


def _lines(tree: Tree, first: int, last: int) -> Region:
    start, end = tree.lines.start(first - 1), tree.lines.start(last)
    return Region(first, last, start, end, tree.text[start:end])


def rewritten(region: Region, reply: str) -> str | None:
    """The region as a model's answer has it, in the region's own indentation; None when it holds no code block.

    The last block counts: models that think aloud show the old text first.
    """
    blocks = [match["body"] for match in _FENCE.finditer(with_line_ending(reply, "\n") + "\n")]
    blocks = [block for block in blocks if block.strip()]
    if not blocks:
        return None
    body = blocks[-1]
    if all(_NUMBERED.match(line) for line in body.splitlines() if line.strip()):
        body = _NUMBERED.sub("", body)
    return _indented(body.strip("\n") + "\n", _indent(region.text))


def edits_of(region: Region, text: str) -> tuple[Edit, ...]:
    """The smallest edits of the whole text that make the region `text`."""
    old = with_line_ending(region.text, "\n")
    wanted = text if old.endswith("\n") else text.rstrip("\n")
    tree = Tree(region.text)
    found = []
    for edit in lsp_edits(region.text, _with_ends_of(region.text, wanted)):
        start, end = (tree.lines.offset(edit["range"][side], "utf-32") for side in ("start", "end"))
        found.append(Edit(region.start + start, region.start + end, edit["newText"]))
    return tuple(found)


def _with_ends_of(old: str, new: str) -> str:
    return with_line_ending(new, "\r\n" if "\r\n" in old else "\n")


def _indent(text: str) -> str:
    lines = [line for line in split_lines(text) if line.strip()]
    return min((indent_of(line) for line in lines), key=len, default="")


def _indented(text: str, wanted: str) -> str:
    """Small models give a method back without its indentation: put it in again."""
    has = _indent(text)
    if has == wanted:
        return text
    return "".join(wanted + line.removeprefix(has) if line.strip() else line for line in text.splitlines(keepends=True))
