"""A call without an argument that it needs: from the scope, from calls of the same function, or a default for all."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.generators.argument_evidence import classes, misnamed, near, repeated
from punie_semantic.fixing.generators.calling import (
    Parameter,
    agreement,
    definition_of,
    insertion,
    marked_call,
    parameters_of,
    siblings,
)
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.generators.literals import Value
from punie_semantic.fixing.generators.lost_default import lost_defaults
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import BUILTINS, Name, visible

GENERATOR = "missing argument"
MOST = 14
_OWN = ("self", "cls")
_NO_VALUES = ("TypeVar", "ParamSpec", "TypeVarTuple", "TypeAliasType")
_DEFAULTS = {"bool": "False", "int": "0", "str": '""', "float": "0.0"}


async def generate(place: Place) -> list[Candidate]:
    """The argument that was dropped, at the slot where the others then fit best."""
    call = marked_call(place)
    missing = missing_names(place.message)
    if call is None or not missing:
        return []
    overloads = await parameters_of(place, call)
    parameters = overloads[0] if overloads else [Parameter(name, "both", "", "") for name in missing]
    found = list(_spread(place, call, parameters))
    if len(missing) == 1:
        found += misnamed(place, call, parameters, missing[0], GENERATOR)
        for slot, parameter, sure in _slots(place, call, parameters, missing[0]):
            values = await _values(place, call, parameter, slot)
            found += [_candidate(place, call, slot, parameter, value, sure) for value in values]
    else:
        found += await _all(place, call, parameters, missing)
    definition = await definition_of(place, call)
    if definition is not None and len(missing) == 1:
        found += lost_defaults(place, definition, missing[0], GENERATOR)
    return sorted(found, key=lambda candidate: -candidate.weight)[:MOST]


async def of_nothing(place: Place, call: ast.Call, overloads: list[list[Parameter]]) -> list[Candidate]:
    """For a call with overloads and no arguments at all: its first argument."""
    first = next((parameters[0] for parameters in overloads if parameters and parameters[0].kind != "**"), None)
    if first is None:
        return []
    values = await _values(place, call, first, 0)
    return sorted((_candidate(place, call, 0, first, value, 1.0) for value in values), key=lambda one: -one.weight)


def missing_names(message: str) -> list[str]:
    """The parameters that a message says are missing."""
    named = re.match(r"No arguments? provided for required parameters? (.+?)(?: of .*)?$", message.partition("\n")[0])
    return re.findall(r"`([^`]+)`", named[1]) if named else []


def _slots(
    place: Place, call: ast.Call, parameters: list[Parameter], missing: str
) -> list[tuple[int, Parameter, float]]:
    """Where the argument may go, with its parameter and how sure that is: a dropped one shifts all behind it."""
    plain = [p for p in parameters if p.kind in ("positional", "both")]
    last = next((i for i, p in enumerate(plain) if p.name == missing), None)
    given = {keyword.arg for keyword in call.keywords}
    if last is None or last > len(call.args) or any(isinstance(a, ast.Starred) for a in call.args):
        known = next((p for p in parameters if p.name == missing), Parameter(missing, "keyword", "", ""))
        return [(len(call.args) + len(call.keywords), Parameter(missing, "keyword", known.type, ""), 1.0)]
    scored = []
    for slot in range(last + 1):
        if plain[slot].name in given:
            continue
        arguments = [*call.args[:slot], ast.Constant(None), *call.args[slot:]]
        scored.append((agreement(arguments, plain) - 0.02 * (last - slot), slot))
    top = max((value for value, _ in scored), default=0.0)
    ordered = sorted(scored, key=lambda pair: -pair[0])[:4]
    return [(slot, plain[slot], max(1.0 - 0.35 * (top - value), 0.3)) for value, slot in ordered]


async def _values(place: Place, call: ast.Call, parameter: Parameter, slot: int) -> list[Value]:
    found = [*_in_siblings(place, call, parameter, slot), *_own(place, call, parameter)]
    found += [*repeated(place, call, slot), *classes(place, call, slot)]
    found += await _in_scope(place, call, parameter)
    members = type_text.parts(parameter.type)
    if "None" in members:
        found.append(Value("None", 0.3, f"{parameter.name} may be None"))
    for name, value in _DEFAULTS.items():
        if name in members:
            found.append(Value(value, 0.2, f"{parameter.name} is a {name}", "unsafe_fix"))
    return found


def _in_siblings(place: Place, call: ast.Call, parameter: Parameter, slot: int) -> Iterator[Value]:
    """What other calls of the same function give."""
    names = visible(place.tree, call)
    others = siblings(place, call)
    counted: Counter[str] = Counter()
    for other in others:
        value = next((k.value for k in other.keywords if k.arg == parameter.name), None)
        if value is None and slot < len(other.args) and not isinstance(other.args[slot], ast.Starred):
            value = other.args[slot]
        if value is not None and all(n.id in names for n in ast.walk(value) if isinstance(n, ast.Name)):
            counted[place.tree.source(value)] += 1
    for text, count in counted.most_common(3):
        share = count / max(len(others), 1)
        weight = 0.32 + 0.48 * share + (0.08 if count > 1 else 0.0)
        # What one call of a builtin is given says nothing about the next.
        weight *= 0.4 if isinstance(call.func, ast.Name) and call.func.id in BUILTINS else 1.0
        yield Value(text, min(weight, 0.9), f"{count} of {len(others)} other calls give it")


def _own(place: Place, call: ast.Call, parameter: Parameter) -> Iterator[Value]:
    """`self` for a method that is called on its class, and `self.name`."""
    function = place.tree.function_of(call)
    first = function.args.args[0].arg if function is not None and function.args.args else ""
    if first not in _OWN:
        return
    if parameter.name in _OWN:
        yield Value(first, 0.9, "the call is on the class, in a method")
    owner = place.tree.enclosing(call, ast.ClassDef)
    attributes = _attributes(owner, first) if owner is not None else set()
    for name in sorted(attributes & {parameter.name, f"_{parameter.name}"}):
        yield Value(f"{first}.{name}", 0.72, f"the class has {name}")
    for name in sorted(attributes):
        special = name.startswith("__")
        if name != parameter.name and owner is not None and not special and not _read(owner, first, name):
            sure = 0.8 if _kept(owner, name) else 0.3
            yield Value(f"{first}.{name}", sure, f"nobody reads {name}")


def _read(owner: ast.ClassDef, first: str, name: str) -> bool:
    nodes = [node for node in ast.walk(owner) if isinstance(node, ast.Attribute) and node.attr == name]
    return any(isinstance(node.ctx, ast.Load) for node in nodes)


def _kept(owner: ast.ClassDef, name: str) -> bool:
    """Whether the attribute keeps what a parameter gave: something for later, no state."""
    init = next((n for n in owner.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    for node in ast.walk(init) if init is not None else ():
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=attr)], value=ast.Name()) if attr == name:
                return True
            case ast.AnnAssign(target=ast.Attribute(attr=attr), value=ast.Name()) if attr == name:
                return True
    return False


def _attributes(owner: ast.ClassDef, first: str) -> set[str]:
    nodes = [node for node in ast.walk(owner) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == first}


async def _in_scope(place: Place, call: ast.Call, parameter: Parameter) -> list[Value]:
    """Names at hand: of the parameter's name, that nobody reads, or of its type and not given yet."""
    used = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    start = place.tree.span(call)[0]
    close = near(place, call)
    names = [n for n in visible(place.tree, call).values() if n.name in close or _is_variable(place, n, start)]
    names = [n for n in names if n.name not in used or n.name == parameter.name]
    names.sort(key=lambda n: (n.name not in close, -likeness(n.name, parameter.name), bool(n.reads), n.depth))
    names = names[:14]
    types = await place.types_of(start, start + len(place.tree.source(call)), [n.name for n in names])
    found = []
    for name, known in zip(names, types, strict=True):
        fitting = type_text.fits(known, parameter.type)
        like = likeness(name.name, parameter.name)
        unread = not name.reads and name.depth == 0 and not name.name.startswith("_")
        fresh = close.get(name.name, 0.0)
        weight = 0.2 + 0.65 * like**2 + (0.4 if unread else 0.0) + (0.08 if fitting else 0.0) - 0.04 * name.depth
        weight += fresh
        if known not in _NO_VALUES and fitting is not False and (fitting or like > 0.5 or unread or fresh):
            why = f"`{name.name}` is in scope" + (" and nobody reads it" if unread else "")
            found.append(Value(name.name, min(max(weight, 0.1), 0.95), why))
    return found


def _is_variable(place: Place, name: Name, start: int) -> bool:
    if name.scope is None or not name.bindings or name.name in _OWN:
        return False
    kinds = all(isinstance(node, ast.Name | ast.arg | ast.ExceptHandler) for node in name.bindings)
    before = name.depth > 0 or any(place.tree.span(node)[0] < start for node in name.bindings)
    return kinds and before


def _candidate(place: Place, call: ast.Call, slot: int, parameter: Parameter, value: Value, sure: float) -> Candidate:
    text, index = value.text, slot
    if parameter.kind == "keyword" or (slot < len(call.args) + len(call.keywords) and slot > len(call.args)):
        text, index = f"{parameter.name}={value.text}", len(call.args) + len(call.keywords)
        if call.keywords and call.keywords[-1].arg is None:
            index -= 1
    elif slot == len(call.args) and call.keywords and _by_keyword(place, call, parameter):
        text = f"{parameter.name}={value.text}"
    title = f"Give {short(value.text)} for {parameter.name}"
    edit = insertion(place, call, index, text)
    return Candidate(title, (edit,), value.kind, GENERATOR, value.weight * sure, value.why)


def _by_keyword(place: Place, call: ast.Call, parameter: Parameter) -> bool:
    """Whether other calls write this argument with its name."""
    return not call.args or any(k.arg == parameter.name for other in siblings(place, call) for k in other.keywords)


async def _all(place: Place, call: ast.Call, parameters: list[Parameter], missing: list[str]) -> list[Candidate]:
    """All arguments that are missing, when each has one likely value."""
    chosen: list[tuple[str, Value]] = []
    index = {p.name: i for i, p in enumerate(parameters)}
    for name in missing:
        known = next((p for p in parameters if p.name == name), Parameter(name, "both", "", ""))
        values = sorted(await _values(place, call, known, index.get(name, 99)), key=lambda v: -v.weight)
        if not values:
            return []
        chosen.append((f"{name}={values[0].text}" if known.kind == "keyword" else values[0].text, values[0]))
    kind: Kind = "unsafe_fix" if any(value.kind != "fix" for _, value in chosen) else "fix"
    text = ", ".join(text for text, _ in chosen)
    weight = min(value.weight for _, value in chosen) * 0.9
    at = len(call.args) if not call.keywords else len(call.args) + len(call.keywords)
    edit = insertion(place, call, at, text)
    return [Candidate(f"Give {short(text)}", (edit,), kind, GENERATOR, weight, "the scope has them")]


def _spread(place: Place, call: ast.Call, parameters: list[Parameter]) -> Iterator[Candidate]:
    """One argument that stands for several: its star is missing."""
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Name | ast.Attribute):
        return
    start = place.tree.span(call.args[0])[0]
    name = place.tree.source(call.args[0])
    known = name.rpartition(".")[2]
    for star, words in (("*", ("args", "values", "parts", "items")), ("**", ("kwargs", "options", "params", "kw"))):
        weight = 0.85 if known.endswith(words) and known != parameters[0].name else 0.12
        why = "one argument is given where several are needed"
        yield Candidate(f"Spread {name}", (Edit(start, start, star),), "fix", GENERATOR, weight, why)
