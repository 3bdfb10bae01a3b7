"""Imports that are missing or lead nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_NEIGHBOURS = {
    "collections.abc": "collections",
    "typing": "types",
    "types": "typing",
    "functools": "itertools",
    "itertools": "functools",
    "collections": "typing",
    "contextlib": "functools",
}


def _top_level(module: Module) -> Iterator[ast.Import | ast.ImportFrom]:
    return (n for n in module.tree.body if isinstance(n, ast.Import | ast.ImportFrom) and not _is_future(n))


def _is_future(node: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _from(module: Module) -> Iterator[ast.ImportFrom]:
    return (n for n in module.nodes(ast.ImportFrom) if not _is_future(n))


def missing_import(module: Module) -> Iterator[Mutation]:
    for node in _top_level(module):
        if len(node.names) == 1:
            yield Mutation(*module.line_span(node.lineno, node.end_lineno), "")


def missing_imported_name(module: Module) -> Iterator[Mutation]:
    for node in _from(module):
        for alias, after in zip(node.names, node.names[1:], strict=False):
            yield Mutation(module.span(alias)[0], module.span(after)[0], "")


def misspelt_module(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Import):
        for alias in node.names:
            start = module.span(alias)[0]
            if len(alias.name) > 2:
                yield Mutation(start, start + len(alias.name), module.misspelt(alias.name))
    for node in _from(module):
        at = module.find("from", *module.span(node))
        if node.module and len(node.module) > 2 and at is not None:
            start = module.text.index(node.module, at + 4)
            yield Mutation(start, start + len(node.module), module.misspelt(node.module))


def misspelt_imported_name(module: Module) -> Iterator[Mutation]:
    for node in _from(module):
        for alias in node.names:
            start = module.span(alias)[0]
            if len(alias.name) > 2:
                yield Mutation(start, start + len(alias.name), module.misspelt(alias.name))


def wrong_module(module: Module) -> Iterator[Mutation]:
    for node in _from(module):
        if node.module in _NEIGHBOURS and not node.level:
            start = module.text.index(node.module, module.span(node)[0] + 4)
            yield Mutation(start, start + len(node.module), _NEIGHBOURS[node.module])


def wrong_level(module: Module) -> Iterator[Mutation]:
    for node in _from(module):
        start = module.span(node)[0] + 5
        if node.level == 1 and node.module and module.text[start] == ".":
            yield Mutation(start, start + 1, module.chance.choice(["", ".."]))


KINDS = (
    Kind("missing-import", "an import statement left out", missing_import),
    Kind("missing-imported-name", "a name left out of a from-import", missing_imported_name),
    Kind("misspelt-module", "an imported module misspelt", misspelt_module),
    Kind("misspelt-imported-name", "an imported name misspelt", misspelt_imported_name),
    Kind("wrong-module", "a name imported from the wrong module", wrong_module),
    Kind("wrong-level", "too few or too many dots in a relative import", wrong_level),
)
