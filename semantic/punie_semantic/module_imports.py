"""The imports of a text as data: what they bind, and which modules they load."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from punie_semantic.imports import Import
from punie_semantic.refactor.tree import Tree


def imports_of(tree: Tree, *, top_level: bool) -> Iterator[Import]:
    """The imports of a tree; with `top_level` only those that stand in no block."""
    for statement in tree.module.body if top_level else tree.nodes():
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Import | cst.ImportFrom):
                yield from _of(small)


def _of(small: cst.Import | cst.ImportFrom) -> Iterator[Import]:
    if isinstance(small, cst.Import):
        for item in small.names:
            yield Import(get_full_name_for_node(item.name) or "", "", _alias(item))
        return
    module = "." * len(small.relative) + (get_full_name_for_node(small.module) or "" if small.module else "")
    if isinstance(small.names, cst.ImportStar):
        yield Import(module, "*")
        return
    for item in small.names:
        yield Import(module, get_full_name_for_node(item.name) or "", _alias(item))


def _alias(item: cst.ImportAlias) -> str:
    return item.asname.name.value if item.asname and isinstance(item.asname.name, cst.Name) else ""


def runtime_imports(text: str) -> Iterator[Import]:
    """The imports that run when the module is loaded: not those in functions, nor under `if TYPE_CHECKING:`."""
    try:
        waiting: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError):
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (Import(item.name, "", item.asname or "") for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (Import(module, item.name, item.asname or "") for item in node.names)
        elif isinstance(node, ast.If) and _is_type_checking(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            waiting += ast.iter_child_nodes(node)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
