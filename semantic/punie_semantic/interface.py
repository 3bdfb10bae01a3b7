"""Did an edit change what other modules can see of this one? If not, only the edited file needs a re-check.

The body of a function counts as private only where its return type is annotated and it assigns neither
attributes nor globals; everything else, and any doubt, counts as interface.
"""

from __future__ import annotations

import ast


def same_interface(before: str, after: str) -> bool:
    """True when the two sources certainly look the same from outside. A syntax error gives False."""
    try:
        return _interface(before) == _interface(after)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _interface(source: str) -> str:
    return ast.dump(_Outside().visit(ast.parse(source, type_comments=True)))


class _Outside(ast.NodeTransformer):
    """Empties the bodies that no importer can see into."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.returns is not None and not _reaches_outside(node):
            node.body = [ast.Pass()]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        if node.returns is not None and not _reaches_outside(node):
            node.body = [ast.Pass()]
        return node


def _reaches_outside(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Global | ast.Nonlocal):
                return True
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                return True
    return False
