"""Expressions in the text: the one that is selected, and what evaluating it does."""

from __future__ import annotations

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.tree import Span, Tree, trimmed, walk

EFFECTS = (cst.Call, cst.Await, cst.Yield, cst.NamedExpr)
_LITERALS = (cst.SimpleString, cst.Integer, cst.Float, cst.Imaginary, cst.Ellipsis)
_CONSTANT_NAMES = frozenset({"None", "True", "False"})
_PATTERNS = (cst.MatchPattern, cst.MatchCase)

NO_EXPRESSION = "The selection is not a whole expression. Select one from its first to its last character."


def selected_expression(tree: Tree, span: Span) -> cst.BaseExpression:
    """The expression that a selection covers, parentheses included or not. Raises RefactorError."""
    wanted = trimmed(tree.text, span)
    if wanted[0] >= wanted[1]:
        raise RefactorError("Nothing is selected. Select an expression.")
    found = [
        node
        for node in tree.nodes()
        if isinstance(node, cst.BaseExpression) and wanted in (tree.span(node), *_with_parentheses(tree, node))
    ]
    for node in found:
        if not any(above in found for above in tree.ancestors(node)):
            _refuse_if_no_value(tree, node)
            return node
    raise RefactorError(NO_EXPRESSION)


def _with_parentheses(tree: Tree, node: cst.BaseExpression) -> list[Span]:
    pairs = zip(node.lpar, reversed(node.rpar), strict=True)
    return [(tree.span(left)[0], tree.span(right)[1]) for left, right in pairs]


def _refuse_if_no_value(tree: Tree, node: cst.BaseExpression) -> None:
    """Refuse names that are only labels, targets, and all that is no value of its own where it stands."""
    parent = tree.parent(node)
    if isinstance(node, cst.StarredElement | cst.StarredDictElement) or is_stored(tree, node):
        raise RefactorError("The selection is the target of an assignment, not a value. Select a value.")
    if isinstance(parent, cst.Attribute) and parent.attr is node:
        raise RefactorError(NO_EXPRESSION)
    if isinstance(parent, cst.ConcatenatedString) or (isinstance(parent, cst.Arg) and parent.keyword is node):
        raise RefactorError(NO_EXPRESSION)
    _refuse_places_without_values(tree, node)
    if isinstance(parent, cst.Expr) and isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        raise RefactorError("The selection is a docstring. Select an expression.")


def _refuse_places_without_values(tree: Tree, node: cst.CSTNode) -> None:
    below = node
    for above in tree.ancestors(node):
        if isinstance(above, cst.BaseStatement):
            return
        if isinstance(above, _PATTERNS) and not (isinstance(above, cst.MatchCase) and above.guard is below):
            raise RefactorError("The selection is part of a pattern. Select a value.")
        if isinstance(above, cst.Annotation | cst.TypeAlias | cst.TypeParameters):
            raise RefactorError("The selection is part of a type. Select a value.")
        if isinstance(above, cst.ImportAlias | cst.ImportFrom | cst.NameItem | cst.Param) and not _is_default(
            above, below
        ):
            raise RefactorError(NO_EXPRESSION)
        _refuse_in_string(above, below)
        below = above
    if isinstance(node, cst.Name):
        raise RefactorError(NO_EXPRESSION)


def _refuse_in_string(above: cst.CSTNode, below: cst.CSTNode) -> None:
    if isinstance(above, cst.FormattedStringExpression):
        if above.equal is not None:
            raise RefactorError("The f-string prints the selected text itself (`=`). Remove the `=` first.")
        if below is not above.expression:
            raise RefactorError("The selection is part of a format. Select a value.")
    if isinstance(above, cst.TemplatedStringExpression):
        raise RefactorError("A template string keeps the text of its expressions. Select another expression.")


def _is_default(above: cst.CSTNode, below: cst.CSTNode) -> bool:
    return isinstance(above, cst.Param) and above.default is below


def is_stored(tree: Tree, node: cst.CSTNode) -> bool:
    """True when an expression is assigned to or deleted, and not evaluated."""
    below = node
    for above in tree.ancestors(node):
        if isinstance(above, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
            below = above
            continue
        if isinstance(above, cst.AssignTarget | cst.AsName | cst.Del):
            return True
        if isinstance(above, cst.FunctionDef | cst.ClassDef | cst.TypeAlias | cst.Param):
            return above.name is below
        targets = (cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.NamedExpr)
        return isinstance(above, targets) and above.target is below
    return False


def has_effects(node: cst.CSTNode) -> bool:
    """True when evaluating may call something, wait, or bind a name."""
    return any(isinstance(inner, EFFECTS) for inner in walk(node))


def is_constant(node: cst.BaseExpression) -> bool:
    """True for literals, and for tuples and sums of literals: they are the same wherever they are evaluated."""
    if isinstance(node, cst.Name):
        return node.value in _CONSTANT_NAMES
    if isinstance(node, cst.UnaryOperation):
        return is_constant(node.expression)
    if isinstance(node, cst.BinaryOperation | cst.ConcatenatedString):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, cst.FormattedString):
        return False
    if isinstance(node, cst.Tuple):
        return all(isinstance(e, cst.Element) and is_constant(e.value) for e in node.elements)
    return isinstance(node, _LITERALS)


# How tightly an expression binds; an operand that binds less tightly needs parentheses.
_COMMA, _YIELD, _NAMED, _LAMBDA, _IF, _OR, _AND, _NOT, _COMPARE = range(9)
_UNARY, _POWER, _AWAIT, _ATOM = 15, 16, 17, 18
_BINARY: dict[type[cst.BaseBinaryOp], int] = {
    cst.BitOr: 9, cst.BitXor: 10, cst.BitAnd: 11, cst.LeftShift: 12, cst.RightShift: 12,
    cst.Add: 13, cst.Subtract: 13, cst.Power: _POWER,
}  # fmt: skip


def binding(node: cst.BaseExpression) -> int:
    """How tightly an expression without parentheses binds."""
    fixed = next((level for kind, level in _LEVELS if isinstance(node, kind)), None)
    if fixed is not None:
        return fixed
    if isinstance(node, cst.BooleanOperation):
        return _OR if isinstance(node.operator, cst.Or) else _AND
    if isinstance(node, cst.UnaryOperation):
        return _NOT if isinstance(node.operator, cst.Not) else _UNARY
    if isinstance(node, cst.BinaryOperation):
        return _BINARY.get(type(node.operator), 14)
    return _ATOM


_LEVELS: tuple[tuple[type[cst.BaseExpression], int], ...] = (
    (cst.Tuple, _COMMA),
    (cst.Yield, _YIELD),
    (cst.NamedExpr, _NAMED),
    (cst.Lambda, _LAMBDA),
    (cst.IfExp, _IF),
    (cst.Comparison, _COMPARE),
    (cst.Await, _AWAIT),
    (cst.ConcatenatedString, _ATOM),
    (cst.GeneratorExp, _COMMA),
)


def needed_binding(parent: cst.CSTNode | None, child: cst.CSTNode) -> int:
    """How tightly an expression must bind to stand in a child's place without parentheses."""
    match parent:
        case cst.BinaryOperation(operator=cst.Power()):
            return _UNARY if child is parent.right else _AWAIT
        case cst.BinaryOperation() | cst.BooleanOperation():
            return binding(parent) + (child is parent.right)
        case cst.UnaryOperation():
            return binding(parent)
        case cst.IfExp():
            return _IF if child is parent.orelse else _OR
        case cst.Arg():
            return _COMPARE + 1 if parent.star else _LAMBDA
    return next((level for kinds, level in _NEEDED if isinstance(parent, kinds)), _ATOM)


_NEEDED: tuple[tuple[tuple[type[cst.CSTNode], ...], int], ...] = (
    ((cst.Assign, cst.Expr, cst.Return, cst.For), _COMMA),
    ((cst.AnnAssign, cst.AugAssign, cst.If, cst.While, cst.Element, cst.DictElement, cst.Lambda, cst.Index), _LAMBDA),
    ((cst.FormattedStringExpression,), _IF),
    ((cst.CompFor, cst.CompIf), _OR),
    ((cst.Comparison, cst.ComparisonTarget, cst.StarredElement), _COMPARE + 1),
)


def fits(parent: cst.CSTNode | None, child: cst.CSTNode, node: cst.BaseExpression) -> bool:
    """True when `node` may replace `child` without parentheses."""
    if isinstance(parent, cst.Attribute) and isinstance(node, cst.Integer):
        return False
    if isinstance(node, cst.Yield | cst.Tuple | cst.GeneratorExp) and isinstance(parent, cst.Return | cst.For):
        return isinstance(node, cst.Tuple) and not any(isinstance(e, cst.StarredElement) for e in node.elements)
    return binding(node) >= needed_binding(parent, child)
