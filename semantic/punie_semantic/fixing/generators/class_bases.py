"""What makes a class what it is used as: bases missing, doubled or out of order, `@dataclass`, super calls."""

from __future__ import annotations

import ast
import re
from collections import Counter

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators import missing_base
from punie_semantic.fixing.generators.found_class import FoundClass, class_named, class_of_type, proposal
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import decorators, expression_at, methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "class bases"
_SUPER = re.compile(r"type `<super: <class '(\w+)'>, [^`]+>` has no attribute `(\w+)`")
_MEMBER = re.compile(r"of type `([^`]+)` has no attribute `(\w+)`")


async def generate(place: Place) -> list[Candidate]:
    """By what the message says is wrong."""
    node = expression_at(place.tree, place.start, place.end)
    if node is None:
        return []
    owner = place.tree.enclosing(node, ast.ClassDef)
    match place.code:
        case "duplicate-base" | "PLE0241" | "inconsistent-mro":
            return _bases(place, owner)
        case "invalid-super-argument" | "unavailable-implicit-super-arguments":
            return _super_call(place, node)
        case "too-many-positional-arguments" | "unknown-argument" | "missing-argument":
            return [*await _fields(place, node), *_super_arguments(place, node)]
        case "invalid-argument-type":
            return [*_super_arguments(place, node), *await missing_base.wanted(place)]
        case "F401":
            return missing_base.unread_base(place)
        case "invalid-explicit-override":
            return missing_base.kin(FoundClass("", place.tree, owner), place.quoted[0]) if owner is not None else []
        case "missing-attribute" | "unresolved-attribute":
            return await _member(place, owner)
        case _:
            return [*await missing_base.wanted(place), *await missing_base.container(place)]


def _bases(place: Place, owner: ast.ClassDef | None) -> list[Candidate]:
    """A base that is there twice goes; bases in an order that Python refuses are turned round."""
    if owner is None or len(owner.bases) < 2:
        return []
    tree = place.tree
    spans = [tree.span(base) for base in owner.bases]
    texts = [tree.source(base) for base in owner.bases]
    if place.code != "inconsistent-mro":
        index = max(n for n, text in enumerate(texts) if texts.count(text) > 1) if len(set(texts)) < len(texts) else 0
        edit = Edit(spans[index - 1][1], spans[index][1], "")
        return (
            [Candidate("Delete the double base", (edit,), "fix", GENERATOR, 0.85, "it is there twice")] if index else []
        )
    edits = tuple(Edit(*span, text) for span, text in zip(spans, reversed(texts), strict=True) if len(texts) == 2)
    last = [*texts[1:], texts[0]]
    moved = tuple(Edit(*span, text) for span, text in zip(spans, last, strict=True))
    why = "derived classes come before their bases"
    return [Candidate("Change the order of the bases", edits or moved, "fix", GENERATOR, 0.9, why)]


def _super_call(place: Place, node: ast.AST) -> list[Candidate]:
    """`super(Other, self)` with the class that it is in, and without arguments."""
    call = place.tree.enclosing(node, ast.Call)
    owner = place.tree.enclosing(node, ast.ClassDef)
    if call is None or owner is None or not call.args:
        return []
    found = []
    first, last = place.tree.span(call.args[0]), place.tree.span(call.args[-1])
    edit = Edit(*first, owner.name)
    why = f"it is in {owner.name}"
    plain = sum("super()" in line for line in place.text.splitlines())
    found.append(Candidate(f"Change it to {owner.name}", (edit,), "fix", GENERATOR, 0.9 if not plain else 0.75, why))
    edit = Edit(first[0], last[1], "")
    found.append(Candidate("Use super()", (edit,), "fix", GENERATOR, 0.6 if not plain else 0.8, "it knows its class"))
    return found


def _super_arguments(place: Place, node: ast.AST) -> list[Candidate]:
    """`super().method(self, …)`: self goes in by itself."""
    call = place.tree.enclosing(node, ast.Call)
    if call is None or not isinstance(call.func, ast.Attribute) or not call.args:
        return []
    match call.func.value, call.args[0]:
        case ast.Call(func=ast.Name(id="super")), ast.Name(id="self" | "cls"):
            start = place.tree.span(call.args[0])[0]
            rest = [*call.args[1:], *call.keywords]
            end = place.tree.span(rest[0])[0] if rest else place.tree.span(call.args[0])[1]
            edit = Edit(start, end, "")
            return [Candidate("Take self out of the call", (edit,), "fix", GENERATOR, 0.93, "super() passes it")]
    return []


async def _fields(place: Place, node: ast.AST) -> list[Candidate]:
    """A class with annotated fields and without a constructor, which is called with values: a dataclass."""
    call = place.tree.enclosing(node, ast.Call)
    around = place.tree.enclosing(node, ast.ClassDef)
    if around is not None and ("`object.__" in place.message or "object.__new__" in place.message):
        own = FoundClass("", place.tree, around)
        meta = missing_base.derive(own, ("type",), 0.9) if "object.__new__" in place.message else []
        return [*meta, *missing_base.kin(own, "__init__")]
    if call is None or not isinstance(call.func, ast.Name):
        return []
    owner = await class_named(place, call.func.id)
    if owner is None or owner.node.decorator_list or "__init__" in methods(owner.node):
        return []
    fields = [s for s in owner.node.body if isinstance(s, ast.AnnAssign)]
    if not fields:
        return []
    found = []
    if not owner.node.bases or any(_is_dataclass(owner.tree, base) for base in owner.node.bases):
        line = owner.tree.line_start(owner.tree.span(owner.node)[0])
        usual, needed = _usual_dataclass(owner.tree)
        edits = (*needed, Edit(line, line, f"{owner.tree.indent(owner.node)}@{usual}\n"))
        why = f"{owner.node.name} has fields and no constructor"
        found.append(proposal(owner, f"Add @{usual}", edits, 0.92, why, name=GENERATOR))
    if not owner.node.bases:
        found += missing_base.derive(owner, ("NamedTuple", "TypedDict", "BaseModel"), 0.93)
    return found


def _is_dataclass(tree: Tree, base: ast.expr) -> bool:
    name = base.id if isinstance(base, ast.Name) else ""
    return any(
        isinstance(n, ast.ClassDef) and n.name == name and "dataclass" in decorators(n) for n in tree.module.body
    )


def _usual_dataclass(tree: Tree) -> tuple[str, tuple[Edit, ...]]:
    """The decorator as the file writes it most, or plainly with its import."""
    every = [decorators(n).get("dataclass") for n in tree.nodes if isinstance(n, ast.ClassDef)]
    usual = Counter(tree.source(one) for one in every if one is not None).most_common(1)
    return (usual[0][0], ()) if usual else imported(tree, "dataclasses", "dataclass")


async def _member(place: Place, owner: ast.ClassDef | None) -> list[Candidate]:
    """An attribute that comes from a base which is missing: of super(), of self, of an enum's member."""
    if (match := _SUPER.search(place.message)) and owner is not None:
        return missing_base.derive(
            FoundClass("", place.tree, owner), missing_base.with_method(place.tree, match[2], owner), 0.86
        )
    match = _MEMBER.search(place.message)
    if not match:
        return []
    if match[2] in ("name", "value"):
        receiver = place.tree.nodes_in(place.start, place.end, ast.Attribute)
        inner = next((n.value for n in receiver if n.attr == match[2]), None)
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            named = await class_named(place, inner.value.id)
            return missing_base.derive(named, ("Enum", "IntEnum", "StrEnum"), 0.9) if named is not None else []
    found = await class_of_type(place, match[1])
    return (
        missing_base.derive(found, missing_base.with_method(found.tree, match[2], found.node), 0.84)
        if found is not None
        else []
    )
