"""The edit that makes a name of a module known in a file, in the place and style of its other imports."""

from __future__ import annotations

import ast
import sys

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.tree import Tree

Imports = ast.Import | ast.ImportFrom


def imported(tree: Tree, module: str, name: str) -> tuple[str, tuple[Edit, ...]]:
    """How a module's name is written in this file, and the edits that this needs: none when it is imported already."""
    statements = [s for s in tree.module.body if isinstance(s, Imports)]
    for statement in statements:
        spelled = _spelled(statement, module, name)
        if spelled:
            return spelled, ()
    same = [s for s in statements if isinstance(s, ast.ImportFrom) and s.module == module and not s.level]
    usable = [s for s in same if s.names[0].name != "*"]
    return name, (_added(tree, usable[0], name) if usable else _new_line(tree, statements, module, name),)


def _spelled(statement: Imports, module: str, name: str) -> str:
    for alias in statement.names:
        if isinstance(statement, ast.Import) and alias.name == module and (alias.asname or "." not in module):
            return f"{alias.asname or module}.{name}"
        from_it = isinstance(statement, ast.ImportFrom) and statement.module == module and not statement.level
        if from_it and alias.name == name:
            return alias.asname or name
    return ""


def _added(tree: Tree, statement: ast.ImportFrom, name: str) -> Edit:
    """Among the names that are imported from the same module, in their order."""
    spans = [tree.span(alias) for alias in statement.names]
    one_each = len({alias.lineno for alias in statement.names}) > 1
    between = f",\n{tree.indent(statement.names[-1])}" if one_each else ", "
    for alias, (start, _) in zip(statement.names, spans, strict=True):
        if _key(alias.name) > _key(name):
            return Edit(start, start, name + between)
    return Edit(spans[-1][1], spans[-1][1], between + name)


def _key(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _new_line(tree: Tree, statements: list[Imports], module: str, name: str) -> Edit:
    line = f"from {module} import {name}\n"
    own = [s for s in statements if _module(s) != "__future__"]
    standard = [s for s in own if _module(s).partition(".")[0] in sys.stdlib_module_names]
    same = standard if module.partition(".")[0] in sys.stdlib_module_names else [s for s in own if s not in standard]
    wanted = (True, module)
    for statement in same:
        if (isinstance(statement, ast.ImportFrom), _module(statement)) > wanted:
            at = tree.line_start(tree.span(statement)[0])
            return Edit(at, at, line)
    if same:
        return _after(tree, same[-1], line)
    if own:
        at = tree.line_start(tree.span(own[0])[0])
        return Edit(at, at, line + "\n")
    first = _opening(tree)
    if first is not None:
        return _after(tree, first, f"\n{line}")
    definition = isinstance(tree.module.body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return Edit(0, 0, line + ("\n\n" if definition else "\n"))


def _after(tree: Tree, statement: ast.stmt, line: str) -> Edit:
    at = tree.line_end(tree.span(statement)[1])
    lacks = "" if tree.text[:at].endswith(("\n", "\r")) else "\n"
    return Edit(at, at, lacks + line)


def _opening(tree: Tree) -> ast.stmt | None:
    """The docstring and the imports from the future, whose end an import comes after."""
    found = None
    for number, statement in enumerate(tree.module.body):
        docstring = not number and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            break
        found = statement
    return found


def _module(statement: Imports) -> str:
    return (statement.module or "") if isinstance(statement, ast.ImportFrom) else statement.names[0].name
