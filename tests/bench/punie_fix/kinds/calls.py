"""Calls and parameters that do not fit together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation


def _calls(module: Module, least: int) -> Iterator[ast.Call]:
    for node in module.nodes(ast.Call):
        if len(node.args) >= least and not any(isinstance(arg, ast.Starred) for arg in node.args):
            yield node


def missing_argument(module: Module) -> Iterator[Mutation]:
    for node in _calls(module, 1):
        if len(node.args) == 1:
            if not node.keywords and not isinstance(node.args[0], ast.GeneratorExp):
                yield module.replace(node.args[0], "")
        else:
            yield Mutation(module.span(node.args[-2])[1], module.span(node.args[-1])[1], "")


def surplus_argument(module: Module) -> Iterator[Mutation]:
    for node in _calls(module, 1):
        last = node.args[-1]
        if not isinstance(last, ast.GeneratorExp):
            end = module.span(last)[1]
            yield Mutation(end, end, f", {module.source(last)}")


def misnamed_keyword(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.keyword):
        if node.arg and len(node.arg) > 2 and isinstance(module.parent(node), ast.Call):
            start = module.span(node)[0]
            yield Mutation(start, start + len(node.arg), module.misspelt(node.arg))


def surplus_keyword(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if node.keywords and node.keywords[-1].arg:
            end = module.span(node.keywords[-1])[1]
            known = {keyword.arg for keyword in node.keywords}
            names = [name for name in ("strict", "encoding", "timeout", "verbose") if name not in known]
            yield Mutation(end, end, f", {module.chance.choice(names)}=True")


def missing_self_parameter(module: Module) -> Iterator[Mutation]:
    for function in module.functions():
        args = function.args.args
        if isinstance(module.parent(function), ast.ClassDef) and args and args[0].arg in ("self", "cls"):
            start, end = module.span(args[0])
            if len(args) > 1:
                yield Mutation(start, module.span(args[1])[0], "")
            elif module.text[end] == ")":
                yield Mutation(start, end, "")


def text_for_number(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        for value in (*node.args, *(k.value for k in node.keywords)):
            if isinstance(value, ast.Constant) and type(value.value) in (int, float):
                yield module.replace(value, f'"{module.source(value)}"')


def bytes_for_text(module: Module) -> Iterator[Mutation]:
    """A literal of the wrong one of the two string types."""
    for node in module.nodes(ast.Call):
        for value in node.args:
            if isinstance(value, ast.Constant) and isinstance(value.value, str | bytes):
                source = module.source(value)
                if isinstance(value.value, bytes):
                    yield module.replace(value, source[1:])
                elif source[0] in "\"'" and source.isascii():
                    yield module.replace(value, f"b{source}")


def list_for_item(module: Module) -> Iterator[Mutation]:
    for node in _calls(module, 1):
        if isinstance(node.args[0], ast.Name):
            yield module.replace(node.args[0], f"[{node.args[0].id}]")


KINDS = (
    Kind("missing-argument", "the last argument left out", missing_argument),
    Kind("surplus-argument", "an argument given twice", surplus_argument),
    Kind("misnamed-keyword", "a keyword argument misspelt", misnamed_keyword),
    Kind("surplus-keyword", "a keyword argument that is not taken", surplus_keyword),
    Kind("missing-self-parameter", "a method without `self`", missing_self_parameter),
    Kind("text-for-number", "a number given as a text", text_for_number, held_out=True),
    Kind("bytes-for-text", "bytes given for a text, or a text for bytes", bytes_for_text),
    Kind("list-for-item", "a list given for one item", list_for_item),
)
