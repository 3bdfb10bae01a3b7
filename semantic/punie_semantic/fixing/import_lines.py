"""Where an import goes in a file: among the names of its module, or a line in the order the file keeps."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import TypeVar

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.tree import Tree
from punie_semantic.imports import Import

Statement = ast.Import | ast.ImportFrom
_K = TypeVar("_K")


def with_import(tree: Tree, wanted: Import, own: Collection[str] = (), *, types_only: bool = False) -> Edit | None:
    """The edit that imports something; None for `types_only` in a file without a block for such imports.

    Args:
        tree: the file's.
        wanted: what to import.
        own: the top-level packages of the project, which are sorted behind those of others.
        types_only: under `if TYPE_CHECKING:`.
    """
    body = _checked_only(tree.module) if types_only else tree.module.body
    if not body:
        return None if types_only else Edit(0, 0, f"{wanted.statement}\n")
    statements = _block(body)
    later = [s for s in body if isinstance(s, ast.ImportFrom) and s not in statements]
    froms = [s for s in (*statements, *later) if isinstance(s, ast.ImportFrom) and s.names[0].name != "*"]
    same = [s for s in froms if wanted.name and module_of(s) == wanted.module]
    if same:
        return _among(tree, _most_alike(same, statements, wanted), wanted)
    indent = tree.indent(body[0]) if types_only else ""
    if not statements:
        return _first(tree, body, wanted, indent)
    return _line(tree, statements, wanted, own, indent)


def _most_alike(same: list[ast.ImportFrom], statements: list[Statement], wanted: Import) -> ast.ImportFrom:
    """Of the imports from one module that which has names like the wanted one: with or without others instead."""
    first = [s for s in same if s in statements] or same[:1]
    alike = [s for s in first if bool(s.names[0].asname) == bool(wanted.alias)]
    return (alike or first)[-1]


def module_of(statement: Statement) -> str:
    """The module of an import as it is written, with its dots."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    return "." * statement.level + (statement.module or "")


def checked_only(tree: Tree, node: ast.AST) -> bool:
    """Whether a node stands in a block that only type checkers read."""
    return any(isinstance(outer, ast.If) and _is_type_checking(outer.test) for outer in tree.parents(node))


def _checked_only(module: ast.Module) -> list[ast.stmt]:
    blocks = [s.body for s in module.body if isinstance(s, ast.If) and _is_type_checking(s.test)]
    return next((body for body in blocks if _block(body)), [])


def _is_type_checking(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))


def _block(body: Sequence[ast.stmt]) -> list[Statement]:
    """The imports before the first definition."""
    found: list[Statement] = []
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        if isinstance(statement, Statement):
            found.append(statement)
    return found


def _among(tree: Tree, statement: ast.ImportFrom, wanted: Import) -> Edit:
    """Among the names of a statement, in the order that it keeps."""
    name = f"{wanted.name} as {wanted.alias}" if wanted.alias else wanted.name
    spans = [tree.span(alias) for alias in statement.names]
    names = [alias.name for alias in statement.names]
    at = _place(names, wanted.name, (by_kind, lambda n: (n.lower(),), lambda n: (n,)))
    between = [tree.text[a[1] : b[0]] for a, b in pairwise(spans)]
    usual = next((text for text in reversed(between) if "#" not in text), "")
    if not usual:
        own_line = not tree.text[tree.line_start(spans[0][0]) : spans[0][0]].strip()
        usual = f",\n{tree.indent(statement.names[0])}" if own_line else ", "
    if at < len(spans):
        return Edit(spans[at][0], spans[at][0], name + usual)
    return Edit(spans[-1][1], spans[-1][1], usual + name)


def by_kind(name: str) -> tuple[int, str, str]:
    """The order of imported names: constants, classes, then the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name.lower(), name)


def _line(tree: Tree, statements: list[Statement], wanted: Import, own: Collection[str], indent: str) -> Edit:
    """A line of its own. Two blank lines between imports are where one was taken away."""
    text = f"{indent}{wanted.statement}\n"

    def of(statement: Statement) -> tuple[int, bool, str]:
        return _section(module_of(statement), own), isinstance(statement, ast.ImportFrom), module_of(statement)

    mine = (_section(wanted.module, own), bool(wanted.name), wanted.module)
    keys = [of(statement) for statement in statements]
    at = _place(keys, mine, _ORDERS)
    if not any(_sorted(keys, order) for order in _ORDERS):
        at = max((n + 1 for n, key in enumerate(keys) if key[0] == mine[0]), default=at)
    for number in range(1, len(statements)):
        scar = _scar(tree, statements[number - 1], statements[number])
        if scar is not None and keys[number - 1][0] <= mine[0] <= keys[number][0]:
            return Edit(scar, scar, text)
    before = statements[at - 1] if at else None
    after = statements[at] if at < len(statements) else None
    if before is not None and (after is None or of(before)[0] == mine[0] or of(after)[0] != mine[0]):
        alone = of(before)[0] != mine[0] and _parted(tree, statements, keys)
        return _after(tree, before, f"\n{text}" if alone else text)
    start = tree.line_start(tree.span(statements[at])[0])
    alone = of(statements[at])[0] != mine[0] and _parted(tree, statements, keys)
    return Edit(start, start, f"{text}\n" if alone else text)


def _section(module: str, own: Collection[str]) -> int:
    top = module.partition(".")[0]
    if module.startswith("."):
        return 4
    return 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 3 if top in own else 2


_ORDERS: tuple[Callable[[tuple[int, bool, str]], tuple], ...] = (
    lambda key: (key[0], key[1], _level(key[2]), key[2].lower()),
    lambda key: (key[0], _level(key[2]), key[2].lower(), key[1]),
    lambda key: (min(key[0], 3), key[1], _level(key[2]), key[2].lower()),
    lambda key: (key[0] > 0, key[1], key[2].lower()),
    lambda key: (key[0] > 0, key[2].lower()),
    lambda key: (key[0],),
)


def _level(module: str) -> int:
    """Farther packages come first."""
    return -(len(module) - len(module.lstrip(".")))


def _place(keys: Sequence[_K], mine: _K, orders: Sequence[Callable[[_K], tuple]]) -> int:
    """Where a key belongs in the first order that the others keep; behind all of them when they keep none."""
    for order in orders:
        if _sorted(keys, order):
            value = order(mine)
            return next((n for n, key in enumerate(keys) if order(key) > value), len(keys))
    return len(keys)


def _sorted(keys: Sequence[_K], order: Callable[[_K], tuple]) -> bool:
    values = [order(key) for key in keys]
    return all(a <= b for a, b in pairwise(values))


def _scar(tree: Tree, one: ast.stmt, next_one: ast.stmt) -> int | None:
    """Behind the first of two blank lines between two imports."""
    start, end = tree.line_end(tree.span(one)[1]), tree.line_start(tree.span(next_one)[0])
    found = re.fullmatch(r"([ \t]*(?:\r\n|\r(?!\n)|\n))([ \t]*(?:\r\n|\r|\n))+", tree.text[start:end])
    return start + len(found[1]) if found else None


def _parted(tree: Tree, statements: Sequence[Statement], keys: Sequence[tuple[int, bool, str]]) -> bool:
    """Whether the file has blank lines between sections; it has when it has only one section."""
    steps = zip(pairwise(statements), pairwise(keys), strict=True)
    borders = [pair for pair, (one, other) in steps if one[0] != other[0]]
    gaps = [tree.text[tree.line_end(tree.span(a)[1]) : tree.span(b)[0]] for a, b in borders]
    return not gaps or any(not gap.strip() and gap for gap in gaps)


def _after(tree: Tree, statement: ast.stmt, text: str) -> Edit:
    at = tree.line_end(tree.span(statement)[1])
    lacks = "" if tree.text[:at].endswith(("\n", "\r")) else "\n"
    return Edit(at, at, lacks + text)


def _first(tree: Tree, body: Sequence[ast.stmt], wanted: Import, indent: str) -> Edit:
    """The file's only import: behind its docstring, or before its first statement."""
    text = f"{indent}{wanted.statement}\n"
    first = body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
        lead = _decorated_start(tree, first, tree.line_start(tree.span(first)[0]))
        above = tree.text[:lead].rstrip()
        begin = tree.line_end(len(above)) if above else 0
        lines = tree.text[begin:lead].splitlines(keepends=True)
        # Blank lines where one was taken away.
        if lines and not begin:
            return Edit(0, 0, text)
        if len(lines) > 1:
            at = begin + len(lines[0])
            return Edit(at, at, text)
        return Edit(lead, lead, f"{text}\n")
    at = tree.line_end(tree.span(first)[1])
    gap = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*").match(tree.text, at)
    lines = gap[0].splitlines(keepends=True) if gap else []
    if len(lines) >= 2:
        start = at + len(lines[0])
        return Edit(start, start, text)
    if lines:
        start = at + len(lines[0])
        return Edit(start, start, f"{text}\n")
    lacks = "" if tree.text[:at].endswith(("\n", "\r")) else "\n"
    return Edit(at, at, f"{lacks}\n{text}")


def _decorated_start(tree: Tree, statement: ast.stmt, start: int) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return tree.line_start(tree.span(decorators[0])[0]) if decorators else start
