"""A base that a class lacks: what it is used as, what its kin have, what is imported and not used."""

from __future__ import annotations

import ast
import re
from collections import Counter

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, class_of_type, proposal
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, names_of
from punie_semantic.fixing.spots import methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "missing base"
_ASSIGNED = (
    re.compile(r"Object of type `(?P<found>[^`]+)` is not assignable to `(?P<wanted>[^`]+)`"),
    re.compile(r"Expected `(?P<wanted>[^`]+)`, found `(?P<found>[^`]+)`"),
    re.compile(r"expected `(?P<wanted>[^`]+)`, found `(?P<found>[^`]+)`"),
)
_ITEMS = re.compile(r"subscript on an object of type `([^`]+)`|[sS]ubscript object of type `([^`]+)`")
_LISTS = frozenset({"append", "extend", "insert", "sort", "reverse"})
_DICTS = frozenset({"keys", "values", "items", "get", "update", "setdefault"})


def derive(owner: FoundClass, names: tuple[str, ...], weight: float) -> list[Candidate]:
    """A base that the file imports and uses nowhere, or uses for others of its classes."""
    known = names_of(owner.tree.module)
    at = name_span(owner.tree, owner.node, owner.node.name)
    if at is None or owner.node.bases:
        return []
    brackets = re.compile(r"\(\s*\)").match(owner.tree.text, at[1])
    found = []
    for name in names:
        if name in known or name in BUILTINS:
            edit = Edit(at[1], brackets.end() if brackets else at[1], f"({name})")
            unread = name in known and not known[name].reads
            why = f"{name} is there and not used" if unread else f"it is used like a {name}"
            sure = weight if unread or name in BUILTINS else weight - 0.1
            title = f"Derive {owner.node.name} from {name}"
            found.append(proposal(owner, title, (edit,), sure, why, name=GENERATOR))
    return found


def kin(owner: FoundClass, method: str) -> list[Candidate]:
    """The bases that the other classes of the file have, those of the same kind of name and those nearby first."""
    tree, name = owner.tree, owner.node.name
    scores: Counter[str] = Counter()
    defined = {node.name for node in tree.nodes if isinstance(node, ast.ClassDef)}
    for node in tree.nodes:
        if not isinstance(node, ast.ClassDef) or node is owner.node:
            continue
        alike = 3 if node.name[-5:] == name[-5:] or node.name[:5] == name[:5] else 1
        for base in node.bases:
            if isinstance(base, ast.Name | ast.Attribute):
                own = isinstance(base, ast.Name) and base.id in defined
                scores[tree.source(base)] += alike + own
        if method in methods(node) and node.lineno < owner.node.lineno:
            scores[node.name] += alike
    order = [base for base, _ in scores.most_common(5) if base != name]
    found = derive(owner, tuple(order), 0.96)
    ranked = [
        proposal(owner, c.title, c.edits, 0.9 - 0.06 * number, "others here have it", name=GENERATOR)
        for number, c in enumerate(found)
    ]
    return ranked if not owner.node.bases else []


def unread_base(place: Place) -> list[Candidate]:
    """An imported class that nobody uses, and a class without bases whose name has it."""
    name = place.quoted[0].rpartition(".")[2] if place.quoted else ""
    found = []
    for node in place.tree.module.body:
        if isinstance(node, ast.ClassDef) and not node.bases and name[:1].isupper() and name in node.name:
            found += derive(FoundClass("", place.tree, node), (name,), 0.88)
    return found[:2]


async def wanted(place: Place) -> list[Candidate]:
    """An instance of a class without bases where another class is wanted: it was derived from that."""
    match = next((m for pattern in _ASSIGNED if (m := pattern.search(place.message))), None)
    if match is None:
        return []
    owner = await class_of_type(place, match["found"])
    if owner is None or owner.node.bases:
        return []
    wanted = re.sub(r"<class '([\w.]+)'>|type\[(\w+)\]", r"\1\2", match["wanted"])
    names = [re.split(r"[\[(]", part.strip())[0].rpartition(".")[2] for part in wanted.split(" | ")]
    classes = tuple(n for n in names if n.isidentifier() and (n not in BUILTINS or n.endswith("Exception")))
    return derive(owner, classes, 0.95)


async def container(place: Place) -> list[Candidate]:
    """A class without bases whose items are read or set: a list when it is sliced or appended to, else a dict."""
    match = _ITEMS.search(place.message)
    owner = await class_of_type(place, match[1] or match[2]) if match else None
    if owner is None or owner.node.bases or {"__getitem__", "__setitem__"} & set(methods(owner.node)):
        return []
    own = [n for n in ast.walk(owner.node) if isinstance(n, ast.Attribute)]
    called = {n.attr for n in own if isinstance(n.value, ast.Name) and n.value.id == "self"}
    slices = any(isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Slice) for n in ast.walk(owner.node))
    lists = 0.85 if slices or called & _LISTS else 0.5
    dicts = 0.85 if called & _DICTS else 0.6 if not slices else 0.2
    return [*derive(owner, ("list",), lists), *derive(owner, ("dict",), dicts)]


def with_method(tree: Tree, name: str, owner: ast.ClassDef) -> tuple[str, ...]:
    """Classes of the file above this one that have a method; imported classes that nobody uses."""
    own = [n.name for n in tree.module.body if isinstance(n, ast.ClassDef) and name in methods(n)]
    above = [one for one in own if one != owner.name]
    unread = [
        known.name
        for known in names_of(tree.module).values()
        if not known.reads and known.name[:1].isupper() and any(isinstance(b, ast.alias) for b in known.bindings)
    ]
    return tuple([*unread, *above][:4])
