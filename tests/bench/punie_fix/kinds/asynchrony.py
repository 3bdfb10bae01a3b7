"""async and await in the wrong places."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation


def missing_await(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Await):
        yield Mutation(module.span(node)[0], module.span(node.value)[0], "")


def surplus_await(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if isinstance(module.function(node), ast.AsyncFunctionDef) and not isinstance(module.parent(node), ast.Await):
            start = module.span(node)[0]
            if not isinstance(module.parent(node), ast.Attribute | ast.Subscript | ast.Call):
                yield Mutation(start, start, "await ")


def sync_statement(module: Module) -> Iterator[Mutation]:
    """`with` or `for` without its `async`."""
    for kind in (ast.AsyncWith, ast.AsyncFor):
        for node in module.nodes(kind):
            start = module.span(node)[0]
            yield Mutation(start, start + len("async "), "")


def sync_function(module: Module) -> Iterator[Mutation]:
    """`def` with awaits in it."""
    for node in module.nodes(ast.AsyncFunctionDef):
        start = module.span(node)[0]
        yield Mutation(start, start + len("async "), "")


def async_function(module: Module) -> Iterator[Mutation]:
    """A function made a coroutine function that nobody awaits."""
    for node in module.nodes(ast.FunctionDef):
        start = module.span(node)[0]
        yield Mutation(start, start, "async ")


KINDS = (
    Kind("missing-await", "`await` left out", missing_await),
    Kind("surplus-await", "`await` before what is no coroutine", surplus_await),
    Kind("sync-statement", "`with` or `for` without `async`", sync_statement),
    Kind("sync-function", "`def` where `async def` is needed", sync_function, held_out=True),
    Kind("async-function", "`async def` where `def` is meant", async_function),
)
