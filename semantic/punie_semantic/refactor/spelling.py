"""Types as they can be written in a file, from types as ty shows them. What would be a guess is not spelled at all."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection

import libcst as cst

from punie_semantic.refactor.scopes import Scopes
from punie_semantic.refactor.tree import Tree, walk

_BUILTIN_TYPES = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and not name.startswith("_")
)
_GUESSES = frozenset({"Unknown", "Any", "Divergent", "Todo", "Never", "NoReturn", "object"})
_EXACT_FLOAT = re.compile(r"(?<=\w)\*(?![\w(])")
_SELF = re.compile(r"\bSelf@\w+")
_SMALL = 3


class _Unspeakable(Exception):
    """The type has a part that cannot be written; `missing` names what an import would add."""

    def __init__(self, missing: str = "") -> None:
        super().__init__(missing)
        self.missing = missing


def spelled(display: str, names: Collection[str]) -> str:
    """A type as an annotation, literals as their types; empty when it cannot be written with these names."""
    try:
        return _spelled(display, names)
    except _Unspeakable:
        return ""


def missing_name(display: str, names: Collection[str]) -> str:
    """The first name that an import must add before the type can be written; empty when that would not help."""
    try:
        _spelled(display, names)
    except _Unspeakable as reason:
        return reason.missing
    return ""


def _spelled(display: str, names: Collection[str]) -> str:
    plain = _SELF.sub("Self", _EXACT_FLOAT.sub("", display.strip()))
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise _Unspeakable from None
    parts = _union(tree, names)
    return " | ".join(parts)


def union(spellings: Collection[str]) -> str:
    """One annotation for several; None comes last."""
    parts = list(dict.fromkeys(part for text in spellings for part in _split(text)))
    parts.sort(key=lambda part: part == "None")
    return " | ".join(parts)


def _split(text: str) -> list[str]:
    tree = ast.parse(text, mode="eval").body
    parts: list[ast.expr] = [tree]
    while isinstance(parts[0], ast.BinOp):
        parts[:1] = [parts[0].left, parts[0].right]
    return [ast.unparse(part) for part in parts]


def _union(node: ast.expr, names: Collection[str]) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        parts = [*_union(node.left, names), *_union(node.right, names)]
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        parts = [_literal(value, names) for value in inner]
    else:
        parts = [_single(node, names)]
    parts = list(dict.fromkeys(parts))
    parts.sort(key=lambda part: part == "None")
    return parts


def _literal(node: ast.expr, names: Collection[str]) -> str:
    """The type of a literal: a person writes `int`, not `Literal[1]`."""
    match node:
        case ast.Constant(value=value) if value is not None:
            return type(value).__name__
        case ast.UnaryOp(operand=ast.Constant(value=int())):
            return "int"
        case ast.Attribute():
            return _single(node.value, names)
    raise _Unspeakable


def _single(node: ast.expr, names: Collection[str]) -> str:
    match node:
        case ast.Constant(value=None):
            return "None"
        case ast.Constant(value=value) if value is ...:
            return "..."
        case ast.Name(id=name):
            return _name(name, names)
        case ast.Attribute(value=ast.Name() | ast.Attribute()):
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if not isinstance(root, ast.Name) or root.id not in names:
                raise _Unspeakable
            return ast.unparse(node)
        case ast.Subscript():
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            arguments = ", ".join(" | ".join(_union(part, names)) for part in inner)
            return f"{_single(node.value, names)}[{arguments or '()'}]"
    raise _Unspeakable


def _name(name: str, names: Collection[str]) -> str:
    if name in _GUESSES or f"!{name}" in names:
        raise _Unspeakable
    if name in names or name in _BUILTIN_TYPES:
        return name
    raise _Unspeakable(missing="" if name.startswith("_") or len(name) < _SMALL else name)


def visible_types(tree: Tree, scopes: Scopes, offset: int) -> frozenset[str]:
    """Names of the module that an annotation at an offset may use; `!name` for builtins that mean something else."""
    lazy = has_lazy_annotations(tree)
    names = set()
    for occurrence in scopes.occurrences:
        if occurrence.scope is not scopes.module or occurrence.use != "bind":
            continue
        parent = tree.parent(occurrence.node)
        is_type = isinstance(parent, cst.ClassDef | cst.ImportAlias | cst.AsName | cst.TypeAlias)
        usable = lazy or (occurrence.start < offset and not _for_checking_only(tree, occurrence.node))
        names.add(occurrence.name if is_type and usable else f"!{occurrence.name}")
    return frozenset(names)


def has_lazy_annotations(tree: Tree) -> bool:
    """Whether the file has `from __future__ import annotations`."""
    return any(
        isinstance(n, cst.ImportFrom)
        and isinstance(n.module, cst.Name)
        and n.module.value == "__future__"
        and "annotations" in tree.code(n)
        for line in tree.module.body
        for n in walk(line)
        if isinstance(line, cst.SimpleStatementLine)
    )


def _for_checking_only(tree: Tree, node: cst.CSTNode) -> bool:
    return any(isinstance(a, cst.If) and "TYPE_CHECKING" in tree.code(a.test) for a in tree.ancestors(node))
