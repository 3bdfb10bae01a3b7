"""What an extracted function is made of: whole statements of one block, or one expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.expressions import selected_expression
from punie_semantic.refactor.scopes import DYNAMIC
from punie_semantic.refactor.tree import Span, Tree, trimmed, walk

_FUNCTIONS = (cst.FunctionDef, cst.Lambda, cst.ClassDef)
_FRAMES = frozenset({"currentframe", "_getframe", "stacklevel", "__tracebackhide__"})


@dataclass(frozen=True)
class Region:
    """The selected code: `nodes` are statements, or the one expression; `span` is whole lines for statements."""

    nodes: tuple[cst.CSTNode, ...]
    span: Span
    is_expression: bool

    @property
    def first(self) -> cst.CSTNode:
        """The first statement, or the expression."""
        return self.nodes[0]

    @property
    def last(self) -> cst.CSTNode:
        """The last statement, or the expression."""
        return self.nodes[-1]

    def own_nodes(self) -> list[cst.CSTNode]:
        """All nodes that are not in a function or class inside the region."""
        found: list[cst.CSTNode] = []
        waiting = list(self.nodes)
        while waiting:
            node = waiting.pop(0)
            found.append(node)
            if not isinstance(node, _FUNCTIONS):
                waiting = [*node.children, *waiting]
        return found


def selected_region(tree: Tree, selection: Span) -> Region:
    """What a selection covers. Raises RefactorError."""
    wanted = trimmed(tree.text, selection)
    if wanted[0] >= wanted[1]:
        raise RefactorError("Nothing is selected. Select whole statements, or an expression.")
    statements = _statements(tree, wanted)
    if statements:
        start = tree.line_start(min(wanted[0], _start(tree, statements[0])))
        end = tree.line_end(max(wanted[1], tree.span(statements[-1])[1]))
        return Region(tuple(statements), (start, end), False)
    try:
        node = selected_expression(tree, selection)
    except RefactorError as error:
        raise RefactorError(
            "The selection is neither whole statements of one block nor a whole expression. "
            "Select from the first to the last character of them."
        ) from error
    if isinstance(tree.parent(node), cst.Expr):
        return selected_region(tree, _line_of(tree, node))
    return Region((node,), tree.outer(node), True)


def _line_of(tree: Tree, node: cst.CSTNode) -> Span:
    line = tree.enclosing(node, cst.SimpleStatementLine)
    if line is None or len(line.body) != 1:
        raise RefactorError("The statement shares its line with others. Put it on a line of its own first.")
    return tree.span(line)


def _statements(tree: Tree, wanted: Span) -> list[cst.BaseStatement]:
    """The statements of one block that a selection covers, and nothing else but comments."""
    for block in tree.nodes():
        if not isinstance(block, cst.IndentedBlock | cst.Module):
            continue
        inside = [s for s in block.body if wanted[0] < tree.span(s)[1] and _start(tree, s) < wanted[1]]
        if inside and wanted[0] <= _start(tree, inside[0]) and tree.span(inside[-1])[1] <= wanted[1]:
            around = tree.text[wanted[0] : _start(tree, inside[0])], tree.text[tree.span(inside[-1])[1] : wanted[1]]
            if all(_only_comments(text) for text in around):
                return list(inside)
    return []


def _start(tree: Tree, statement: cst.CSTNode) -> int:
    decorators = getattr(statement, "decorators", ())
    return tree.span(decorators[0])[0] if decorators else tree.span(statement)[0]


def _only_comments(text: str) -> bool:
    return re.fullmatch(r"(?:\s|#[^\r\n]*|;)*", text) is not None


def refuse_what_cannot_move(region: Region) -> None:
    """Refuse code that means something else in a function of its own. Raises RefactorError."""
    for node in region.own_nodes():
        reason = _why_not(node)
        if reason:
            raise RefactorError(reason)
    for node in (inner for top in region.nodes for inner in walk(top)):
        if isinstance(node, cst.Attribute) and node.attr.value not in _FRAMES:
            continue
        for child in node.children:
            if isinstance(child, cst.Name) and child.value in DYNAMIC | _FRAMES:
                raise RefactorError(f"The selection uses {child.value}, which depends on the function it is in.")
    if region.is_expression and isinstance(region.first, cst.Name) and region.first.value in DYNAMIC:
        raise RefactorError(f"{region.first.value} depends on the function it is in.")
    _refuse_jumps(region)


def _why_not(node: cst.CSTNode) -> str:
    match node:
        case cst.Yield():
            return "The selection yields, which makes its function a generator. Select code without yield."
        case cst.Global() | cst.Nonlocal():
            return "The selection declares names global or nonlocal. Select code without that."
        case cst.Del() if any(isinstance(t, cst.Name) for t in _deleted(node)):
            return "The selection deletes a variable. Select code without del."
        case cst.ImportFrom() if isinstance(node.names, cst.ImportStar):
            return "The selection imports *."
        case cst.NamedExpr():
            return "The selection binds a name with `:=`. Write it as an assignment first."
    return ""


def _deleted(node: cst.Del) -> list[cst.BaseExpression]:
    if isinstance(node.target, cst.Tuple | cst.List):
        return [element.value for element in node.target.elements]
    return [node.target]


def _refuse_jumps(region: Region) -> None:
    def visit(node: cst.CSTNode, in_loop: bool) -> None:
        if isinstance(node, _FUNCTIONS):
            return
        if isinstance(node, cst.Break | cst.Continue) and not in_loop:
            raise RefactorError("The selection leaves, or goes on with, a loop outside it. Select the whole loop.")
        if isinstance(node, cst.For | cst.While):
            visit(node.body, True)
            if node.orelse is not None:
                visit(node.orelse, in_loop)
            return
        for child in node.children:
            visit(child, in_loop)

    for node in region.nodes:
        visit(node, False)


def waits(region: Region) -> bool:
    """True when the region awaits, so that its function must be async."""
    for node in region.own_nodes():
        if isinstance(node, cst.Await):
            return True
        if isinstance(node, cst.For | cst.With | cst.CompFor) and node.asynchronous is not None:
            return True
    return False


def returns(region: Region) -> bool:
    """True when the region has a return statement of its own."""
    return any(isinstance(node, cst.Return) for node in region.own_nodes())


def string_lines(tree: Tree, span: Span) -> set[int]:
    """Where lines begin inside strings: these must not be indented anew."""
    found: set[int] = set()
    for node in tree.nodes():
        if isinstance(node, cst.SimpleString | cst.FormattedString):
            start, end = tree.span(node)
            if span[0] <= start < span[1] and ("\n" in tree.text[start:end] or "\r" in tree.text[start:end]):
                at = tree.line_end(start)
                while at < end:
                    found.add(at)
                    at = tree.line_end(at)
    return found


def has_name(node: cst.CSTNode, name: str) -> bool:
    """Whether a name occurs in a node."""
    return any(isinstance(inner, cst.Name) and inner.value == name for inner in walk(node))
