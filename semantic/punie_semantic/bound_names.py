"""Whether a scope binds a name, as Python's own compiler sees it. Knows no workspace."""

from __future__ import annotations

import symtable
from collections.abc import Iterator


def binds(text: str, container: str, line: int, name: str) -> bool:
    """Whether the scope that holds a definition binds a name: by assignment, import, parameter, class or function.

    Args:
        text: the file's text; one that does not parse binds nothing that could be known.
        container: the scope's dotted path in the file; empty for the module.
        line: where the definition is, from 1; tells scopes of one path apart.
        name: what to look for.
    """
    try:
        module = symtable.symtable(text, "<text>", "exec")
    except (SyntaxError, ValueError):
        return False
    scopes = [module]
    for part in filter(None, container.split(".")):
        scopes = [inner for scope in scopes for inner in _named(scope, part)]
    before = [scope for scope in scopes if scope.get_lineno() <= line]
    if not before:
        return False
    scope = max(before, key=lambda found: found.get_lineno())
    if name not in scope.get_identifiers():
        return False
    symbol = scope.lookup(name)
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_parameter() or symbol.is_namespace()


def _named(scope: symtable.SymbolTable, name: str) -> Iterator[symtable.SymbolTable]:
    return (inner for inner in scope.get_children() if inner.get_name() == name)
