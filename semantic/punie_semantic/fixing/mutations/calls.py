"""Calls: exchanged arguments, functions and methods that are easily confused, a missing or surplus call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from punie_semantic.fixing.mutations.scene import Mutation, Scene

_FAMILIES = (
    ("min", "max"),
    ("any", "all"),
    ("sum", "len", "max"),
    ("floor", "ceil", "trunc", "round"),
    ("int", "round", "float"),
    ("str", "repr"),
    ("list", "tuple"),
    ("set", "list", "sorted"),
    ("isinstance", "issubclass"),
    ("ascii", "repr"),
    ("append", "extend", "insert"),
    ("append", "appendleft"),
    ("pop", "popleft", "popitem"),
    ("add", "discard", "remove", "update"),
    ("startswith", "endswith"),
    ("lower", "upper", "title", "capitalize", "casefold", "swapcase"),
    ("strip", "lstrip", "rstrip"),
    ("removeprefix", "removesuffix", "strip"),
    ("keys", "values", "items"),
    ("find", "rfind", "index", "rindex", "count"),
    ("split", "rsplit", "splitlines", "partition"),
    ("partition", "rpartition"),
    ("ljust", "rjust", "center"),
    ("isdigit", "isalpha", "isalnum", "isnumeric", "isdecimal", "isspace"),
    ("isupper", "islower", "istitle"),
    ("union", "intersection", "difference", "symmetric_difference"),
    ("issubset", "issuperset", "isdisjoint"),
    ("get", "setdefault", "pop"),
    ("bisect_left", "bisect_right"),
    ("insort_left", "insort_right"),
    ("match", "search", "fullmatch"),
    ("findall", "finditer"),
    ("encode", "decode"),
    ("loads", "dumps"),
    ("year", "month", "day"),
    ("hour", "minute", "second"),
    ("days", "seconds", "hours", "minutes", "weeks"),
    ("weekday", "isoweekday"),
    ("setattr", "getattr", "hasattr"),
    ("isfile", "isdir", "exists", "is_file", "is_dir"),
    ("stem", "name", "suffix"),
    ("dirname", "basename"),
    ("permutations", "combinations", "product"),
    ("takewhile", "dropwhile"),
    ("add", "sub"),
    ("lt", "le", "gt", "ge", "eq", "ne"),
    ("and_", "or_"),
    ("sin", "cos", "tan"),
    ("log", "log2", "log10"),
    ("ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_HALF_DOWN", "ROUND_DOWN", "ROUND_UP", "ROUND_FLOOR", "ROUND_CEILING"),
    ("mean", "median", "mode"),
)
_CASES = frozenset({"lower", "upper", "title", "capitalize", "casefold", "swapcase"})
_STRIPS = frozenset({"strip", "lstrip", "rstrip", "removeprefix", "removesuffix"})
_ORDERED = frozenset({"sorted", "sort"})


def confused(scene: Scene, node: ast.Name | ast.Attribute) -> Iterator[Mutation]:
    """The other function or method of a pair that is easily confused."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    for family in _FAMILIES:
        if name not in family:
            continue
        for other in family:
            if other == name or (isinstance(node, ast.Attribute) and scene.members(node.value)):
                continue
            near = 0.75 if len(family) == 2 else 0.5
            boost = 1.2 if _suits(scene, name) else 1.0
            yield renamed(scene, node, other, min(near * boost, 0.95), f"{name} becomes {other}")


def renamed(scene: Scene, node: ast.Name | ast.Attribute, name: str, weight: float, why: str = "") -> Mutation:
    """Another name, or another attribute of the same value."""
    end = scene.tree.span(node)[1]
    old = node.id if isinstance(node, ast.Name) else node.attr
    return scene.edit(node, end - len(old), end, name, weight, why)


def _suits(scene: Scene, name: str) -> bool:
    return (name in _CASES and "case" in scene.facts) or (name in _STRIPS and "space" in scene.facts)


def exchanged(scene: Scene, node: ast.Call) -> Iterator[Mutation]:
    """Two neighbouring arguments, exchanged; of different types only when nothing is known of them."""
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        return
    for one, other in pairwise(node.args):
        types = {scene.type_of(one), scene.type_of(other)} - {""}
        if scene.source(one) == scene.source(other):
            continue
        yield _exchanged(scene, node, one, other, 0.45 if len(types) < 2 else 0.25)
    values = [k.value for k in node.keywords if k.arg]
    for one, other in pairwise(values):
        types = {scene.type_of(one), scene.type_of(other)} - {""}
        if len(types) == 1 and scene.source(one) != scene.source(other):
            yield _exchanged(scene, node, one, other, 0.3)


def _exchanged(scene: Scene, node: ast.AST, one: ast.expr, other: ast.expr, weight: float) -> Mutation:
    first, second = scene.tree.span(one), scene.tree.span(other)
    middle = scene.text[first[1] : second[0]]
    text = f"{scene.source(other)}{middle}{scene.source(one)}"
    return scene.edit(node, first[0], second[1], text, weight, "the arguments are exchanged")


def pairs(scene: Scene, node: ast.Tuple | ast.DictComp) -> Iterator[Mutation]:
    """The parts of a pair, exchanged."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node.key, node.value]
    for one, other in pairwise(parts):
        if len(parts) <= 3 and scene.source(one) != scene.source(other) and not isinstance(one, ast.Starred):
            yield _exchanged(scene, node, one, other, 0.3)


def order(scene: Scene, node: ast.Call) -> Iterator[Mutation]:
    """Sorting the other way round, or not at all."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    end = scene.tree.span(node)[1] - 1
    if name in _ORDERED and not any(k.arg == "reverse" for k in node.keywords):
        sep = ", " if node.args or node.keywords else ""
        comma = scene.text[:end].rstrip().endswith(",")
        yield scene.edit(node, end, end, ("" if comma else sep) + "reverse=True", 0.5, "the other order")
    for keyword in node.keywords:
        if name in _ORDERED and keyword.arg in ("reverse", "key"):
            start = scene.text.rfind(",", 0, scene.tree.span(keyword)[0])
            if start > scene.tree.span(node)[0]:
                weight = 0.5 if keyword.arg == "reverse" else 0.15
                yield scene.edit(node, start, scene.tree.span(keyword)[1], "", weight, f"without {keyword.arg}")
    if name in ("reversed", "sorted", "list", "abs", "set", "str", "int", "round", "len") and len(node.args) == 1:
        weight = 0.45 if name in ("reversed", "sorted") and "order" in scene.facts else 0.15
        yield scene.wrap(node, scene.source(node.args[0]), weight, f"without {name}")


def put_in_order(scene: Scene, node: ast.Return | ast.For) -> Iterator[Mutation]:
    """What is returned or gone through, in order, or from the end; only when the order is wrong."""
    value = node.value if isinstance(node, ast.Return) else node.iter
    if value is None or not scene.facts & {"order", "sign"}:
        return
    text = scene.source(value)
    if "order" in scene.facts:
        yield scene.swap(value, f"sorted({text})", 0.4, "in order")
        yield scene.swap(value, f"list(reversed({text}))" if isinstance(node, ast.Return) else f"reversed({text})", 0.3)
    else:
        yield scene.swap(value, f"abs({text})", 0.3, "without its sign")


def surplus_call(scene: Scene, node: ast.Call) -> Iterator[Mutation]:
    """A method that should not be called on the way: `x.strip()` becomes `x`; a call that should be none."""
    if isinstance(node.func, ast.Attribute) and not isinstance(scene.tree.parent(node), ast.Expr):
        owner = scene.source(node.func.value)
        weight = 0.3 if node.func.attr in _CASES | _STRIPS else 0.15
        if len(node.args) <= 1 and not node.keywords:
            yield scene.swap(node, owner, weight, f"without {node.func.attr}")
    if not node.args and not node.keywords and "TypeError" in scene.facts:
        yield scene.swap(node, scene.source(node.func), 0.5, "without the call")


def missing_call(scene: Scene, node: ast.Attribute | ast.Name) -> Iterator[Mutation]:
    """A method that is used without being called; a text that should be in another case, or without blanks."""
    parent = scene.tree.parent(node)
    if not isinstance(node.ctx, ast.Load) or (isinstance(parent, ast.Call) and parent.func is node):
        return
    kind = scene.type_of(node)
    end = scene.tree.span(node)[1]
    if kind.startswith("method"):
        weight = 0.8 if kind in ("method/1", "method") else 0.1
        yield scene.edit(node, end, end, "()", weight * (1.2 if "method" in scene.facts else 1), "it was not called")
    elif "method" in scene.facts and isinstance(node, ast.Attribute):
        yield scene.edit(node, end, end, "()", 0.6, "it was not called")
    if kind == "str" and not isinstance(parent, ast.Attribute):
        for name in ("casefold", "lower", "strip", "upper", "title", "capitalize"):
            fits = _suits(scene, name)
            if fits or name in ("casefold", "lower", "strip"):
                yield scene.edit(node, end, end, f".{name}()", 0.4 if fits else 0.12, f"{name} is missing")
