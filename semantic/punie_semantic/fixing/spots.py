"""Edits of whole statements, decorators and parameters, in the form of the file around. Knows no workspace."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.tree import Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMMENT = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n|\Z)")


def removed(tree: Tree, statement: ast.stmt) -> Edit | None:
    """A statement taken out with its lines; `pass` for the only one of a block; None when others share its lines."""
    start, end = tree.span(statement)
    line, rest = tree.line_start(start), _COMMENT.match(tree.text, end)
    if tree.text[line:start].strip() or rest is None:
        return None
    if alone(tree, statement):
        return Edit(start, end, "pass")
    return Edit(line, rest.end(), "")


def alone(tree: Tree, statement: ast.stmt) -> bool:
    """Whether a statement is all of its block."""
    parent = tree.parent(statement)
    blocks = [value for _, value in ast.iter_fields(parent) if isinstance(value, list)] if parent is not None else []
    return any(len(block) == 1 and block[0] is statement for block in blocks)


def siblings(tree: Tree, statement: ast.stmt) -> list[ast.stmt]:
    """The block that a statement is in."""
    parent = tree.parent(statement)
    if parent is None:
        return []
    for _, value in ast.iter_fields(parent):
        if isinstance(value, list) and any(one is statement for one in value):
            return value
    return []


def expression_at(tree: Tree, start: int, end: int) -> ast.AST | None:
    """The node of a range; of a statement that is only an expression, the expression."""
    node = tree.node_at(start, end)
    return node.value if isinstance(node, ast.Expr) else node


def first_line(tree: Tree, definition: Function | ast.ClassDef) -> int:
    """Where the line of `def` or `class` starts, below the decorators."""
    return tree.line_start(tree.span(definition)[0])


def decorated(tree: Tree, definition: Function | ast.ClassDef, name: str) -> Edit:
    """A decorator more, as the innermost one."""
    at = first_line(tree, definition)
    return Edit(at, at, f"{tree.indent(definition)}@{name}\n")


def undecorated(tree: Tree, decorator: ast.expr) -> Edit:
    """A decorator less, with its line."""
    start, end = tree.span(decorator)
    return Edit(tree.line_start(start), tree.line_end(end), "")


def decorators(definition: Function | ast.ClassDef) -> dict[str, ast.expr]:
    """The decorators by the last part of their names: `dataclass` for `@dataclasses.dataclass(frozen=True)`."""
    found: dict[str, ast.expr] = {}
    for decorator in definition.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        found.setdefault(name, decorator)
    return found


def body_start(function: Function) -> ast.stmt:
    """The first statement that is no docstring; the docstring when there is nothing else."""
    body = function.body
    docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1] if docstring and isinstance(body[0].value.value, str) and len(body) > 1 else body[0]


def method_of(tree: Tree, function: ast.AST) -> ast.ClassDef | None:
    """The class that a function is a method of."""
    parent = tree.parent(function)
    return parent if isinstance(parent, ast.ClassDef) else None


def methods(owner: ast.ClassDef) -> dict[str, Function]:
    """The methods that a class itself defines."""
    return {s.name: s for s in owner.body if isinstance(s, Function)}


def end_of_class(tree: Tree, owner: ast.ClassDef, lines: str) -> Edit:
    """Lines more at the end of a class, after a blank one; `...` and `pass` bodies give way."""
    last = owner.body[-1]
    start, end = tree.span(last)
    empty = isinstance(last, ast.Pass) or (isinstance(last, ast.Expr) and tree.source(last) == "...")
    if len(owner.body) == 1 and empty and not tree.text[tree.line_start(start) : start].strip():
        return Edit(tree.line_start(start), tree.line_end(end), lines)
    at = tree.line_end(end)
    lacks = "" if tree.text[:at].endswith(("\n", "\r")) else "\n"
    return Edit(at, at, f"{lacks}\n{lines}")


def inner_indent(tree: Tree, owner: ast.ClassDef) -> str:
    """How the body of a class is indented."""
    first = owner.body[0]
    return tree.indent(first) if first.lineno > owner.lineno else tree.indent(owner) + tree.unit
