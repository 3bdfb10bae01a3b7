"""Classes, overrides and decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Function, Module, Mutation


def _methods(module: Module, *, derived: bool) -> Iterator[Function]:
    for node in module.functions():
        parent = module.parent(node)
        if isinstance(parent, ast.ClassDef) and (parent.bases or not derived) and not _is_private(node.name):
            yield node


def _is_private(name: str) -> bool:
    return name in ("__init__", "__new__") or (name.startswith("_") and not name.endswith("_"))


def surplus_override_parameter(module: Module) -> Iterator[Mutation]:
    for node in _methods(module, derived=True):
        if len(node.args.args) > 0 and not node.args.defaults and not node.args.vararg and not node.args.posonlyargs:
            end = module.span(node.args.args[-1])[1]
            yield Mutation(end, end, ", extra")


def missing_override_parameter(module: Module) -> Iterator[Mutation]:
    for node in _methods(module, derived=True):
        args = node.args.args
        if len(args) > 1 and not node.args.defaults and not _uses(node, args[-1].arg):
            yield Mutation(module.span(args[-2])[1], module.span(args[-1])[1], "")


def renamed_override_parameter(module: Module) -> Iterator[Mutation]:
    for node in _methods(module, derived=True):
        args = node.args.args
        if len(args) > 1 and not _uses(node, args[1].arg):
            start = module.span(args[1])[0]
            yield Mutation(start, start + len(args[1].arg), f"the_{args[1].arg}")


def _uses(function: Function, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for statement in function.body for n in ast.walk(statement))


def super_without_call(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            yield module.replace(node, "super")


def missing_decorator(module: Module) -> Iterator[Mutation]:
    for function in module.functions():
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Name) and decorator.id in ("property", "staticmethod", "classmethod"):
                yield Mutation(*module.line_span(decorator.lineno), "")


def surplus_decorator(module: Module) -> Iterator[Mutation]:
    """A method made a property."""
    for node in _methods(module, derived=False):
        if len(node.args.args) == 1 and not node.decorator_list and node.args.args[0].arg == "self":
            indent = " " * node.col_offset
            start = module.line_span(node.lineno)[0]
            yield Mutation(start, start, f"{indent}@property\n")


def misspelt_dunder(module: Module) -> Iterator[Mutation]:
    for node in module.functions():
        if node.name.startswith("__") and node.name.endswith("__"):
            at = module.find(node.name, *module.span(node))
            if at is not None:
                yield Mutation(at + 2, at + len(node.name) - 2, module.misspelt(node.name[2:-2]))


def missing_base(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.ClassDef):
        if len(node.bases) == 1 and not node.keywords:
            opening = module.find("(", *module.span(node))
            end = module.span(node.bases[0])[1]
            if opening is not None and module.text[end] == ")":
                yield Mutation(opening, end + 1, "")


KINDS = (
    Kind("surplus-override-parameter", "an override with one parameter more", surplus_override_parameter),
    Kind("missing-override-parameter", "an override without a parameter", missing_override_parameter),
    Kind("renamed-override-parameter", "an override with a parameter of another name", renamed_override_parameter),
    Kind("super-without-call", "`super.x` for `super().x`", super_without_call),
    Kind("missing-decorator", "@property, @staticmethod or @classmethod left out", missing_decorator),
    Kind("surplus-decorator", "a method made a property", surplus_decorator),
    Kind("misspelt-dunder", "a special method misspelt", misspelt_dunder),
    Kind("missing-base", "the base class left out", missing_base),
)
