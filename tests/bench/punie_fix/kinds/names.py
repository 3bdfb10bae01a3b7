"""Names that are not what they should be."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_PYTHON_2 = {"range": "xrange", "str": "unicode", "input": "raw_input", "int": "long", "chr": "unichr"}
_ELSEWHERE = {"None": "null", "True": "true", "False": "false"}


def _loads(module: Module) -> Iterator[ast.Name]:
    return (node for node in module.nodes(ast.Name) if isinstance(node.ctx, ast.Load) and len(node.id) > 2)


def misspelt_name(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        yield module.replace(node, module.misspelt(node.id))


def misspelt_builtin(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        if hasattr(builtins, node.id):
            yield module.replace(node, module.misspelt(node.id))


def misspelt_target(module: Module) -> Iterator[Mutation]:
    """A variable of a function, where it is first set."""
    for function in module.functions():
        seen: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                target = node.targets[0]
                if len(target.id) > 2 and target.id not in seen:
                    yield module.replace(target, module.misspelt(target.id))
                seen.add(target.id)


def misspelt_parameter(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.arg):
        if len(node.arg) > 3:
            start = module.span(node)[0]
            yield Mutation(start, start + len(node.arg), module.misspelt(node.arg))


def missing_self(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self" and isinstance(node.ctx, ast.Load):
            yield module.replace(node, node.attr)


def wrong_case(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        changed = node.id.lower() if node.id[0].isupper() else node.id.capitalize()
        if changed != node.id:
            yield module.replace(node, changed)


def other_number(module: Module) -> Iterator[Mutation]:
    """The plural where the singular is meant, or the other way round."""
    for node in _loads(module):
        if len(node.id) > 3 and not hasattr(builtins, node.id):
            yield module.replace(node, node.id[:-1] if node.id.endswith("s") else f"{node.id}s")


def other_constant(module: Module) -> Iterator[Mutation]:
    """`null`, `true` and `false`."""
    for node in module.nodes(ast.Constant):
        name = module.source(node)
        if name in _ELSEWHERE:
            yield module.replace(node, _ELSEWHERE[name])


def python_2(module: Module) -> Iterator[Mutation]:
    for node in _loads(module):
        if node.id in _PYTHON_2:
            yield module.replace(node, _PYTHON_2[node.id])


KINDS = (
    Kind("misspelt-name", "a name with a typing mistake", misspelt_name),
    Kind("misspelt-builtin", "a builtin's name with a typing mistake", misspelt_builtin),
    Kind("misspelt-target", "a variable misspelt where it is set", misspelt_target),
    Kind("misspelt-parameter", "a parameter misspelt in the definition", misspelt_parameter),
    Kind("missing-self", "`self.` left out before an attribute", missing_self),
    Kind("wrong-case", "a name in the wrong case", wrong_case),
    Kind("wrong-number", "a name in the plural, or in the singular", other_number, held_out=True),
    Kind("other-constant", "a constant of another language", other_constant, held_out=True),
    Kind("python-2-name", "a name that only Python 2 has", python_2),
)
