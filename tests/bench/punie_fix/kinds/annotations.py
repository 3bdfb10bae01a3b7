"""Annotations, literals and typed dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_OTHERS = {"str": "int", "int": "str", "bool": "str", "float": "str", "bytes": "str"}


def _texts(module: Module) -> Iterator[ast.Constant]:
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, str) and node.value.isidentifier() and len(node.value) > 2:
            source = module.source(node)
            if source[1:-1] == node.value:
                yield node


def _misspelt(module: Module, node: ast.Constant) -> Mutation:
    start, end = module.span(node)
    return Mutation(start + 1, end - 1, module.misspelt(str(node.value)))


def misspelt_key(module: Module) -> Iterator[Mutation]:
    """A key in a subscript, as of a typed dict."""
    for node in _texts(module):
        parent = module.parent(node)
        if isinstance(parent, ast.Subscript) and parent.slice is node:
            yield _misspelt(module, node)


def misspelt_dict_key(module: Module) -> Iterator[Mutation]:
    """A key of a dict that is written out."""
    for node in _texts(module):
        parent = module.parent(node)
        if isinstance(parent, ast.Dict) and node in parent.keys:
            yield _misspelt(module, node)


def misspelt_literal(module: Module) -> Iterator[Mutation]:
    """A text that is returned, given or compared, as one of a few that are allowed."""
    for node in _texts(module):
        if isinstance(
            module.parent(node), ast.Return | ast.Call | ast.keyword | ast.Compare | ast.Assign | ast.AnnAssign
        ):
            yield _misspelt(module, node)


def implicit_optional(module: Module) -> Iterator[Mutation]:
    """`x: X = None`."""
    for function in module.functions():
        for argument in (*function.args.args, *function.args.kwonlyargs):
            match argument.annotation:
                case ast.BinOp(left=left, right=ast.Constant(value=None)):
                    yield module.replace(argument.annotation, module.source(left))
                case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                    yield module.replace(argument.annotation, module.source(inner))
                case _:
                    pass


def wrong_parameter_annotation(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.arg):
        if isinstance(node.annotation, ast.Name) and node.annotation.id in _OTHERS:
            yield module.replace(node.annotation, _OTHERS[node.annotation.id])


def wrong_variable_annotation(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.AnnAssign):
        if isinstance(node.annotation, ast.Name) and node.annotation.id in _OTHERS:
            yield module.replace(node.annotation, _OTHERS[node.annotation.id])


def called_annotation(module: Module) -> Iterator[Mutation]:
    """`list(str)` for `list[str]`."""
    for annotation in _annotations(module):
        if isinstance(annotation, ast.Subscript) and "\n" not in module.source(annotation):
            start, end = module.span(annotation.value)[1], module.span(annotation)[1]
            yield Mutation(start, end, f"({module.text[start + 1 : end - 1]})")


def value_as_annotation(module: Module) -> Iterator[Mutation]:
    """`any` for `Any`, `callable` for `Callable`."""
    for node in module.nodes(ast.Name):
        if node.id in ("Any", "Callable") and any(node in ast.walk(a) for a in _annotations(module)):
            yield module.replace(node, node.id.lower())


def _annotations(module: Module) -> Iterator[ast.expr]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns


KINDS = (
    Kind("misspelt-key", "a key misspelt in a subscript", misspelt_key),
    Kind("misspelt-dict-key", "a key misspelt in a dict", misspelt_dict_key),
    Kind("misspelt-literal", "a text misspelt where a Literal is wanted", misspelt_literal),
    Kind("implicit-optional", "`x: X = None`", implicit_optional),
    Kind(
        "wrong-parameter-annotation",
        "a parameter annotated with another type",
        wrong_parameter_annotation,
        held_out=True,
    ),
    Kind("wrong-variable-annotation", "a variable annotated with another type", wrong_variable_annotation),
    Kind("called-annotation", "`list(str)` for `list[str]`", called_annotation),
    Kind("value-as-annotation", "`any` for `Any`, `callable` for `Callable`", value_as_annotation),
)
