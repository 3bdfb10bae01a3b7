"""A return that was lost: what functions like this one return, in this one's names, or what its locals give."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import exact, short
from punie_semantic.fixing.generators.literals import Value
from punie_semantic.fixing.generators.missing_return import exits
from punie_semantic.fixing.generators.returned import Function, likely_names, own_nodes
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import names_of, visible

GENERATOR = "kin's return"
_EXPECTED = re.compile(r"(?:expected|return type) `(.+?)`(?:, found `None`)?$", re.S)
_OWN = ("self", "cls", "_")
_PLAIN = frozenset({"str", "bytes", "int", "float", "bool", "object", "None", "Any", "t.Any", "typing.Any"})
_LONGEST = 120
# Nothing between the brackets, or only what has a default.
_NO_NEEDS = re.compile(r"\((?:[^(),]* = [^(),]*(?:, |))*\) -> ")


async def generate(place: Place) -> list[Candidate]:
    """Values for a bare `return`, or for a `return` at the end of a path."""
    told = _EXPECTED.search(place.message.partition("\n")[0])
    spots = list(_spots(place))
    if not spots or told is None:
        return []
    function = spots[0][0]
    values = [*_of_kin(place, function), *_together(function, told[1]), *_called(place, function)]
    values += await _of_members(place, spots[0][1], function, told[1])
    return [_candidate(edit, value) for _, edit in spots for value in sorted(values, key=lambda v: -v.weight)[:5]]


def _candidate(edit: Edit, value: Value) -> Candidate:
    added = Edit(edit.start, edit.end, edit.text + value.text)
    kind = "fix" if value.weight >= 0.5 else "unsafe_fix"
    return Candidate(f"Return {short(value.text)}", (added,), kind, GENERATOR, value.weight, value.why)


def _spots(place: Place) -> Iterator[tuple[Function, Edit]]:
    """Where the value goes: behind a bare `return`, or in a new line at the end of a path."""
    tree = place.tree
    if place.code == "invalid-explicit-return":
        bare = exact(place, ast.Return)
        function = tree.function_of(bare) if bare is not None and bare.value is None else None
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield function, Edit(place.end, place.end, " ")
        return
    node = tree.node_at(place.start, place.end)
    function = tree.enclosing(node, ast.FunctionDef, ast.AsyncFunctionDef) if node is not None else None
    if function is None:
        return
    for last in list(exits(function.body))[:2]:
        start, end = tree.span(last)
        # Without a line of its own it has no place for another statement behind it.
        if not place.text[tree.line_start(start) : start].strip():
            yield function, Edit(end, end, f"\n{tree.indent(last)}return ")


def _of_kin(place: Place, function: Function) -> list[Value]:
    """What methods of the same name, and functions that promise the same, return."""
    names = visible(place.tree, function.body[0])
    unread = _unread(function)
    found: dict[str, Value] = {}
    for kin in place.tree.nodes:
        if not isinstance(kin, ast.FunctionDef | ast.AsyncFunctionDef) or _nested(place, function, kin):
            continue
        close = _closeness(place, function, kin)
        for value in _values(kin) if close else ():
            text = _renamed(place, value, function, kin)
            read = _read(text)
            if len(text) > _LONGEST or read is None or not read or any(name not in names for name in read):
                continue
            if function.name in read or f"self.{function.name}(" in text:
                continue
            weight = close + (0.06 if kin.body[-1] is place.tree.parent(value) else 0.0)
            weight += 0.1 if read & unread else -0.2 if unread else 0.0
            weight -= 0.2 if read <= names.keys() and all(names[name].depth for name in read) else 0.0
            before = found.get(text)
            weight = max(weight, before.weight) + 0.08 if before is not None else weight
            found[text] = Value(text, max(0.1, min(weight, 0.93)), f"{kin.name} in line {kin.lineno} returns this")
    return list(found.values())


def _closeness(place: Place, function: Function, kin: Function) -> float:
    """How much another function's return tells of this one's; 0 for nothing."""
    own, other = (place.tree.enclosing(one, ast.ClassDef) for one in (function, kin))
    alike = likeness(function.name, kin.name)
    same = function.returns is not None and kin.returns is not None
    same = same and place.tree.source(function.returns) == place.tree.source(kin.returns)
    if own is not None and other is not None and own is not other and function.name == kin.name:
        shared = {ast.dump(base) for base in own.bases} & {ast.dump(base) for base in other.bases}
        return 0.76 if shared else 0.68
    # A promise of just a str tells little.
    plain = function.returns is not None and place.tree.source(function.returns).strip("\"'") in _PLAIN
    if own is other and same and (own is not None or alike > 0.6 or not plain):
        if plain:
            special = function.name.startswith("__") or kin.name.startswith("__")
            return 0.0 if special and function.name != kin.name else 0.3 + 0.45 * alike
        return 0.5 + 0.2 * alike + (0.1 if own is not None else 0.0)
    return 0.55 if same and alike > 0.7 else 0.0


def _nested(place: Place, function: Function, kin: Function) -> bool:
    """Whether two functions are one, or one is inside of the other."""
    (start, end), (first, last) = place.tree.span(function), place.tree.span(kin)
    return (start <= first and last <= end) or (first <= start and end <= last)


def _values(kin: Function) -> Iterator[ast.expr]:
    """What a function returns, constants and bare names apart."""
    for node in own_nodes(kin):
        if isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | ast.Name | None):
            yield node.value


def _renamed(place: Place, value: ast.expr, function: Function, kin: Function) -> str:
    """A kin's value with this function's parameters and words: `self.our_role` in `our_state` is `self.their_role`."""
    text = place.tree.source(value)
    theirs, ours = ([a.arg for a in one.args.args] for one in (kin, function))
    local = names_of(function)
    for other, own in zip(theirs, ours, strict=False):
        if other != own and other not in local:
            text = re.sub(rf"(?<![\w.]){re.escape(other)}\b(?!\s*=[^=])", own, text)
    left, right = kin.name.split("_"), function.name.split("_")
    differing = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    if len(left) == len(right) and len(differing) == 1 and all(differing[0]):
        old, new = differing[0]
        for word in set(re.findall(r"\w+", text)):
            other = "_".join(new if part == old else part for part in word.split("_"))
            if other != word and re.search(rf"\b{other}\b", place.text):
                text = re.sub(rf"\b{word}\b", other, text)
    return text


def _read(text: str) -> set[str] | None:
    """The names that an expression reads, those that it binds itself apart; None when it is none."""
    try:
        tree = ast.parse(f"({text}\n)", mode="eval")
    except SyntaxError:
        return None
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)} | {
        node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)
    }
    return {n.id for n in names} - bound


def _unread(function: Function) -> set[str]:
    """The variables that the function binds and nobody reads."""
    names = names_of(function).values()
    return {
        name.name
        for name in names
        if not name.reads and name.name not in _OWN and all(isinstance(b, ast.Name) for b in name.bindings)
    }


def _together(function: Function, expected: str) -> Iterator[Value]:
    """As many unread names as a tuple has elements, in their order."""
    if not (expected.startswith("tuple[") and expected.endswith("]")):
        return
    elements = type_text.parts(expected[len("tuple[") : -1], ", ")
    names = [name for name in names_of(function).values() if name.name not in _OWN and not name.reads]
    names = [name for name in names if all(isinstance(b, ast.Name | ast.arg) for b in name.bindings)]
    if len(names) == len(elements) > 1 and "..." not in elements:
        yield Value(", ".join(name.name for name in names), 0.85, "nobody reads them")


def _called(place: Place, function: Function) -> Iterator[Value]:
    """A local that nobody reads, called."""
    unread = _unread(function)
    for node in own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call | ast.Lambda):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id in unread:
                    yield Value(f"{target.id}()", 0.6, f"nobody reads {short(place.tree.source(target))}")


async def _of_members(place: Place, edit: Edit, function: Function, expected: str) -> list[Value]:
    """What a method or attribute of a local is, when it is just what is expected."""
    locals_ = [name for name in likely_names(place, function, expected) if not name.parameter][:3]
    found = []
    for name in locals_:
        lead = f"{place.text[: edit.start]}{edit.text}{name.name}."
        for member in await place.completions(len(lead), lead + place.text[edit.end :]):
            given = type_text.called(member.detail)
            fits = given == expected or (given and type_text.fits(given, expected) is True and expected != "bool")
            if member.name.startswith("_") or not fits or not _NO_NEEDS.search(member.detail):
                continue
            text = f"{name.name}.{member.name}()"
            used = place.vocabulary.names[member.name] > 0
            weight = 0.5 + 0.1 * used + 0.1 * (member.name in ("result", "get", "copy", "value"))
            found.append(Value(text, weight if expected not in ("str", "int", "float") else 0.2, "it gives that type"))
    return found
