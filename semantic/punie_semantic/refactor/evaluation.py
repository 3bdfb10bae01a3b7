"""Whether an expression is evaluated exactly once and before all else in its statement, so that it may stand before it.

Attribute and item reads are taken to be quiet, as people do; calls, `await`, `yield` and `:=` are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.expressions import EFFECTS, NO_EXPRESSION, has_effects, is_constant
from punie_semantic.refactor.tree import Tree, walk

# Of these only the test, the iterable or the first iterable can be asked for: it comes before all else.
_FIRST = (cst.IfExp, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.CompFor, cst.For)
_QUIET = frozenset(
    {"abs", "bool", "bytes", "chr", "dict", "enumerate", "float", "frozenset", "hasattr", "id", "int", "isinstance"}
    | {"issubclass", "len", "list", "ord", "range", "repr", "round", "set", "sorted", "str", "tuple", "type", "zip"}
)


def statement_after(tree: Tree, node: cst.BaseExpression) -> cst.BaseStatement:
    """The statement that an expression can be evaluated before, with the same outcome. Raises RefactorError."""
    below: cst.CSTNode = node
    for above in tree.ancestors(node):
        reason = why_not_first(tree, above, below)
        if reason:
            raise RefactorError(f"{reason} Moving it would change when, or how often, it is evaluated.")
        if isinstance(above, cst.BaseStatement):
            if not is_constant(node):
                _require_quiet_before(tree, node, above)
            return above
        below = above
    raise RefactorError(NO_EXPRESSION)


def why_not_first(tree: Tree, above: cst.CSTNode, below: cst.CSTNode) -> str:
    """Why `below` may not run exactly once, at the start of `above`; empty when it does."""
    if isinstance(above, cst.If) and below is above.test:
        parent = tree.parent(above)
        return "It is in an elif." if isinstance(parent, cst.If) and parent.orelse is above else ""
    for kind, reason_for in _RULES:
        if isinstance(above, kind):
            return reason_for(above, below)
    return ""


def _in_comprehension(above: Any, below: cst.CSTNode) -> str:  # noqa: ANN401 - one of the four comprehensions
    return "" if below is above.for_in else "It is evaluated for each element."


def _in_assert(above: Any, below: cst.CSTNode) -> str:  # noqa: ANN401 - cst.Assert
    if below is above.msg:
        return "It is only evaluated when the assertion fails."
    return "An assertion can be switched off." if has_effects(below) else ""


Rule = Callable[[Any, cst.CSTNode], str]

_RULES: tuple[tuple[type[cst.CSTNode] | tuple[type[cst.CSTNode], ...], Rule], ...] = (
    (cst.BooleanOperation, lambda a, b: "What is left of it decides whether it runs." if b is a.right else ""),
    (
        cst.Comparison,
        lambda a, b: "The comparison before it decides whether it runs." if b in a.comparisons[1:] else "",
    ),
    (cst.IfExp, lambda a, b: "It is only evaluated in one branch." if b is not a.test else ""),
    ((cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp), _in_comprehension),
    (cst.CompFor, lambda a, b: "" if b is a.iter else "It is evaluated for each element."),
    (cst.Lambda, lambda a, b: "It is evaluated when the lambda is called."),
    (cst.While, lambda a, b: "It is evaluated in each round of the loop."),
    (cst.Assert, _in_assert),
    (cst.With, lambda a, b: "A context is entered before it." if b in a.items[1:] else ""),
    (cst.WithItem, lambda a, b: "" if b is a.item else "It is evaluated after the context is entered."),
    (cst.For, lambda a, b: "" if b is a.iter else "It is evaluated in each round of the loop."),
    (cst.ExceptHandler, lambda a, b: "It is only evaluated after an error."),
    (cst.ExceptStarHandler, lambda a, b: "It is only evaluated after an error."),
    (cst.MatchCase, lambda a, b: "It is only evaluated when the pattern matches."),
    (cst.Decorator, lambda a, b: "It is in a decorator."),
    (cst.TypeParameters, lambda a, b: "It is part of a type."),
    (cst.SimpleStatementSuite, lambda a, b: "The statement shares its line with `:`."),
    (cst.SimpleStatementLine, lambda a, b: "" if b is a.body[0] else "Another statement precedes it on its line."),
)


def _require_quiet_before(tree: Tree, node: cst.BaseExpression, statement: cst.BaseStatement) -> None:
    """Refuse when something with effects is evaluated between the start of the statement and the expression."""
    for earlier in evaluated_before(tree, node, statement):
        if not is_quiet(tree, earlier):
            what = tree.code(earlier).partition("\n")[0].rstrip()[:60]
            raise RefactorError(f"`{what}` is evaluated before it and might change it. Extract that first.")


def evaluated_before(tree: Tree, node: cst.BaseExpression, statement: cst.BaseStatement) -> Iterator[cst.CSTNode]:
    """What a statement evaluates before an expression in it."""
    below: cst.CSTNode = node
    for above in tree.ancestors(node):
        for child in _earlier_children(above, below):
            yield from walk(child)
        if above is statement:
            return
        below = above


def _earlier_children(above: cst.CSTNode, below: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of a node that are evaluated before another child of it: nearly the order of the text."""
    children = list(above.children)
    before = children[: children.index(below)]
    if isinstance(above, cst.Assign):
        return [above.value, *before] if below is not above.value else []
    if isinstance(above, cst.AnnAssign) and below is above.target:
        return [above.value] if above.value else []
    if isinstance(above, _FIRST):
        return []
    return before


def is_quiet(tree: Tree, node: cst.CSTNode) -> bool:
    """True unless a node itself may change something; calls of some builtins do not, where these mean themselves."""
    if not isinstance(node, EFFECTS):
        return True
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _QUIET):
        return False
    name = re.escape(node.func.value)
    return not re.search(rf"\b(?:def|class|as|import|global|for)\s+{name}\b|\b{name}\s*(?::[^=\n]*)?=(?!=)", tree.text)
