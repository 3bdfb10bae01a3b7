"""The scope analysis says of every name what Python's own symtable says."""

from __future__ import annotations

import json.decoder
import symtable
import textwrap
import typing
from pathlib import Path

import libcst as cst
import pytest

from punie_semantic.refactor.scopes import Scope, Scopes
from punie_semantic.refactor.tree import Tree

TRICKY = """\
import a.b, c as d
from e import f as g, h
x: int
def outer(p, /, q=p, *args: x, k=1, **kw) -> d:
    global glob
    glob = 1
    y = [z for z in p if (w := z)]
    class Inner(base, metaclass=m):
        y = y
        def method(self): return y, __class__
    def nested():
        nonlocal y
        y += 1
        return lambda v=y, *r: (v, r, p, [s for s in r])
    try: pass
    except E as error: del error
    with open(p) as (i, [j, *l]): pass
    match p:
        case {"a": aa, **rest}: pass
        case [first, *others] | C(first, attr=others): pass
        case D.e as whole: pass
    for t.u, v in p: pass
    gen = {kk: vv for kk, vv in p for _ in kk}
    return w, f"{y!r:>{p}}"
glob = (n for n in outer(1))
"""


@pytest.mark.parametrize(
    "file", [textwrap.__file__, typing.__file__, json.decoder.__file__], ids=lambda f: Path(f).stem
)
def test_the_standard_library(file: str) -> None:
    compare(Path(file).read_bytes().decode())


def test_everything_that_binds() -> None:
    compare(TRICKY)


def compare(text: str) -> None:
    tree = Tree.parse(text)
    scopes = Scopes(tree)
    mine = by_place(tree, scopes)
    compared = 0
    for table in tables(symtable.symtable(text, "module", "exec")):
        found = mine.get((table.get_name(), table.get_lineno()), [])
        if len(found) == 1:
            compared += 1
            assert differences(table, found[0], scopes) == []
    assert compared > 3


def by_place(tree: Tree, scopes: Scopes) -> dict[tuple[str, int], list[Scope]]:
    names: dict[type[cst.CSTNode], str] = {
        cst.Lambda: "lambda",
        cst.ListComp: "listcomp",
        cst.SetComp: "setcomp",
        cst.DictComp: "dictcomp",
        cst.GeneratorExp: "genexpr",
    }
    found: dict[tuple[str, int], list[Scope]] = {}
    for node, scope in scopes.of_node.items():
        if scope.kind in ("module", "type_parameters"):
            continue
        name = node.name.value if isinstance(node, cst.FunctionDef | cst.ClassDef) else names[type(node)]
        line = tree.text.count("\n", 0, tree.span(node)[0]) + 1
        found.setdefault((name, line), []).append(scope)
    return found


def tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [t for child in table.get_children() for t in (child, *tables(child))]


def differences(table: symtable.SymbolTable, scope: Scope, scopes: Scopes) -> list[str]:
    found = []
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if name.startswith(".") or name in ("__class__", "__classdict__"):
            continue
        owner = scopes.resolve(name, scope)
        if symbol.is_local() != (owner is scope):
            found.append(f"{name} is local: {symbol.is_local()}")
        if symbol.is_free() and owner in (None, scope, scopes.module):
            found.append(f"{name} is from a function around")
        if symbol.is_global() and owner not in (None, scopes.module):
            found.append(f"{name} is global")
        if symbol.is_referenced() and not any(o.scope is scope and o.name == name for o in scopes.occurrences):
            found.append(f"{name} is read")
    return found
