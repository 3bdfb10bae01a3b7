"""A name that is not defined: one like it that is in scope, or the misspelt place where it should have been bound."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, Name, bound_by, visible

GENERATOR = "did you mean"
UNDEFINED = frozenset({"unresolved-reference", "F821", "F822", "F823"})
_MODULE_NAMES = ("__name__", "__file__", "__doc__", "__package__", "__spec__", "__path__", "__loader__")
# What other languages, and Python 2, call what Python has.
_FOREIGN = {
    "null": "None",
    "nil": "None",
    "undefined": "None",
    "this": "self",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
    "xrange": "range",
    "raw_input": "input",
    "string": "str",
    "boolean": "bool",
    "integer": "int",
}


async def generate(place: Place) -> list[Candidate]:
    """Names like the undefined one, its bindings that nobody reads, and what it may be a part or a form of."""
    node = place.tree.node_at(place.start, place.end)
    wrong = place.source
    if not wrong.isidentifier() or node is None:
        return []
    names = visible(place.tree, node)
    bound = names.pop(wrong, None)
    later = bound is not None and not _only_augmented(place, bound)
    if any(isinstance(s, ast.ImportFrom) and s.names[0].name == "*" for s in place.tree.module.body):
        await _add_starred(place, names)
    return [
        *await _similar(place, wrong, names, less=0.3 if later else 0.0),
        *await _misspelt_binding(place, wrong, names),
        *([] if later else _near(place, node, wrong)),
        *([] if later else _other_forms(place, node, wrong)),
    ]


def _only_augmented(place: Place, name: Name) -> bool:
    """Whether nothing but `+=` and its like binds a name, which does not make it known."""
    return name.scope is not None and all(isinstance(place.tree.parent(b), ast.AugAssign) for b in name.bindings)


async def _add_starred(place: Place, names: dict[str, Name]) -> None:
    """What `from module import *` brings, which only ty knows."""
    text = place.text[: place.start] + place.text[place.end :]
    for member in await place.completions(place.start, text):
        if not member.imports and member.name.isidentifier():
            names.setdefault(member.name, Name(member.name, place.tree.module, depth=2))


async def _similar(place: Place, wrong: str, names: dict[str, Name], *, less: float) -> list[Candidate]:
    """Names like it that are known here; `less` for one that is bound later, and only not yet."""
    usable = [n for n in names if not (n.startswith("__") and n in BUILTINS and n != "__import__")]
    if wrong.startswith("_"):
        usable += _MODULE_NAMES
    found = []
    spots = _undefined_at(place, wrong)
    for name, value in alike(wrong, usable):
        known = names.get(name) or Name(name, None)
        weight = 0.9 * value - (
            0.12 if known.scope is None and not name.startswith("__") else 0.02 * min(known.depth, 4)
        )
        why = f"`{name}` is in scope"
        if known.bindings and not known.reads and known.scope is not None:
            # Either of the two may be the slip: this one, or the place where the other is bound.
            weight += 0.12 + 0.35 * (await place.slip(wrong, name) - 0.5)
            why = f"`{name}` is in scope and nobody reads it"
        elif known.scope is not None:
            weight += 0.1 * (place.vocabulary.slip(wrong, name) - 0.7)
        # A name that is misspelt time and again is rather one that is missing.
        weight -= 0.06 * min(len(spots) - 1, 5) + less
        edits = tuple(Edit(*spot, name) for spot in _seeing(place, known, spots))
        found.append(Candidate(f"Change {wrong} to {name}", edits, "fix", GENERATOR, _between(weight), why))
    return found


async def _misspelt_binding(place: Place, wrong: str, names: dict[str, Name]) -> list[Candidate]:
    """The scope binds a name like it that nobody reads, and reads this one: then the binding is misspelt."""
    repeated = len(_undefined_at(place, wrong))
    found = []
    for name in names.values():
        if name.reads or len(name.bindings) != 1 or name.scope is None or name.depth > 2:
            continue
        value = likeness(wrong, name.name)
        span = name_span(place.tree, name.bindings[0], name.name)
        if value < 0.6 or span is None:
            continue
        # What a module defines may be read elsewhere.
        known_outside = isinstance(name.scope, ast.Module) and not isinstance(name.bindings[0], ast.alias)
        slip = await place.slip(name.name, wrong)
        weight = 0.9 * value + 0.1 + 0.35 * (slip - 0.5) + 0.05 * min(repeated - 1, 3) - (0.1 if known_outside else 0)
        why = f"{wrong} is read {_times(repeated)} and {name.name} never"
        title = f"Change {name.name} to {wrong} where it is bound"
        found.append(Candidate(title, (Edit(*span, wrong),), "fix", GENERATOR, _between(weight), why))
    return found


def _near(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    """A variable of the comprehension, loop, `with` or lambda around that nobody reads, whatever it is called."""
    tree = place.tree
    found = []
    for outer in tree.parents(node):
        targets = _targets(outer)
        unread = [t for t in targets if not _is_read(outer, t)]
        for target in unread[:2]:
            name = bound_by(target)[0]
            span = name_span(tree, target, name)
            if span is None or likeness(wrong, name) >= 0.6:
                continue
            here = sum(isinstance(n, ast.Name) and n.id == wrong for n in ast.walk(outer))
            weight = 0.62 if len(unread) == 1 else 0.45
            why = f"{name} is not read"
            title = f"Change {wrong} to {name}"
            to_name = Candidate(
                title, (Edit(place.start, place.end, name),), "fix", GENERATOR, weight - 0.1 * (here > 1), why
            )
            title = f"Change {name} to {wrong} where it is bound"
            to_wrong = Candidate(title, (Edit(*span, wrong),), "fix", GENERATOR, weight - 0.1 + 0.15 * (here > 1), why)
            found += [to_name, to_wrong]
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
    return found[:4]


def _targets(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            roots: list[ast.AST] = [generator.target for generator in node.generators]
        case ast.For() | ast.AsyncFor():
            roots = [node.target]
        case ast.With() | ast.AsyncWith():
            roots = [item.optional_vars for item in node.items if item.optional_vars is not None]
        case ast.Lambda():
            roots = [node.args]
        case _:
            roots = []
    return [n for root in roots for n in ast.walk(root) if bound_by(n) and not bound_by(n)[0].startswith("_")]


def _is_read(outer: ast.AST, target: ast.AST) -> bool:
    name = bound_by(target)[0]
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(outer))


def _other_forms(place: Place, node: ast.AST, wrong: str) -> list[Candidate]:
    found = []
    foreign = _FOREIGN.get(wrong)
    if foreign:
        edit = Edit(place.start, place.end, foreign)
        found.append(
            Candidate(f"Change {wrong} to {foreign}", (edit,), "fix", GENERATOR, 0.7, "that is Python's word for it")
        )
    modules = _modules_with(place, wrong)
    for module, times in modules[:2]:
        edit = Edit(place.start, place.start, f"{module}.")
        why = f"the file has {module}.{wrong} elsewhere"
        weight = min(0.72 + 0.04 * times, 0.9)
        found.append(Candidate(f"Change {wrong} to {module}.{wrong}", (edit,), "fix", GENERATOR, weight, why))
    if _among_strings(place, node):
        edits = (Edit(place.start, place.start, '"'), Edit(place.end, place.end, '"'))
        found.append(
            Candidate(f'Change {wrong} to "{wrong}"', edits, "fix", GENERATOR, 0.4, "its neighbours are strings")
        )
    return found


def _modules_with(place: Place, wrong: str) -> list[tuple[str, int]]:
    """What the file imports and takes this name from elsewhere, with how often."""
    imported = {n for s in place.tree.nodes if isinstance(s, ast.alias) for n in bound_by(s)}
    found: dict[str, int] = {}
    for node in place.tree.nodes:
        if isinstance(node, ast.Attribute) and node.attr == wrong and getattr(node.value, "id", "") in imported:
            module = ast.unparse(node.value)
            found[module] = found.get(module, 0) + 1
    return sorted(found.items(), key=lambda pair: -pair[1])


def _among_strings(place: Place, node: ast.AST) -> bool:
    parent = place.tree.parent(node)
    match parent:
        case ast.List(elts=others) | ast.Tuple(elts=others) | ast.Set(elts=others):
            values = [other for other in others if other is not node]
        case ast.Dict(keys=keys) if node in keys:
            values = [key for key in keys if key is not None and key is not node]
        case _:
            return False
    return bool(values) and all(isinstance(v, ast.Constant) and isinstance(v.value, str) for v in values)


def _undefined_at(place: Place, wrong: str) -> list[tuple[int, int]]:
    """Where the file reads the name without having it."""
    found = [
        other for other in (place.problem, *place.others) if other.code in UNDEFINED and f"`{wrong}`" in other.message
    ]
    spots = {place.offsets(other) for other in found}
    return sorted(spot for spot in spots if place.text[slice(*spot)] == wrong)


def _seeing(place: Place, name: Name, spots: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of some places that are in the scope of a name; the problem's own always."""
    own = (place.start, place.end)
    if not isinstance(name.scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return spots if name.scope is None or isinstance(name.scope, ast.Module) else [own]
    left, right = place.tree.span(name.scope)
    return [spot for spot in spots if left <= spot[0] < right or spot == own]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _between(weight: float) -> float:
    return max(0.05, min(weight, 0.97))
