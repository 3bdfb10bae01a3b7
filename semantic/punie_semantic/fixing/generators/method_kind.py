"""What kind of method something is: `self`, `cls` or neither, property, class method, static method.

A parameter or a decorator too few or too many shows where the method is used, or in its own body.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, attributes, class_named, method_at, proposal
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.occurrences import renamed
from punie_semantic.fixing.parameters import first_parameter, positional, without_parameter
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, decorated, decorators, expression_at, method_of, methods, undecorated

GENERATOR = "method kind"
_BOUND = re.compile(r"`bound method [^`]*?\.(\w+)\(")
_TRUTHY = re.compile(r"^Method `\w+\.(\w+)` is always truthy")
_METHOD = re.compile(r"(?:bound method|function|class|Argument to) `(\w+)\.(\w+)`")
_KINDS = frozenset({"property", "cached_property", "classmethod", "staticmethod"})


async def generate(place: Place) -> list[Candidate]:
    """The method with the parameter or decorator that its use or its body asks for."""
    node = place.tree.node_at(place.start, place.end)
    function = place.tree.function_of(node) if node is not None else None
    if place.code in ("N805", "N804", "PLW0211", "PLR0206"):
        function = place.tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
    found: list[Candidate] = []
    own = _own(place, function) if function is not None else None
    undefined = place.code in ("unresolved-reference", "F821")
    if own is not None and function is not None and (not undefined or place.source in ("self", "cls")):
        found += _of_definition(own, function, place)
    if not undefined:
        found += await _of_use(place)
    return found


def _own(place: Place, function: Function) -> FoundClass | None:
    owner = method_of(place.tree, function)
    return FoundClass("", place.tree, owner) if owner is not None else None


async def _of_use(place: Place) -> list[Candidate]:
    """From a method's use: a value where it is called, a call where it is a value, an argument too many or too few."""
    found: list[Candidate] = []
    if bound := _BOUND.search(place.message) or _TRUTHY.search(place.message):
        found += await _as_value(place, bound[1])
    if setter := re.match(r"Function `(\w+)` has no attribute `(?:setter|deleter|getter)`", place.message):
        found += _property_before(place, setter[1])
    if place.code == "not-callable":
        found += await _called_property(place)
    for function in _decorated_here(place):
        own = _own(place, function)
        if own is not None:
            found += _no_property(own, function) if positional(function) else _of_definition(own, function, place)
    if named := _METHOD.search(place.message):
        owner = await class_named(place, named[1])
        function = methods(owner.node).get(named[2]) if owner is not None else None
        if owner is not None and function is not None:
            found += _of_definition(owner, function, place)
    return found


def _decorated_here(place: Place) -> list[Function]:
    """The function whose decorator `property` cannot be, and the properties that the problem's range reads."""
    every = [n for n in place.tree.nodes if isinstance(n, ast.FunctionDef)]
    if "Argument to class `property`" in place.message:
        lines = {place.problem.line + 1}
        return [f for f in every if any(d.lineno in lines for d in f.decorator_list)]
    read = {a.attr for a in place.tree.nodes_in(place.start, place.end, ast.Attribute)}
    if place.code == "invalid-dataclass":
        read = set(place.quoted[:1])
    return [f for f in every if f.name in read and "property" in decorators(f)]


def _no_property(owner: FoundClass, function: Function) -> list[Candidate]:
    """A property that takes more than `self`, or that Python itself calls."""
    special = _is_special(function)
    extra = [*positional(function)[1:], *function.args.kwonlyargs]
    if not extra and not special and function.args.vararg is None:
        return []
    found = list(_surplus_property(owner, function))
    if len(extra) == 1 and extra[0].arg not in _names(function):
        edit = without_parameter(owner.tree, function, extra[0])
        why = f"{function.name} is a property and does not read it"
        found.insert(
            0, proposal(owner, f"Take {extra[0].arg} out of the parameters", (edit,), 0.94, why, name=GENERATOR)
        )
    return found


async def _as_value(place: Place, name: str) -> list[Candidate]:
    """A method of only `self` that is used as a value: the decorator of a property is missing, when all use it so."""
    for use in attributes(place, name):
        found = await method_at(place, place.tree.span(use)[1] - 1)
        if found is None:
            continue
        owner, function = found
        if len(positional(function)) != 1 or function.args.kwonlyargs or function.decorator_list:
            return []
        plain, called = _uses(place, name)
        weight = 0.55 if not called and plain == 1 else 0.93 if not called else 0.9 * plain / (plain + called)
        why = f"{name} is used as a value {plain} times and called {called} times"
        edit = decorated(owner.tree, function, "property")
        return [proposal(owner, f"Make {name} a property", (edit,), weight, why, name=GENERATOR)]
    return []


def _uses(place: Place, name: str) -> tuple[int, int]:
    """How often an attribute is read in the file, and how often it is called."""
    every = [n for n in place.tree.nodes if isinstance(n, ast.Attribute) and n.attr == name]
    parents = [place.tree.parent(n) for n in every]
    called = sum(isinstance(p, ast.Call) and p.func is n for n, p in zip(every, parents, strict=True))
    return len(every) - called, called


def _property_before(place: Place, name: str) -> list[Candidate]:
    """`@name.setter` of a name that is no property."""
    node = place.tree.node_at(place.start, place.end)
    owner = place.tree.enclosing(node, ast.ClassDef) if node is not None else None
    for function in owner.body if owner is not None else []:
        if isinstance(function, ast.FunctionDef) and function.name == name and not function.decorator_list:
            edit = decorated(place.tree, function, "property")
            why = f"{name} has a setter"
            return [Candidate(f"Make {name} a property", (edit,), "fix", GENERATOR, 0.96, why)]
    return []


async def _called_property(place: Place) -> list[Candidate]:
    """A property that is called wherever it is used."""
    node = expression_at(place.tree, place.start, place.end)
    call = place.tree.enclosing(node, ast.Call) if node is not None else None
    if call is None or not isinstance(call.func, ast.Attribute):
        return []
    found = await method_at(place, place.tree.span(call.func)[1] - 1)
    plain, called = _uses(place, call.func.attr)
    if found is None or plain > called:
        return []
    nothing = isinstance(found[1].returns, ast.Constant) and found[1].returns.value is None
    weight = 0.9 * called / (plain + called) if called > 1 else 0.5
    if nothing or isinstance(found[1], ast.AsyncFunctionDef):
        weight = 0.95
    return [proposal(found[0], c.title, c.edits, weight, c.why, name=GENERATOR) for c in _surplus_property(*found)]


def _surplus_property(owner: FoundClass, function: Function) -> Iterator[Candidate]:
    known = decorators(function)
    for name in ("property", "cached_property"):
        if name in known:
            edit = undecorated(owner.tree, known[name])
            why = f"{function.name} is called, or takes more than self"
            yield proposal(owner, f"Take @{name} off {function.name}", (edit,), 0.92, why, name=GENERATOR)


def _of_definition(owner: FoundClass, function: Function, place: Place) -> list[Candidate]:
    """From a method's own parameters and body."""
    known = decorators(function)
    if "property" in known and place.code == "PLR0206":
        return _no_property(owner, function)
    parameters = [a.arg for a in positional(function)]
    first = parameters[0] if parameters else ""
    read = {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
    if "staticmethod" in known:
        return list(_of_static(owner, function, first, known["staticmethod"]))
    if "classmethod" in known:
        return list(_of_class_method(owner, function, first, read))
    if first in ("self", "mcs", "_self") or function.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return []
    return list(_of_plain(owner, function, first, read))


def _of_static(owner: FoundClass, function: Function, first: str, decorator: ast.expr) -> Iterator[Candidate]:
    if first in ("self", "cls"):
        gone = undecorated(owner.tree, decorator)
        why = f"its first parameter is {first}"
        if first == "cls":
            edit = Edit(*owner.tree.span(decorator), "classmethod")
            yield proposal(owner, f"Make {function.name} a class method", (edit,), 0.93, why, name=GENERATOR)
        else:
            yield proposal(owner, f"Take @staticmethod off {function.name}", (gone,), 0.9, why, name=GENERATOR)
        if first not in _names(function):
            edit = without_parameter(owner.tree, function, positional(function)[0])
            title = f"Take {first} out of the parameters"
            yield proposal(owner, title, (edit,), 0.92, f"{function.name} does not read it", name=GENERATOR)


def _of_class_method(owner: FoundClass, function: Function, first: str, read: set[str]) -> Iterator[Candidate]:
    if first != "cls" and "cls" in read:
        edit = first_parameter(owner.tree, function, "cls")
        if edit is not None:
            why = f"{function.name} reads cls"
            yield proposal(owner, "Add the parameter cls", (edit,), 0.93, why, name=GENERATOR)
    if first == "self":
        edit = undecorated(owner.tree, decorators(function)["classmethod"])
        why = "its first parameter is self"
        yield proposal(owner, f"Take @classmethod off {function.name}", (edit,), 0.9, why, name=GENERATOR)


def _of_plain(owner: FoundClass, function: Function, first: str, read: set[str]) -> Iterator[Candidate]:
    """Without a decorator, and without `self`."""
    insert = first_parameter(owner.tree, function, "self")
    other = _KINDS & set(decorators(function))
    if "self" not in read and not first.startswith("self") and _is_special(function) and insert is not None:
        why = f"Python passes it to {function.name}"
        yield proposal(owner, "Add the parameter self", (insert,), 0.9, why, name=GENERATOR)
    if first and first not in read and (value := likeness(first, "self")) > 0.45 and "self" in read:
        edits = renamed(owner.tree, function, first, "self") or _renamed_parameter(owner, function)
        yield proposal(
            owner, f"Change {first} to self", edits, 0.5 + 0.45 * value, "the body reads self", name=GENERATOR
        )
    if first in ("cls", "klass") and not other:
        edit = decorated(owner.tree, function, "classmethod")
        why = f"its first parameter is {first}"
        yield proposal(owner, f"Make {function.name} a class method", (edit,), 0.93, why, name=GENERATOR)
        return
    if insert is not None and ("self" in read or other):
        why = f"{function.name} reads self" if "self" in read else f"{function.name} is a property"
        yield proposal(owner, "Add the parameter self", (insert,), 0.94, why, name=GENERATOR)
    elif "cls" in read and not other and first != "cls":
        edit = first_parameter(owner.tree, function, "cls")
        at = decorated(owner.tree, function, "classmethod")
        if edit is not None:
            why = f"{function.name} reads cls"
            yield proposal(owner, f"Make {function.name} a class method", (at, edit), 0.8, why, name=GENERATOR)
    elif not other:
        edit = decorated(owner.tree, function, "staticmethod")
        why = f"{function.name} needs no instance"
        yield proposal(owner, f"Make {function.name} a static method", (edit,), 0.85, why, name=GENERATOR)
        if insert is not None:
            yield proposal(owner, "Add the parameter self", (insert,), 0.6, "methods take it", name=GENERATOR)


def _is_special(function: Function) -> bool:
    return function.name.startswith("__") and function.name.endswith("__")


def _renamed_parameter(owner: FoundClass, function: Function) -> tuple[Edit, ...]:
    """Only the first parameter; the body says self already."""
    first = positional(function)[0]
    start = owner.tree.span(first)[0]
    return (Edit(start, start + len(first.arg), "self"),)


def _names(function: Function) -> set[str]:
    return {n.id for statement in function.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
