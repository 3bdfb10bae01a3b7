"""What functions return, and what they say they do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_OTHERS = {"str": "bytes", "int": "str", "bool": "str", "float": "str", "bytes": "str", "None": "int", "Any": "None"}


def _returns(module: Module) -> Iterator[tuple[ast.Return, ast.expr]]:
    for node in module.nodes(ast.Return):
        if node.value is not None:
            yield node, node.value


def missing_return(module: Module) -> Iterator[Mutation]:
    """The value without the word."""
    for node, value in _returns(module):
        yield Mutation(module.span(node)[0], module.span(value)[0], "")


def return_without_value(module: Module) -> Iterator[Mutation]:
    for node, value in _returns(module):
        yield Mutation(module.span(node)[0] + len("return"), module.span(value)[1], "")


def missing_last_return(module: Module) -> Iterator[Mutation]:
    """The statement left out, so that the function ends without a value."""
    for function in module.functions():
        last = function.body[-1]
        if isinstance(last, ast.Return) and last.value is not None and len(function.body) > 1:
            yield Mutation(*module.line_span(last.lineno, last.end_lineno), "")


def wrong_return_annotation(module: Module) -> Iterator[Mutation]:
    for function in module.functions():
        if function.returns is not None and module.source(function.returns) in _OTHERS:
            yield module.replace(function.returns, _OTHERS[module.source(function.returns)])


def missing_optional(module: Module) -> Iterator[Mutation]:
    """`-> X | None` without its `None`."""
    for function in module.functions():
        match function.returns:
            case ast.BinOp(left=left, right=ast.Constant(value=None)):
                yield module.replace(function.returns, module.source(left))
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                yield module.replace(function.returns, module.source(inner))
            case _:
                pass


def yield_for_return(module: Module) -> Iterator[Mutation]:
    for node, _ in _returns(module):
        start = module.span(node)[0]
        yield Mutation(start, start + len("return"), "yield")


def wrong_return_value(module: Module) -> Iterator[Mutation]:
    """`return (x, y)` or `return [x]` without the brackets around it, or in a tuple that is not meant."""
    for node, value in _returns(module):
        end = module.span(value)[1]
        if isinstance(value, ast.Name | ast.Call | ast.Attribute) and "\n" not in module.source(node):
            yield Mutation(end, end, ",")


KINDS = (
    Kind("missing-return", "`return` left out before a value", missing_return),
    Kind("return-without-value", "the returned value left out", return_without_value),
    Kind("missing-last-return", "the last `return` of a function left out", missing_last_return),
    Kind("wrong-return-annotation", "a return annotation of another type", wrong_return_annotation),
    Kind("missing-optional", "`None` left out of a return annotation", missing_optional),
    Kind("yield-for-return", "`yield` where `return` is meant", yield_for_return, held_out=True),
    Kind("tuple-for-value", "a comma after the returned value", wrong_return_value),
)
