"""Where a name of a scope is written, so that it can be given another one everywhere. Knows no workspace."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.scope import bound_by, names_of
from punie_semantic.fixing.tree import Tree

_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
Span = tuple[int, int]


def name_span(tree: Tree, node: ast.AST, name: str) -> Span | None:
    """Where a binding (Name, arg, alias, def, class, handler) has its name."""
    start, end = tree.span(node)
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found = re.compile(r"(?:async\s+)?(?:def|class)\s+").match(tree.text, start)
            at = found.end() if found else -1
        case ast.alias():
            at = tree.text.rfind(name, start, end)
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            found = re.compile(rf"[^:]*?\bas\s+(?={re.escape(name)}\b)").match(tree.text, start)
            at = found.end() if found else -1
        case _:
            at = start
    return (at, at + len(name)) if at >= 0 and tree.text.startswith(name, at) else None


def occurrences(tree: Tree, scope: ast.AST, name: str) -> list[Span]:
    """Every place where a scope, or one inside of it that does not bind it anew, writes one of its names."""
    found: set[Span] = set()
    for node in _seen(scope, name):
        found.update(_written(tree, node, name))
    return sorted(found)


def renamed(tree: Tree, scope: ast.AST, old: str, new: str) -> tuple[Edit, ...]:
    """The edits that give a scope's name another one; none when the new one is taken or the old one is imported."""
    names = names_of(scope)
    known = names.get(old)
    taken = new in names or any(isinstance(n, ast.Name) and n.id == new for n in ast.walk(scope))
    if known is None or taken or any(isinstance(node, ast.alias) for node in known.bindings):
        return ()
    spans = set(occurrences(tree, scope, old))
    if known.parameter and isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        spans.update(keywords(tree, scope.name, old))
    return tuple(Edit(start, end, new) for start, end in sorted(spans))


def keywords(tree: Tree, function: str, name: str) -> Iterator[Span]:
    """Where calls of a function in this file pass an argument by its name."""
    for call in (node for node in tree.nodes if isinstance(node, ast.Call)):
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        for keyword in call.keywords:
            if called == function and keyword.arg == name:
                start = tree.span(keyword)[0]
                yield start, start + len(name)


def _seen(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of inner scopes that have the name themselves."""
    waiting = list(ast.iter_child_nodes(scope))
    outside = set() if isinstance(scope, ast.ClassDef) else {id(node) for node in _around(scope)}
    while waiting:
        node = waiting.pop()
        if id(node) in outside:
            continue
        yield node
        if isinstance(node, _NESTED) and name in names_of(node):
            waiting += _around(node)
        else:
            waiting += list(ast.iter_child_nodes(node))


def _around(node: ast.AST) -> list[ast.AST]:
    """Decorators, defaults, annotations and bases, which belong to the scope around."""
    decorators = getattr(node, "decorator_list", [])
    if isinstance(node, ast.ClassDef):
        return [*decorators, *node.bases, *node.keywords]
    arguments = node.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else None
    if arguments is None:
        return []
    starred = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]
    returns = getattr(node, "returns", None)
    return [
        *decorators,
        *([returns] if returns is not None else []),
        *arguments.defaults,
        *(default for default in arguments.kw_defaults if default is not None),
        *(a.annotation for a in every if a.annotation is not None),
    ]


def _written(tree: Tree, node: ast.AST, name: str) -> Iterator[Span]:
    if isinstance(node, ast.Name) and node.id == name:
        yield from _of_name(tree, node)
    elif isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
        start, end = tree.span(node)
        yield from (m.span() for m in re.compile(rf"\b{re.escape(name)}\b").finditer(tree.text, start, end))
    elif not isinstance(node, ast.Name) and name in bound_by(node):
        span = name_span(tree, node, name)
        if span is not None:
            yield span


def _of_name(tree: Tree, node: ast.Name) -> Iterator[Span]:
    """A name's own place; Python 3.11 does not know it inside of f-strings, where the text has to say it."""
    string = next((outer for outer in tree.parents(node) if isinstance(outer, ast.JoinedStr)), None)
    if string is None:
        yield tree.span(node)
        return
    start, end = tree.span(string)
    for braces in re.compile(r"\{[^{}]*\}").finditer(tree.text, start, end):
        for found in re.compile(rf"(?<![\w.'\"]){re.escape(node.id)}\b").finditer(tree.text, *braces.span()):
            yield found.span()
