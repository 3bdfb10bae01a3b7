"""Attributes and methods that are not there, or not used as what they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_PYTHON_2 = {"items": "iteritems", "keys": "iterkeys", "values": "itervalues", "__next__": "next"}


def _is_called(module: Module, node: ast.Attribute) -> bool:
    parent = module.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _loads(module: Module) -> Iterator[ast.Attribute]:
    return (n for n in module.nodes(ast.Attribute) if isinstance(n.ctx, ast.Load) and len(n.attr) > 2)


def misspelt_attribute(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        if not _is_called(module, node):
            yield Mutation(*module.name_of(node), module.misspelt(node.attr))


def misspelt_method(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        if _is_called(module, node):
            yield Mutation(*module.name_of(node), module.misspelt(node.attr))


def misspelt_attribute_target(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Attribute):
        if isinstance(node.ctx, ast.Store) and len(node.attr) > 2:
            yield Mutation(*module.name_of(node), module.misspelt(node.attr))


def called_property(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        if not _is_called(module, node) and not isinstance(module.parent(node), ast.Attribute):
            end = module.span(node)[1]
            yield Mutation(end, end, "()")


def missing_call(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if not node.args and not node.keywords and isinstance(node.func, ast.Attribute):
            yield Mutation(module.span(node.func)[1], module.span(node)[1], "")


def subscript_for_call(module: Module) -> Iterator[Mutation]:
    """`a[b]` where `a(b)` is meant."""
    for node in module.nodes(ast.Call):
        if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
            start, end = module.span(node.func)[1], module.span(node)[1]
            inner = module.text[start:end]
            if "\n" not in inner:
                yield Mutation(start, end, f"[{inner[1:-1]}]")


def camel_case(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        changed = re.sub(r"(?<=[a-z])_([a-z])", lambda found: found[1].upper(), node.attr)
        if changed != node.attr:
            yield Mutation(*module.name_of(node), changed)


def length_attribute(module: Module) -> Iterator[Mutation]:
    """`x.length` where `len(x)` is meant."""
    for node in module.nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
            subject = module.source(node.args[0])
            if isinstance(node.args[0], ast.Name | ast.Attribute | ast.Call | ast.Subscript) and "\n" not in subject:
                yield module.replace(node, subject + module.chance.choice([".length", ".size()"]))


def python_2_method(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _PYTHON_2 and not node.args:
            yield Mutation(*module.name_of(node.func), _PYTHON_2[node.func.attr])


KINDS = (
    Kind("misspelt-attribute", "an attribute misspelt", misspelt_attribute),
    Kind("misspelt-method", "a method's name misspelt in a call", misspelt_method),
    Kind("misspelt-attribute-target", "an attribute misspelt where it is set", misspelt_attribute_target),
    Kind("called-property", "an attribute called as if it were a method", called_property),
    Kind("missing-call", "a method without its call parentheses", missing_call),
    Kind("subscript-for-call", "brackets where parentheses are meant", subscript_for_call),
    Kind("camel-case-attribute", "an attribute spelt as in another language", camel_case),
    Kind("length-attribute", "a length asked as in another language", length_attribute),
    Kind("python-2-method", "a dict's method that only Python 2 has", python_2_method),
)
