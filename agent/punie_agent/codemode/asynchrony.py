"""Programs that await: there a tool's name stands for the tool's awaitable flavour, in the whole program."""

from __future__ import annotations

import ast
from collections.abc import Collection

from punie_agent.codemode.callbacks import bound_names
from punie_agent.codemode.source_edits import Edit, Text

SUFFIX = "__async"

_ASYNC = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)


def is_async(tree: ast.Module) -> bool:
    """Whether a program awaits anything."""
    return any(isinstance(node, _ASYNC) for node in ast.walk(tree))


def async_flavour(tree: ast.Module, text: Text, tools: Collection[str]) -> list[Edit]:
    """The edits that give every use of a tool its awaitable flavour."""
    own = bound_names(tree)
    return [
        Edit(text.end(node), text.end(node), SUFFIX)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in tools and node.id not in own
    ]


def not_awaited(tree: ast.Module, tools: Collection[str]) -> list[ast.Call]:
    """Calls of tools as statements of their own, in a program that awaits: nobody would wait for them."""
    own = bound_names(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in tools
        and node.value.func.id not in own
    ]
