"""Where a symbol's definition is in its file's text, and where text goes before, after and inside of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import libcst as cst

from punie_semantic.exceptions import EditError, RefactorError
from punie_semantic.outlines import Located
from punie_semantic.refactor.tree import Span, Tree
from punie_semantic.wire.positions import TextLines

Definition = cst.FunctionDef | cst.ClassDef | cst.SimpleStatementLine


@dataclass(frozen=True)
class Place:
    """A symbol's definition as whole lines, from its decorators and the comments above them on.

    Attributes:
        tree: the file.
        nodes: its statements, in order; several for overloads, or a property and its setter.
        start: where the first line starts, without the comments.
        comments: where the comments above start; the same as `start` without any.
        end: after the last line's end.
        indent: of its first line.
    """

    tree: Tree
    nodes: tuple[Definition, ...]
    start: int
    comments: int
    end: int
    indent: str

    @property
    def is_block(self) -> bool:
        """Whether it is a function or a class."""
        return not isinstance(self.nodes[-1], cst.SimpleStatementLine)


def place(text: str, symbol: Located) -> Place:
    """Find the definition. Raises EditError when it is no statement of its own lines."""
    try:
        tree = Tree.parse(text)
    except RefactorError as error:
        raise EditError(f"{symbol.file.name} cannot be edited by symbol: {error} Use edit_file for that.") from error
    lines = TextLines(text)
    spans = [
        (lines.offset(p["start"], "utf-32"), lines.offset(p["end"], "utf-32")) for p in (*symbol.parts, symbol.range)
    ]
    name = lines.offset(symbol.name_range["start"], "utf-32")
    nodes = _definitions(tree, symbol, {name}, spans)
    if not nodes:
        raise EditError(f"{symbol.qualified_name} is no statement of its own. Use edit_file to change it.")
    _check_together(tree, symbol, nodes)
    start = tree.line_start(_first(tree, nodes[0]))
    end = tree.line_end(tree.span(nodes[-1])[1])
    if text[start : _first(tree, nodes[0])].strip() or _code_after(tree, tree.span(nodes[-1])[1], end):
        raise EditError(f"{symbol.qualified_name} shares its line with other code. Use edit_file to change it.")
    return Place(tree, tuple(nodes), start, _comments(tree, start), end, tree.indent(_first(tree, nodes[0])))


def body_place(found: Place, *, at_end: bool) -> tuple[int, str]:
    """Where a line goes into the body, after its docstring or at its end, and the body's indentation; -1 for a body
    that is on the line of the `def`."""
    node = found.nodes[-1]
    if isinstance(node, cst.SimpleStatementLine):
        raise EditError("Only functions and classes have a body. Pass where='before' or 'after'.")
    if isinstance(node.body, cst.SimpleStatementSuite):
        return -1, found.indent
    tree, statements = found.tree, node.body.body
    first = statements[0]
    indent = tree.indent(_first(tree, first))
    if at_end:
        return tree.line_end(tree.span(statements[-1])[1]), indent
    if _is_docstring(first):
        return tree.line_end(tree.span(first)[1]), indent
    return _comments(tree, tree.line_start(_first(tree, first))), indent


def header_end(found: Place) -> tuple[int, Span]:
    """For a body on the line of the `def`: where its colon ends, and where the body is."""
    node = found.nodes[-1]
    if isinstance(node, cst.SimpleStatementLine) or not isinstance(node.body, cst.SimpleStatementSuite):
        raise EditError("The body is a block already.")
    tree = found.tree
    start, end = tree.span(node.body.body[0])[0], tree.span(node.body.body[-1])[1]
    colon = tree.text.rindex(":", 0, start) + 1
    return colon, (start, end)


def _definitions(tree: Tree, symbol: Located, names: set[int], spans: list[Span]) -> list[Definition]:
    found: list[Definition] = []
    for node in tree.nodes():
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            start = tree.span(node.name)[0]
            inside = node.name.value == symbol.name and any(s <= start < e for s, e in spans)
            if start in names or (inside and _same_block(tree, node, symbol)):
                found.append(node)
    if not found and symbol.kind not in ("method", "function", "class", "parameter"):
        for node in tree.nodes():
            if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
                target = _target(node.body[0])
                if target is not None and tree.span(target)[0] in names:
                    found.append(node)
    return sorted(found, key=lambda node: tree.span(node)[0])


def _target(small: cst.BaseSmallStatement) -> cst.Name | None:
    """The only name that a statement binds."""
    target: cst.CSTNode | None = None
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target = small.targets[0].target
    elif isinstance(small, cst.AnnAssign):
        target = small.target
    elif isinstance(small, cst.TypeAlias):
        target = small.name
    return target if isinstance(target, cst.Name) else None


def _same_block(tree: Tree, node: cst.CSTNode, symbol: Located) -> bool:
    """Whether the definition belongs to the symbol's own class or function."""
    names = [a.name.value for a in tree.ancestors(node) if isinstance(a, cst.FunctionDef | cst.ClassDef)]
    return ".".join(reversed(names)) == symbol.container


def _check_together(tree: Tree, symbol: Located, nodes: list[Definition]) -> None:
    """Refuse definitions with other code between them: an edit would not be of the whole symbol."""
    lines = [tree.text.count("\n", 0, tree.span(node)[0]) + 1 for node in nodes]
    for one, other in itertools.pairwise(nodes):
        between = tree.text[tree.span(one)[1] : _first(tree, other)]
        if any(line.strip() and not line.strip().startswith("#") for line in between.splitlines()):
            raise EditError(
                f"{symbol.qualified_name} is defined in several places, in lines {', '.join(map(str, lines))}. "
                "Change each of them with edit_file."
            )


def _first(tree: Tree, node: cst.CSTNode) -> int:
    """Where a statement starts, with its decorators."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
        return min(tree.span(node.decorators[0])[0], tree.span(node)[0])
    return tree.span(node)[0]


def _comments(tree: Tree, start: int) -> int:
    """Where the block of comments right above a line starts, as far as it has the line's indentation."""
    indent = tree.indent(start)
    while start:
        above = tree.line_start(start - (2 if tree.text[start - 2 : start] == "\r\n" else 1))
        line = tree.text[above:start]
        if not (line.startswith(f"{indent}#") and not line.startswith("#!")):
            break
        start = above
    return start


def _code_after(tree: Tree, at: int, end: int) -> bool:
    rest = tree.text[at:end].strip()
    return bool(rest) and not rest.startswith("#")


def _is_docstring(statement: cst.BaseStatement | cst.BaseSmallStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    small = statement.body[0]
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString | cst.ConcatenatedString)
