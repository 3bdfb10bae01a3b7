"""A file's libcst tree with the place of every node in the text. Edits are made in the text, never by writing the tree.

Places are half-open ranges of code points. A tree that libcst does not write back exactly is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from punie_semantic.exceptions import RefactorError

Span = tuple[int, int]
Node = TypeVar("Node", bound=cst.CSTNode)

# Python starts to count indentation anew at a form feed; libcst loses the character.
_FORM_FEED = re.compile(r"(?:(?<=\n)|(?<=\r)|\A)[ \t\f]*\f|\f")


class Tree:
    """One parsed text."""

    def __init__(self, text: str, module: cst.Module, place: Callable[[int], int]) -> None:
        self.text = text
        self.module = module
        # `wrapper.resolve` would walk the whole tree once more for each provider, which takes longer than all else.
        spans: Mapping[cst.CSTNode, Any] = ByteSpanPositionProvider()._gen(
            MetadataWrapper(module, unsafe_skip_copy=True)
        )
        self._spans: dict[cst.CSTNode, Span] = {
            node: (place(span.start), place(span.start + span.length)) for node, span in spans.items()
        }
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        _note_parents(module, self._parents)

    @classmethod
    def parse(cls, text: str) -> Tree:
        """Parse a whole file. Raises RefactorError."""
        plain, removed = _without_form_feeds(text)
        module = parsed(plain)
        if module.code != plain:
            raise RefactorError("The file has white space that cannot be kept to the byte. Run a formatter first.")
        return cls(text, module, _places(plain, removed))

    @classmethod
    def part(cls, text: str, span: Span, head: str) -> Tree:
        """Parse whole lines of a file only, behind a line that makes their indentation right. Raises RefactorError."""
        plain, removed = _without_form_feeds(text[span[0] : span[1]])
        module = parsed(head + plain)
        if module.code != head + plain:
            raise RefactorError("The lines have white space that cannot be kept to the byte.")
        place = _places(plain, removed)
        return cls(text, module, lambda offset: span[0] + (place(offset - len(head)) if offset > len(head) else 0))

    @staticmethod
    def check(text: str) -> None:
        """Whether a text parses. Raises RefactorError."""
        parsed(_without_form_feeds(text)[0])

    def span(self, node: cst.CSTNode) -> Span:
        """A node's place, without parentheses around it; with them where it has no place of its own."""
        return self._spans[node]

    def outer(self, node: cst.CSTNode) -> Span:
        """An expression's place with its own parentheses."""
        start, end = self._spans[node]
        if isinstance(node, cst.BaseExpression) and node.lpar:
            start, end = self._spans[node.lpar[0]][0], self._spans[node.rpar[-1]][1]
        return start, end

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        start, end = self._spans[node]
        return self.text[start:end]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node around a node."""
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, inside out."""
        while (above := self._parents.get(node)) is not None:
            yield above
            node = above

    def enclosing(self, node: cst.CSTNode, kind: type[Node] | tuple[type[Node], ...]) -> Node | None:
        """The nearest node of a kind around a node."""
        return next((above for above in self.ancestors(node) if isinstance(above, kind)), None)

    def nodes(self) -> Iterator[cst.CSTNode]:
        """All nodes that have a place."""
        return iter(self._spans)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, its line end included."""
        found = re.compile(r"\r\n|\n|\r").search(self.text, offset)
        return found.end() if found else len(self.text)

    def indent(self, offset: int) -> str:
        """The white space that the line of an offset starts with."""
        found = re.compile(r"[ \t\f]*").match(self.text, self.line_start(offset))
        return found[0].rpartition("\f")[2] if found else ""


def trimmed(text: str, span: Span) -> Span:
    """A selection without the white space at its ends."""
    start, end = span
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def parsed(text: str) -> cst.Module:
    """libcst's module. Raises RefactorError."""
    try:
        return cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        line = f" in line {error.raw_line}" if isinstance(error, cst.ParserSyntaxError) else ""
        raise RefactorError(f"The file has a syntax error{line}. Fix it first.") from error


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all nodes below it, in the order of the text."""
    yield node
    for child in node.children:
        yield from walk(child)


def _note_parents(node: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> None:
    """Note the parents of all nodes below one; ten times as fast as `node.children`, which keeps the text's order."""
    for name in type(node).__dataclass_fields__:
        value = getattr(node, name)
        for child in value if isinstance(value, tuple | list) else (value,):
            if isinstance(child, cst.CSTNode):
                parents[child] = node
                _note_parents(child, parents)


def _without_form_feeds(text: str) -> tuple[str, list[Span]]:
    """The text as libcst can keep it, and the ranges that are missing in it."""
    removed: list[Span] = [(0, 1)] if text.startswith("\ufeff") else []
    for found in _FORM_FEED.finditer(text):
        at_line_start = found.start() == 0 or text[found.start() - 1] in "\r\n"
        if at_line_start:
            removed.append(found.span())
    if not removed and "\f" not in text:
        return text, removed
    parts, at = [], 0
    for start, end in removed:
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]]).replace("\f", " "), removed


def _places(plain: str, removed: list[Span]) -> Callable[[int], int]:
    """From a byte offset in the parsed text to a code point offset in the original one."""
    to_character: Callable[[int], int] = int
    if not plain.isascii():
        starts = list(accumulate((len(char.encode("utf-8", "surrogatepass")) for char in plain), initial=0))

        def to_character(offset: int) -> int:
            return bisect_right(starts, offset) - 1

    if not removed:
        return to_character
    anchors, shifts, total = [], [], 0
    for start, end in removed:
        anchors.append(start - total)
        total += end - start
        shifts.append(total)

    def place(offset: int) -> int:
        character = to_character(offset)
        index = bisect_right(anchors, character)
        return character + (shifts[index - 1] if index else 0)

    return place
