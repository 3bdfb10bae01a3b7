"""Functions that Monty itself calls (`map`, `sorted(key=)`) cannot call tools, so comprehensions call them instead."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from punie_agent.codemode.source_edits import Edit, Text

ITEM = "item__"
PAIR = "pair__"


def bound_names(tree: ast.Module) -> frozenset[str]:
    """Names that the program itself gives a meaning, anywhere."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
    return frozenset(found)


def top_names(tree: ast.Module) -> frozenset[str]:
    """Names that a program defines outside of functions and classes, so that they are there for the next one."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                pass
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=other) if name != "*":
                found.add(other or name.partition(".")[0])
            case _:
                waiting.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def may_suspend(tree: ast.Module, tools: frozenset[str]) -> frozenset[str]:
    """The tools, and the program's functions that may call one, directly or through each other."""
    defined: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                defined.setdefault(name, set()).update(_mentioned(node))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not isinstance(value, ast.Call):
                defined.setdefault(name, set()).update(_mentioned(value))
    found = set(tools) - (bound_names(tree) - set(defined))
    while new := {name for name, mentions in defined.items() if name not in found and mentions & found}:
        found |= new
    return frozenset(found)


def _mentioned(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }


def unrolled_callbacks(tree: ast.Module, text: Text, bound: Collection[str], suspending: Collection[str]) -> list[Edit]:
    """Edits for the outermost call that needs them; more may be needed afterwards."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in bound:
            edits = list(_unrolled(node, node.func.id, text, suspending))
            if edits:
                return edits
    return []


def _unrolled(node: ast.Call, name: str, text: Text, suspending: Collection[str]) -> Iterator[Edit]:
    match name, node.args, node.keywords:
        case "map", [function, items], [] if _simple(function) and not isinstance(items, ast.Starred):
            yield from _map(node, function, items, text)
        case "filter", [function, items], [] if _simple(function) and not isinstance(items, ast.Starred):
            yield from _filter(node, function, items, text)
        case "sorted" | "min" | "max", [items], [*_]:
            key = next((k.value for k in node.keywords if k.arg == "key"), None)
            others = {k.arg for k in node.keywords} - {"key"}
            if key is None or not _simple(key) or others - {"reverse"} or isinstance(items, ast.Starred):
                return
            if _mentioned(key) & set(suspending):
                yield from _keyed(node, name, items, key, text)


def _simple(function: ast.expr) -> bool:
    """A function that can be written where its call stands: a name, or a lambda of one argument."""
    if isinstance(function, ast.Lambda):
        a = function.args
        return len(a.args) == 1 and not (a.posonlyargs or a.kwonlyargs or a.vararg or a.kwarg or a.defaults)
    return isinstance(function, ast.Name | ast.Attribute)


def _called(function: ast.expr) -> tuple[str, str]:
    """The name of the item, and the function's value for it; in one line."""
    if isinstance(function, ast.Lambda):
        return function.args.args[0].arg, ast.unparse(function.body)
    return ITEM, f"{ast.unparse(function)}({ITEM})"


def _map(node: ast.Call, function: ast.expr, items: ast.expr, text: Text) -> Iterator[Edit]:
    item, value = _called(function)
    yield Edit(text.start(node), text.start(items), f"iter([({value}) for {item} in (")
    yield Edit(text.end(items), text.end(node), ")])")


def _filter(node: ast.Call, function: ast.expr, items: ast.expr, text: Text) -> Iterator[Edit]:
    item, value = _called(function)
    yield Edit(text.start(node), text.start(items), f"iter([{item} for {item} in (")
    yield Edit(text.end(items), text.end(node), f") if ({value})])")


def _keyed(node: ast.Call, name: str, items: ast.expr, key: ast.expr, text: Text) -> Iterator[Edit]:
    """The keys first, in a list of pairs; then sorted by them. `sorted` keeps the order of equals, so that is all."""
    item, value = _called(key)
    start, end = text.start(node), text.end(node)
    if name == "sorted":
        yield Edit(start, start, f"[{PAIR}[1] for {PAIR} in ")
    yield Edit(text.start(items), text.start(items), f"[({value}, {item}) for {item} in (")
    yield Edit(text.end(items), text.end(items), ")]")
    yield Edit(text.start(key), text.end(key), f"lambda {PAIR}: {PAIR}[0]")
    yield Edit(end, end, "]" if name == "sorted" else "[1]")
