"""A method that does not fit the one it overrides: take the base's parameters, keep the body working."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.generators.found_class import FoundClass, bases, inherited, proposal
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.occurrences import name_span, renamed
from punie_semantic.fixing.parameters import (
    default_text,
    end_of_parameter,
    end_of_parameters,
    first_parameter,
    opening_parenthesis,
    parameter_text,
    parameters_of,
    positional,
    without_parameter,
)
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import (
    Function,
    decorated,
    decorators,
    methods,
    undecorated,
)

GENERATOR = "override"
_KINDS = ("property", "cached_property", "staticmethod", "classmethod")


async def generate(place: Place) -> list[Candidate]:
    """The override with the base's signature, part by part, then as a whole."""
    node = place.tree.node_at(place.start, place.end)
    function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
    owner = place.tree.parent(function) if function is not None else None
    if function is None or not isinstance(owner, ast.ClassDef):
        return []
    own = FoundClass("", place.tree, owner)
    if place.code == "invalid-explicit-override":
        return await _explicit(place, own, function)
    if place.code == "inconsistent-overload-implementation":
        return _renamed(place, function, None)
    base = await inherited(place, own, function.name)
    told = [*_told(place, function)]
    if base is None:
        return [*told, *_renamed(place, function, None)]
    found = [*told, *_renamed(place, function, base), *_kind(place, function, base[1])]
    found += _part(place, function, base) or []
    whole = _whole(place, function, base)
    return [*found, *whole]


def _told(place: Place, function: Function) -> Iterator[Candidate]:
    """What the message says without the base: a parameter too many, a property for a method or the reverse."""
    extra = re.search(r"unexpected extra parameter `(\w+)`", place.message)
    argument = next((a for a in positional(function) if extra and a.arg == extra[1]), None)
    if argument is not None:
        read = {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
        edit = without_parameter(place.tree, function, argument)
        weight, kind = (0.4, "unsafe_fix") if argument.arg in read else (0.93, "fix")
        why = "the overridden one has no such parameter"
        yield Candidate(f"Take {argument.arg} out of the parameters", (edit,), kind, GENERATOR, weight, why)
    if argument is None:
        yield from _by_number(place, function)
    yield from _special(place, function)
    other = positional(function)[1:2]
    annotation = other[0].annotation if other and function.name in ("__eq__", "__ne__") else None
    if annotation is not None and "`object` is not assignable" in place.message:
        edit = Edit(*place.tree.span(annotation), "object")
        why = "anything can be compared"
        yield Candidate(f"Annotate {other[0].arg} with object", (edit,), "fix", GENERATOR, 0.9, why)
    types = re.search(r"Read type `(.+?)` is not assignable to inherited read type `(.+)`", place.message)
    known = decorators(function)
    if types and "->" in types[2] and "->" not in types[1]:
        for name in ("property", "cached_property"):
            if name in known:
                edit = undecorated(place.tree, known[name])
                why = "the overridden one is a method"
                yield Candidate(f"Take off @{name}", (edit,), "fix", GENERATOR, 0.94, why)
    elif types and "->" in types[1] and "->" not in types[2]:
        edit = decorated(place.tree, function, "property")
        yield Candidate("Add @property", (edit,), "fix", GENERATOR, 0.93, "the overridden one is a property")


def _special(place: Place, function: Function) -> Iterator[Candidate]:
    """A method without `self` that reads it, or that Python calls; `async def __repr__(self)`."""
    special = function.name.startswith("__") and function.name.endswith("__")
    names = {a.arg for a in parameters_of(function)}
    reads = any(isinstance(n, ast.Name) and n.id == "self" for s in function.body for n in ast.walk(s))
    lacks = (reads and "self" not in names) or (special and not names)
    if lacks and not {"staticmethod", "classmethod"} & set(decorators(function)):
        edit = first_parameter(place.tree, function, "self")
        if edit is not None:
            yield Candidate("Add the parameter self", (edit,), "fix", GENERATOR, 0.93, f"{function.name} is a method")
    word = re.compile(r"async\s+").match(place.text, place.tree.span(function)[0])
    if special and isinstance(function, ast.AsyncFunctionDef) and word and not function.name.startswith("__a"):
        why = f"Python does not await {function.name}"
        yield Candidate("Take off async", (Edit(*word.span(), ""),), "fix", GENERATOR, 0.92, why)


def _by_number(place: Place, function: Function) -> Iterator[Candidate]:
    """A parameter that the message misses; or without the last one, when the body does not read it."""
    missing = re.search(r"parameter `(\w+)` is missing", place.message)
    arguments = positional(function)
    if missing and arguments and not function.args.vararg and not function.args.kwonlyargs:
        end = end_of_parameter(place.tree, function, arguments[-1])
        why = "the overridden one has it"
        title = f"Add the parameter {missing[1]}"
        yield Candidate(title, (Edit(end, end, f", {missing[1]}"),), "fix", GENERATOR, 0.75, why)
    read = {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
    removable = len(arguments) > 1 and arguments[-1].arg not in read and not function.args.defaults and not missing
    if removable and place.code == "incompatible-method-override":
        edit = without_parameter(place.tree, function, arguments[-1])
        title = f"Take {arguments[-1].arg} out of the parameters"
        yield Candidate(title, (edit,), "fix", GENERATOR, 0.6, f"{function.name} does not read it")


def _renamed(place: Place, function: Function, base: tuple[FoundClass, Function] | None) -> list[Candidate]:
    """A parameter with another name than the base's, here and in the body; or in the base when others agree."""
    match = re.search(r"parameter named `(\w+)` does not match `(\w+)`", place.message)
    if not match:
        return []
    here, there = match.groups() if place.code != "inconsistent-overload-implementation" else match.groups()[::-1]
    own = {a.arg for a in positional(function)}
    if there in own:
        return []
    found = []
    edits = renamed(place.tree, function, here, there)
    if edits:
        title = f"Rename {here} to {there}"
        found.append(Candidate(title, edits, "fix", GENERATOR, 0.92, f"it is called {there} elsewhere"))
    others = _other_overrides(base[0], function) if base is not None else []
    agree = sum(here in [a.arg for a in positional(other)] for other in others)
    if base is not None and agree and base[0].file != "?":
        edits = renamed(base[0].tree, base[1], there, here)
        why = f"{agree} more overrides call it {here}"
        title = f"Rename {there} to {here} in {base[0].node.name}"
        found += [proposal(base[0], title, edits, 0.93, why, name=GENERATOR)] if edits else []
    return found


def _other_overrides(base: FoundClass, function: Function) -> list[Function]:
    """The methods of this name in the other classes of the base's file that are derived from it."""
    classes = [n for n in ast.walk(base.tree.module) if isinstance(n, ast.ClassDef) and n is not base.node]
    derived = [c for c in classes if any(isinstance(b, ast.Name) and b.id == base.node.name for b in c.bases)]
    every = [methods(c)[function.name] for c in derived if function.name in methods(c)]
    return [other for other in every if other is not function]


def _kind(place: Place, function: Function, base: Function) -> Iterator[Candidate]:
    """`async`, and the decorators that make a method something else."""
    if isinstance(base, ast.AsyncFunctionDef) and isinstance(function, ast.FunctionDef):
        start = place.tree.span(function)[0]
        why = "the overridden one is async"
        yield Candidate("Make it async", (Edit(start, start, "async "),), "fix", GENERATOR, 0.9, why)
    elif isinstance(function, ast.AsyncFunctionDef) and isinstance(base, ast.FunctionDef):
        start = place.tree.span(function)[0]
        word = re.compile(r"async\s+").match(place.text, start)
        if word:
            why = "the overridden one is not async"
            yield Candidate("Take off async", (Edit(*word.span(), ""),), "fix", GENERATOR, 0.8, why)
    own, theirs = decorators(function), decorators(base)
    for name in _KINDS:
        if name in theirs and not set(_KINDS) & set(own):
            edit = decorated(place.tree, function, name)
            yield Candidate(f"Add @{name}", (edit,), "fix", GENERATOR, 0.93, f"the overridden one is a {name}")
        elif name in own and not set(_KINDS) & set(theirs):
            edit = undecorated(place.tree, own[name])
            yield Candidate(f"Take off @{name}", (edit,), "fix", GENERATOR, 0.9, f"the overridden one is no {name}")


def _part(place: Place, function: Function, base: tuple[FoundClass, Function]) -> list[Candidate]:
    """The one parameter, annotation or default that the message names, as the base has it."""
    tree, other = place.tree, base[0].tree
    parameters = {a.arg: a for a in parameters_of(function)}
    theirs = {a.arg: a for a in parameters_of(base[1])}
    message = place.message
    name = next(iter(re.findall(r"parameter `\*{0,2}(\w+)`", message)), "")
    why = f"as in {base[0].node.name}"
    if "incompatible return types" in message and base[1].returns is not None and function.returns is not None:
        text = other.source(base[1].returns)
        edit = Edit(*tree.span(function.returns), text)
        return [Candidate(f"Return {text}", (edit,), "fix", GENERATOR, 0.88, why)]
    if name in parameters and name in theirs and "incompatible type" in message:
        mine, annotation = parameters[name].annotation, theirs[name].annotation
        if mine is not None and annotation is not None:
            text = other.source(annotation)
            edits = (Edit(*tree.span(mine), text),)
            return [Candidate(f"Annotate {name} with {text}", edits, "fix", GENERATOR, 0.9, why)]
        if mine is not None and name in ("value", "other", "o", "obj"):
            edits = (Edit(*tree.span(mine), "object"),)
            return [Candidate(f"Annotate {name} with object", edits, "fix", GENERATOR, 0.8, why)]
    if name in parameters and "must have a default" in message:
        default = default_text(base[0].tree, base[1], name)
        end = tree.span(parameters[name])[1]
        equals = " = " if parameters[name].annotation is not None else "="
        text = default if default is not None else "None"
        weight = 0.92 if default is not None else 0.4
        found = [
            Candidate(
                f"Give {name} the default {text}", (Edit(end, end, equals + text),), "fix", GENERATOR, weight, why
            )
        ]
        return found if default is not None or parameters[name].annotation is None else []
    return _inserted(place, function, base, name) if name in theirs else []


def _inserted(place: Place, function: Function, base: tuple[FoundClass, Function], name: str) -> list[Candidate]:
    """A parameter that is missing, in the place that the base has it in."""
    there = parameters_of(base[1])
    index = next((n for n, a in enumerate(there) if a.arg == name), -1)
    mine = {a.arg for a in parameters_of(function)}
    if index < 0 or name in mine:
        return []
    text = parameter_text(base[0].tree, base[1], there[index])
    before = [a for a in parameters_of(function) if a.arg in {t.arg for t in there[:index]}]
    why = f"{base[0].node.name}.{function.name} has it"
    if before:
        last = before[-1]
        at = end_of_parameter(place.tree, function, last)
        edit = Edit(at, at, f", {text}")
    else:
        at = opening_parenthesis(place.tree, function)
        edit = Edit(at, at, f"{text}, " if parameters_of(function) else text)
    return [Candidate(f"Add the parameter {name}", (edit,), "fix", GENERATOR, 0.9, why)]


def _whole(place: Place, function: Function, base: tuple[FoundClass, Function]) -> list[Candidate]:
    """All of the base's parameters, when the body knows no others; the names must be found in both."""
    tree, other = place.tree, base[0].tree
    mine, theirs = {a.arg for a in parameters_of(function)}, {a.arg for a in parameters_of(base[1])}
    read = {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
    if (mine - theirs) & read or base[0].file == "?":
        return []
    spans = [(opening_parenthesis(t, f), end_of_parameters(t, f)) for t, f in ((tree, function), (other, base[1]))]
    if any(start < 0 or end < 0 for start, end in spans):
        return []
    text = re.sub(r"\s*\n\s*", " ", other.text[spans[1][0] : spans[1][1]].strip()).rstrip(",")
    same = mine == theirs
    why = f"as {base[0].node.name}.{function.name} has them"
    edit = Edit(*spans[0], text)
    return [Candidate("Take the base's parameters", (edit,), "fix", GENERATOR, 0.86 if same else 0.6, why)]


async def _explicit(place: Place, own: FoundClass, function: Function) -> list[Candidate]:
    """`@override` of what overrides nothing: misspelt, or a decorator too much."""
    names: list[str] = []
    waiting = await bases(place, own)
    for base in waiting:
        names += [name for name in methods(base.node) if name not in methods(own.node)]
    span = name_span(place.tree, function, function.name)
    found = [
        Candidate(f"Rename it to {name}", (Edit(*span, name),), "fix", GENERATOR, 0.95 * value, f"the base has {name}")
        for name, value in alike(function.name, names)
        if span is not None
    ]
    marked = decorators(function).get("override")
    if marked is not None:
        edit = undecorated(place.tree, marked)
        why = f"no base has {function.name}"
        kind: Kind = "fix" if own.node.bases else "unsafe_fix"
        found.append(Candidate("Take off @override", (edit,), kind, GENERATOR, 0.6, why))
    return found
