"""Extract variable: an expression gets a name, in a line before its statement."""

from __future__ import annotations

import asyncio

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import Change, Context, Edit
from punie_semantic.refactor.evaluation import is_quiet, statement_after
from punie_semantic.refactor.expressions import is_constant, is_stored, selected_expression
from punie_semantic.refactor.names import choose, suggested
from punie_semantic.refactor.scopes import Scope, Scopes
from punie_semantic.refactor.tree import Span, Tree, trimmed, walk

_FIXED = (cst.Name, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.SimpleString, cst.Integer, cst.Float)


class ExtractVariable:
    """`total(price * rate)` becomes `amount = price * rate` and `total(amount)`."""

    name = "extract_variable"
    kind = "refactor.extract.variable"
    title = "Extract variable"

    def offer(self, context: Context) -> bool:
        """Whether the selection is an expression that can be evaluated before its statement."""
        node = selected_expression(context.tree, context.selection)
        _place(context.tree, node)
        return not isinstance(node, cst.Name)

    async def apply(self, context: Context) -> Change:
        """The new line, and the name in place of the expression."""
        return await asyncio.to_thread(_extract, context)


def _place(tree: Tree, node: cst.BaseExpression) -> cst.BaseStatement:
    """The statement that the new line precedes."""
    if any(isinstance(inner, cst.NamedExpr) for inner in walk(node)):
        raise RefactorError("The selection binds a name with `:=`. Select an expression without it.")
    statement = statement_after(tree, node)
    parent = tree.parent(statement)
    if isinstance(parent, cst.IndentedBlock) and isinstance(tree.parent(parent), cst.ClassDef):
        raise RefactorError("In a class body the new variable would become an attribute of the class.")
    if isinstance(tree.parent(node), cst.Expr):
        raise RefactorError("The selection is a whole statement. Select an expression in it.")
    return statement


def _extract(context: Context) -> Change:
    tree = context.tree
    node = selected_expression(tree, context.selection)
    statement = _place(tree, node)
    scopes = Scopes(tree)
    scope = scopes.around(tree, statement)
    if scope.kind == "class":
        raise RefactorError("In a class body the new variable would become an attribute of the class.")
    suggestion = f"_{suggested(node)}" if scope.kind == "module" else suggested(node)
    name = choose(context.name, suggestion, scopes.written_in(scope) | scope.globals | scope.nonlocals)
    places = [_replaced_span(tree, node, context.selection)]
    if context.every:
        places += [tree.outer(other) for other in _equal_ones(tree, scopes, scope, node, statement)]
    start = first_line(tree, statement)
    line = f"{tree.indent(start)}{name} = {standing_alone(tree, node)}\n"
    edits = [Edit(start, start, line)]
    edits += [Edit(*place, spaced(tree.text, place, name)) for place in places]
    return Change(tuple(edits), name)


def _replaced_span(tree: Tree, node: cst.BaseExpression, selection: Span) -> Span:
    """The expression with the parentheses that are selected with it."""
    wanted = trimmed(tree.text, selection)
    return wanted if wanted[0] <= tree.span(node)[0] else tree.span(node)


def first_line(tree: Tree, statement: cst.BaseStatement) -> int:
    """Where the first line of a statement starts, decorators included."""
    start = tree.span(statement)[0]
    if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.decorators:
        start = tree.span(statement.decorators[0])[0]
    return tree.line_start(start)


def standing_alone(tree: Tree, node: cst.BaseExpression) -> str:
    """The text of an expression as the value of an assignment, in parentheses where it goes over lines."""
    code = tree.code(node)
    if isinstance(node, cst.GeneratorExp):
        return f"({code})"
    try:
        cst.parse_statement(f"_ = {code}")
    except cst.ParserSyntaxError:
        return f"({code})"
    return code


def spaced(text: str, place: Span, new: str) -> str:
    """What replaces a place, apart from the words beside it: `return(a)` must not become `returna`."""
    before, after = text[place[0] - 1 : place[0]], text[place[1] : place[1] + 1]
    left = " " if (before.isalnum() or before == "_") and new[:1].isidentifier() else ""
    right = " " if (after.isalnum() or after == "_") and (new[-1:].isalnum() or new[-1:] == "_") else ""
    return f"{left}{new}{right}"


def _equal_ones(
    tree: Tree, scopes: Scopes, scope: Scope, node: cst.BaseExpression, statement: cst.BaseStatement
) -> list[cst.BaseExpression]:
    """The other places of an expression that always has the value which it has at the statement."""
    if not is_constant(node) and not all(
        isinstance(i, _FIXED) for i in walk(node) if isinstance(i, cst.BaseExpression)
    ):
        raise RefactorError("The selection may have another value elsewhere. Extract this occurrence only.")
    start = tree.span(statement)[0]
    block = tree.parent(statement)
    assert block is not None
    inside = {o.name for o in scopes.inside(tree.span(node))}
    for occurrence in scopes.occurrences:
        if occurrence.name in inside and occurrence.use != "read" and occurrence.start >= start:
            raise RefactorError(f"{occurrence.name} is set again below. Extract this occurrence only.")
    if any(scopes.resolve(name, scope) is not scope for name in inside):
        raise RefactorError("The selection reads names from outside the function. Extract this occurrence only.")
    found = [
        other
        for other in tree.nodes()
        if isinstance(other, cst.BaseExpression)
        and other is not node
        and tree.span(other)[0] >= start
        and tree.span(other)[1] <= tree.span(block)[1]
        and tree.code(other) == tree.code(node)
        and not is_stored(tree, other)
        and _is_replaceable(tree, scopes, scope, other)
    ]
    last = max((tree.span(other)[1] for other in found), default=start)
    if not is_constant(node) and not all(is_quiet(tree, n) for n in nodes_between(tree, start, last)):
        raise RefactorError("What is called in between might change its value. Extract this occurrence only.")
    return found


def nodes_between(tree: Tree, start: int, end: int) -> list[cst.CSTNode]:
    """The nodes that begin in a range."""
    return [node for node in tree.nodes() if start <= tree.span(node)[0] < end]


def _is_replaceable(tree: Tree, scopes: Scopes, scope: Scope, node: cst.BaseExpression) -> bool:
    if scopes.around(tree, node) is not scope:
        return False
    try:
        selected_expression(tree, tree.span(node))
    except RefactorError:
        return False
    return True
