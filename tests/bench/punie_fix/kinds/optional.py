"""Values that may be None, and guards that are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Assign)


def _none_tests(module: Module) -> Iterator[ast.Compare]:
    for node in module.nodes(ast.Compare):
        last = node.comparators[0]
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and isinstance(last, ast.Constant) and last.value is None:
            yield node


def missing_guard(module: Module) -> Iterator[Mutation]:
    """`if x is None: return ...` left out."""
    for node in _none_tests(module):
        statement = module.parent(node)
        alone = isinstance(statement, ast.If) and not statement.orelse and isinstance(node.ops[0], ast.Is)
        if isinstance(statement, ast.If) and alone and isinstance(statement.body[-1], _LEAVING):
            yield Mutation(*module.line_span(statement.lineno, statement.end_lineno), "")


def inverted_guard(module: Module) -> Iterator[Mutation]:
    for node in _none_tests(module):
        left = module.source(node.left)
        word = "is not" if isinstance(node.ops[0], ast.Is) else "is"
        yield module.replace(node, f"{left} {word} None")


def missing_conjunct(module: Module) -> Iterator[Mutation]:
    """`x is not None and ...` without its first half."""
    for node in module.nodes(ast.BoolOp):
        if isinstance(node.op, ast.And):
            yield Mutation(module.span(node.values[0])[0], module.span(node.values[1])[0], "")


def missing_default(module: Module) -> Iterator[Mutation]:
    """`x or default` without the default."""
    for node in module.nodes(ast.BoolOp):
        if isinstance(node.op, ast.Or) and not isinstance(module.parent(node), ast.If | ast.While):
            yield Mutation(module.span(node.values[-2])[1], module.span(node.values[-1])[1], "")


def none_for_value(module: Module) -> Iterator[Mutation]:
    """An attribute that is set to None where it is made."""
    for node in module.nodes(ast.Assign):
        made = isinstance(node.targets[0], ast.Attribute) and not isinstance(node.value, ast.Constant)
        if made and "\n" not in module.source(node.value):
            yield module.replace(node.value, "None")


KINDS = (
    Kind("missing-guard", "`if x is None: return` left out", missing_guard),
    Kind("inverted-guard", "`is None` for `is not None`", inverted_guard),
    Kind("missing-conjunct", "the first half of an `and` left out", missing_conjunct),
    Kind("missing-default", "`or default` left out", missing_default, held_out=True),
    Kind("none-for-value", "an attribute set to None", none_for_value),
)
