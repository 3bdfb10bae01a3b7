"""Things in Python files that templates can be about, found by their syntax alone: definitions, calls, expressions."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

Row = dict[str, Any]
MOST_PER_FILE = 6
MOST_WORDS = 4

_PREFIXES = ("final", "plain", "new", "main", "local", "shared", "basic", "actual")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A parsed file; `path` is relative to the project."""

    path: str
    text: str
    tree: ast.Module

    @property
    def is_test(self) -> bool:
        """Whether pytest looks here for tests."""
        name = self.path.rpartition("/")[2]
        return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"

    def column(self, line: int, offset: int) -> int:
        """A 1-based column in code points, from the syntax tree's 0-based one in bytes."""
        return len(self.line(line).encode()[:offset].decode(errors="ignore")) + 1

    def line(self, number: int) -> str:
        """A line by its 1-based number."""
        return self._lines[number - 1]

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True)
class Definition:
    """A class, function, method or constant; `owner` is the class of a method."""

    name: str
    owner: str
    kind: str
    module: Module
    line: int
    column: int
    bases: tuple[str, ...] = ()


def definitions(modules: Sequence[Module]) -> list[Definition]:
    """What the modules define at their top and in their classes; private names and tests are left out."""
    return [d for m in modules if not m.is_test for d in _defined(m, m.tree.body, "")]


def _defined(module: Module, body: Sequence[ast.stmt], owner: str) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, _Function | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            line = module.line(node.lineno)
            column = line.find(f" {node.name}", node.col_offset) + 2
            bases = tuple(ast.unparse(base).rpartition(".")[2] for base in getattr(node, "bases", ()))
            yield Definition(node.name, owner, kind, module, node.lineno, column, bases)
            if isinstance(node, ast.ClassDef) and not owner:
                yield from _defined(module, node.body, node.name)
        elif not owner and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name.isupper():
                yield Definition(name, "", "constant", module, node.lineno, node.col_offset + 1)


def symbol_rows(found: Sequence[Definition]) -> dict[str, list[Row]]:
    """Rows of definitions that a short name tells apart, by kind; `base` and `derived` are classes of the project."""
    names = Counter(d.name for d in found)
    full = Counter((d.owner, d.name) for d in found)
    classes = {d.name for d in found if d.kind == "class"}
    parents = {base for d in found for base in d.bases if base in classes}
    rows: dict[str, list[Row]] = {kind: [] for kind in ("symbol", "function", "class", "base", "derived")}
    for d in found:
        if full[d.owner, d.name] > 1 or (names[d.name] > 1 and not d.owner):
            continue
        symbol = d.name if names[d.name] == 1 else f"{d.owner}.{d.name}"
        row = {"symbol": symbol, "name": d.name, "path": d.module.path, "line": d.line, "column": d.column}
        row["new_name"] = _new_name(d.name)
        rows["symbol"].append(row)
        if d.kind in rows:
            rows[d.kind].append(row)
        if d.name in parents:
            rows["base"].append(row)
        if any(base in classes for base in d.bases):
            rows["derived"].append(row)
    return rows


def _new_name(name: str) -> str:
    prefix = _PREFIXES[sum(map(ord, name)) % len(_PREFIXES)]
    if name.isupper():
        return f"{prefix.upper()}_{name}"
    return f"{prefix.capitalize()}{name}" if name[0].isupper() else f"{prefix}_{name}"


def place_rows(modules: Sequence[Module]) -> dict[str, list[Row]]:
    """Rows of places inside functions: calls, members, typed names, assignments, expressions and blocks."""
    kinds = ("call", "member", "typed", "assignment", "expression", "block")
    rows: dict[str, list[Row]] = {kind: [] for kind in kinds}
    for module in modules:
        if module.is_test:
            continue
        for kind, finder in zip(kinds, (_calls, _members, _typed, _assignments, _expressions, _blocks), strict=True):
            rows[kind] += [row for row, _ in zip(finder(module), range(MOST_PER_FILE), strict=False)]
    return rows


def _functions(module: Module) -> Iterator[_Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, _Function))


def _inside(module: Module) -> Iterator[ast.AST]:
    """All nodes of function bodies."""
    return (node for function in _functions(module) for statement in function.body for node in ast.walk(statement))


def _row(module: Module, line: int, offset: int, **more: Any) -> Row:  # noqa: ANN401 - slots
    return {"path": module.path, "line": line, "column": module.column(line, offset), **more}


def _calls(module: Module) -> Iterator[Row]:
    for node in _inside(module):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name | ast.Attribute):
            end = node.func.end_col_offset or 0
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            yield _row(module, node.func.end_lineno or 1, end + 1, name=name)


def _members(module: Module) -> Iterator[Row]:
    for node in _inside(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.lineno == node.end_lineno:
            yield _row(module, node.lineno, node.end_col_offset or 0, name=node.attr)


def _typed(module: Module) -> Iterator[Row]:
    for function in _functions(module):
        known = {a.arg for a in function.args.args if a.annotation is not None}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in known:
                known.discard(node.id)
                yield _row(module, node.lineno, node.col_offset, name=node.id)


def _assignments(module: Module) -> Iterator[Row]:
    for node in _inside(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield _row(module, node.lineno, node.col_offset, name=node.targets[0].id)


def _expressions(module: Module) -> Iterator[Row]:
    for node in _inside(module):
        value = node.value if isinstance(node, ast.Return) else None
        if isinstance(value, ast.BinOp | ast.Call | ast.Compare) and value.lineno == value.end_lineno:
            start = module.column(value.lineno, value.col_offset)
            end = module.column(value.lineno, value.end_col_offset or 0)
            name = ("result", "amount", "answer", "found")[value.lineno % 4]
            yield {"path": module.path, "line": value.lineno, "start": start, "end": end, "new_name": name}


def _blocks(module: Module) -> Iterator[Row]:
    for function in _functions(module):
        body = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        for first, second in pairwise(body[:-1]):
            yield {
                "path": module.path,
                "line": first.lineno,
                "last": second.end_lineno,
                "new_name": f"prepare_{function.name.strip('_')}",
            }


def rows_of_tests(modules: Sequence[Module]) -> dict[str, list[Row]]:
    """Rows of test files, tests at their top, and words of the tests' names."""
    rows: dict[str, list[Row]] = {"test_file": [], "test": [], "keyword": []}
    words: Counter[str] = Counter()
    for module in modules:
        names = [node.name for node in module.tree.body if isinstance(node, _Function)]
        tests = [name for name in names if name.startswith("test_")]
        if not (module.is_test and tests):
            continue
        rows["test_file"].append({"path": module.path, "stem": _stem(module.path)})
        rows["test"] += [{"test": f"{module.path}::{name}", "name": name, "path": module.path} for name in tests]
        words.update({word for name in tests for word in name.split("_")[1:] if len(word) > MOST_WORDS})
    rows["keyword"] = [{"word": word} for word, _ in words.most_common(20)]
    return rows


def text_rows(modules: Sequence[Module]) -> dict[str, list[Row]]:
    """Rows of short texts in string literals, and of settings: constants with a number."""
    patterns: dict[str, None] = {}
    settings: list[Row] = []
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_plain(node.value):
                patterns[node.value.strip()] = None
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                settings += _setting(module, node, node.targets[0].id)
    return {"pattern": [{"pattern": text} for text in patterns], "setting": settings}


def _is_plain(text: str) -> bool:
    words = text.split()
    return 5 <= len(text) <= 30 and 1 <= len(words) <= MOST_WORDS and all(word.isalpha() for word in words)


def _setting(module: Module, node: ast.Assign, name: str) -> list[Row]:
    value = node.value.value if isinstance(node.value, ast.Constant) else None
    old = f"{name} = {value}"
    if isinstance(value, bool) or not isinstance(value, int | float) or module.text.count(old) != 1:
        return []
    return [{"path": module.path, "name": name, "old": old, "new": f"{name} = {value + 1}"}]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
