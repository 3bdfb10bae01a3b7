"""Which names a place in a file can see, where they are bound, and whether anybody reads them. Knows no workspace."""

from __future__ import annotations

import ast
import builtins
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from punie_semantic.fixing.tree import Tree

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = (ast.Module, *_FUNCTIONS, ast.ClassDef)
BUILTINS = frozenset(dir(builtins))


@dataclass
class Name:
    """A name of a scope.

    Attributes:
        name: the name.
        scope: the scope that binds it.
        bindings: the nodes that bind it: Name, arg, alias, FunctionDef, ClassDef or ExceptHandler.
        reads: where the scope or one inside of it reads it.
        depth: 0 for the innermost scope of the place, 1 for the next one around it; the builtins come last.
    """

    name: str
    scope: ast.AST | None
    bindings: list[ast.AST] = field(default_factory=list)
    reads: list[ast.Name] = field(default_factory=list)
    depth: int = 0

    @property
    def parameter(self) -> bool:
        """Whether it is a parameter."""
        return any(isinstance(node, ast.arg) for node in self.bindings)


def scope_of(tree: Tree, node: ast.AST) -> Scope:
    """The scope in which a name at a node is looked up first."""
    inner = node
    for outer in tree.parents(node):
        if isinstance(outer, _FUNCTIONS) and _inside(outer, inner):
            return outer
        if isinstance(outer, ast.ClassDef) and any(inner is s for s in outer.body):
            return outer
        inner = outer
    return tree.module


def visible(tree: Tree, node: ast.AST) -> dict[str, Name]:
    """The names that a node can see, the builtins included; inner ones hide outer ones."""
    found: dict[str, Name] = {}
    for depth, scope in enumerate(_scopes_around(tree, node)):
        if scope not in tree.known:
            tree.known[scope] = names_of(scope)
        for name in tree.known[scope].values():
            found.setdefault(name.name, replace(name, depth=depth))
    for name in BUILTINS:
        found.setdefault(name, Name(name, None, depth=99))
    return found


def names_of(scope: ast.AST) -> dict[str, Name]:
    """The names that a scope binds itself, with who reads them in it and in the scopes inside of it."""
    names: dict[str, Name] = {}
    elsewhere: set[str] = set()
    for node in _own(scope):
        if isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        for name in bound_by(node):
            names.setdefault(name, Name(name, scope)).bindings.append(node)
    for name in elsewhere:
        names.pop(name, None)
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store) and node.id in names:
            names[node.id].reads.append(node)
    return names


def bound_by(node: ast.AST) -> list[str]:
    """The names that a node by itself binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.alias(name=name, asname=alias):
            return [alias or name.partition(".")[0]]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case _:
            return []


def _scopes_around(tree: Tree, node: ast.AST) -> Iterator[ast.AST]:
    first = scope_of(tree, node)
    yield first
    for outer in tree.parents(first):
        # A class's names are not seen from the functions inside of it.
        if isinstance(outer, (*_FUNCTIONS, ast.Module)) and (isinstance(outer, ast.Module) or outer is not first):
            yield outer


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the scopes inside of it, whose own names count."""
    waiting = deque(_parts(scope))
    while waiting:
        node = waiting.popleft()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(node.decorator_list)
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _parts(scope: ast.AST) -> list[ast.AST]:
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*_arguments(scope.args), *scope.body]
    if isinstance(scope, ast.Lambda):
        return [*_arguments(scope.args), scope.body]
    return list(scope.body) if isinstance(scope, ast.ClassDef | ast.Module) else []


def _arguments(args: ast.arguments) -> list[ast.AST]:
    plain = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    # Without their annotations and defaults, which belong to the scope around.
    return [*plain, *(a for a in (args.vararg, args.kwarg) if a is not None)]


def _inside(function: ast.AST, part: ast.AST) -> bool:
    body = function.body if isinstance(function, _FUNCTIONS) else []
    return part is body if isinstance(body, ast.expr) else any(part is statement for statement in body)
